import SupervisorCore
import ViewerGateway

/// When a changed option of `serve` holds, once the configuration was read again.
public enum ReloadReach: CaseIterable, Sendable {
    /// From that moment on, and whoever it is not about notices nothing.
    case atOnce
    /// From the moment on at which the new workers serve; where they do not come to that, not at all.
    case withWorkers
    /// From the next start on.
    case nextStart

    /// For a person, in front of the options' names.
    public var words: StaticString {
        switch self {
        case .atOnce: "at once"
        case .withWorkers: "with the new workers"
        case .nextStart: "from the next start on"
        }
    }
}

/// Which options differ from what holds, and when each is taken.
public struct ReloadPlan {
    private let changed: [ReloadReach: [String]]
    /// Keeps that what was read holds now.
    let holds: (ReloadReach) -> Void

    /// Takes the names of options by when they are taken; `holds` is called when they are.
    public init(changed: [ReloadReach: [String]], holds: @escaping (ReloadReach) -> Void) {
        self.changed = changed
        self.holds = holds
    }

    /// Whether anything differs.
    var hasChanges: Bool { changed.values.contains { !$0.isEmpty } }

    /// The options that are taken then.
    subscript(reach: ReloadReach) -> [String] { changed[reach] ?? [] }
}

/// What reading the configuration again came to.
public enum RereadSettings {
    /// It is in order.
    case settings(MasterSettings, ReloadPlan)
    /// It is not, and why: a line for a person that names the place.
    case refused(String)
}

extension MasterSettings {
    /// What holds at once of what was read again.
    mutating func takeAtOnce(from fresh: MasterSettings) {
        sampling = fresh.sampling
        network.door = fresh.network.door
        drainMilliseconds = fresh.drainMilliseconds
        leaveNanoseconds = fresh.leaveNanoseconds
        logLevel = fresh.logLevel
        isWatching = fresh.isWatching
        // Whether people sign in at all is for a new start to change.
        guard let told = fresh.people, people != nil else { return }
        people?.sessionsPerAdmin = told.sessionsPerAdmin
        people?.gate.showsSamplePage = told.gate.showsSamplePage
        people?.jwt = told.jwt
    }

    /// What holds when the new workers serve. Who is believed about visitors and about people changes in one
    /// moment: in between anybody could be anyone.
    mutating func takeWithWorkers(from fresh: MasterSettings) {
        origins = fresh.origins
        deflates = fresh.deflates
        ingestLimits = fresh.ingestLimits
        // How many listeners there are is for a new start to change.
        if (balance == .reuseport) == (fresh.balance == .reuseport) { balance = fresh.balance }
        network.trust = fresh.network.trust
        if let told = fresh.people { people?.gate.identityHeader = told.gate.identityHeader }
    }
}
