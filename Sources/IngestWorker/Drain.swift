/// Closing everyone over a time, by places of the table of connections.
struct Drain {
    private let start: Int64
    private let within: Int64
    /// Places below are closed, but for those that came later.
    private(set) var passed = 0

    /// Begins at `start`, to be done `within` nanoseconds.
    init(from start: Int64, within: Int64) {
        self.start = start
        self.within = max(0, within)
    }

    /// Whether everyone is to be gone by now.
    func isOver(now: Int64) -> Bool { now - start >= within }

    /// The places that are due at `now`, of a table that has so many; each once, and all of them again and
    /// again when it is over, for those who came meanwhile.
    mutating func due(of places: Int, now: Int64) -> Range<Int> {
        guard !isOver(now: now) else { return 0..<places }
        let share = Double(now - start) / Double(within)
        let end = max(passed, min(places, Int(Double(places) * share)))
        defer { passed = end }
        return passed..<end
    }
}
