/// How far handing over connections has come: round and round through the table of connections, since one
/// that cannot be moved now may be soon.
struct Mover {
    /// How many are to go; nil for all, and those that still arrive.
    private(set) var left: UInt32?
    private var place = 0
    private var movedThisRound = false
    /// Nobody is looked at before, in nanoseconds of CLOCK_MONOTONIC.
    private(set) var restsUntil = Int64.min

    /// Hands over so many; `UInt32.max` means all.
    init(count: UInt32) { left = count == .max ? nil : count }

    /// So many more.
    mutating func add(_ count: UInt32) {
        restsUntil = .min
        guard let before = left else { return }
        let (sum, isTooMany) = before.addingReportingOverflow(count)
        left = isTooMany || sum == .max ? nil : sum
    }

    var isDone: Bool { left == 0 }
    /// Whether everybody is to go.
    var takesAll: Bool { left == nil }

    /// The place that is looked at next, of a table that has so many; nil where a round has just ended. One
    /// in which nobody could be moved is followed by a rest, or is the last one where not all are to go.
    mutating func next(of places: Int, now: Int64) -> Int? {
        guard place < places else {
            if !movedThisRound {
                if left != nil { left = 0 }
                rest(now: now)
            }
            place = 0
            movedThisRound = false
            return nil
        }
        defer { place += 1 }
        return place
    }

    mutating func hasMoved() {
        movedThisRound = true
        if let count = left { left = count - 1 }
    }

    /// Nothing can be done for a while.
    mutating func rest(now: Int64, nanoseconds: Int64 = WorkerLimits.moveRestNanoseconds) {
        restsUntil = now + nanoseconds
    }
}
