import LiveModel

/// What went wrong, and what of it somebody at this terminal has seen.
///
/// An incident is seen once a key was pressed, or the mouse, while its view or the list of all was shown: a
/// screen that nobody sits at keeps its marks.
struct Alarms: Sendable {
    /// As of the last picture, oldest first.
    private(set) var incidents: [Incident] = []
    /// The number of the newest that was seen, by kind.
    private var seen = [Int](repeating: 0, count: Incident.Kind.allCases.count)
    /// The newest that the bell may have rung for.
    private var newest = 0
    private var rangNanoseconds: Int64 = .min
    private var mayRing = false

    /// Takes in what there is at `now` (monotonic nanoseconds).
    mutating func look(at incidents: [Incident], now: Int64) {
        self.incidents = incidents
        let last = incidents.last(where: Self.isNews)?.number ?? 0
        defer { newest = max(newest, last) }
        guard last > newest, now - max(rangNanoseconds, now - .max / 2) >= Limits.bellNanoseconds else {
            return
        }
        rangNanoseconds = now
        mayRing = true
    }

    /// Whether something happened that the bell is to ring for, once.
    mutating func takeRing() -> Bool {
        defer { mayRing = false }
        return mayRing
    }

    /// Those that nobody has seen, oldest first.
    var unseen: [Incident] {
        incidents.filter { Self.isNews($0) && $0.number > seen[Self.place(of: $0.kind)] }
    }

    /// Whether it is for somebody to see: not what was before, nor what was asked for at this terminal.
    private static func isNews(_ incident: Incident) -> Bool {
        !incident.isBefore && incident.kind != .request
    }

    /// How many of them belong to a view.
    func unseen(in view: MonitorView) -> Int { unseen.count { Self.view(of: $0.kind) == view } }

    /// Takes in that somebody is there who sees what is shown; nil is the list of all.
    mutating func acknowledge(_ view: MonitorView?) {
        guard let last = incidents.last?.number else { return }
        for kind in Incident.Kind.allCases where view == nil || Self.view(of: kind) == view {
            seen[Self.place(of: kind)] = last
        }
    }

    /// The view that has more about it; nil for none.
    static func view(of kind: Incident.Kind) -> MonitorView? {
        switch kind {
        case .worker: .workers
        case .loss, .refusals, .viewers: .health
        case .link, .request: nil
        }
    }

    static func style(of incident: Incident) -> Style {
        if incident.isBefore { return .plain }
        switch incident.kind {
        case .worker, .loss, .link: return .bad
        case .refusals, .viewers: return .caution
        case .request: return incident.isRefused ? .caution : .plain
        }
    }

    private static func place(of kind: Incident.Kind) -> Int {
        Incident.Kind.allCases.firstIndex(of: kind) ?? 0
    }
}
