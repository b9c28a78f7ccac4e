/// Something that went wrong at the server or on the way to it: what and when, for people.
public struct Incident: Sendable, Equatable {
    /// What it is about.
    public enum Kind: String, Sendable, CaseIterable {
        /// A worker died, does not answer or cannot be started.
        case worker
        /// Samples that had arrived reached nobody.
        case loss
        /// Far more was refused than usually is.
        case refusals
        /// The server closed viewers who could not keep up.
        case viewers
        /// The connection to the server is gone, or it says nothing.
        case link
        /// Nothing wrong: what was asked of the server at this terminal, and what came of it.
        case request
    }

    public var kind: Kind
    /// Numbers all incidents of a picture from 1 on.
    public internal(set) var number = 0
    /// When it began, in epoch milliseconds of the server's clock.
    public var atMilliseconds: Int64
    /// What happened, in words of which some are the server's: not safe for a screen yet.
    public var text: String
    /// Whether it goes on.
    public var isOpen = false
    /// Whether it happened before anybody looked.
    public var isBefore = false
    /// Whether what was asked for was not done.
    public var isRefused = false

    public init(_ kind: Kind, at milliseconds: Int64, _ text: String, isOpen: Bool = false) {
        self.kind = kind
        atMilliseconds = milliseconds
        self.text = text
        self.isOpen = isOpen
    }
}

/// The newest incidents, oldest first.
struct IncidentMemory: Sendable {
    private(set) var incidents: [Incident] = []
    private var count = 0

    /// Adds one and returns its number.
    @discardableResult
    mutating func add(_ incident: Incident) -> Int {
        count += 1
        if incidents.count >= LiveModelLimits.incidents { incidents.removeFirst() }
        var incident = incident
        incident.number = count
        incidents.append(incident)
        return count
    }

    /// Changes the one of that number, as long as it is remembered.
    mutating func change(_ number: Int?, _ change: (inout Incident) -> Void) {
        guard let place = incidents.lastIndex(where: { $0.number == number }) else { return }
        change(&incidents[place])
    }
}
