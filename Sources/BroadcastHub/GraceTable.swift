/// Visitors for whom nobody speaks since a page of theirs said that it is being left: until when each is
/// still present.
///
/// Everyone has the same time, so that whoever went first is due first. One who came back in between is
/// passed over in the queue.
struct GraceTable {
    /// Monotonic nanoseconds, by the visitor's entry.
    private var deadlines: [UInt32: Int64] = [:]
    private var queue: ContiguousArray<(visitor: UInt32, deadline: Int64)> = []
    /// Of the queue, passed already.
    private var passed = 0

    /// Visitors in it.
    var count: Int { deadlines.count }

    /// Begins a visitor's time.
    mutating func begin(_ visitor: UInt32, until deadline: Int64) {
        deadlines[visitor] = deadline
        queue.append((visitor, deadline))
    }

    /// Ends it: somebody speaks again, or the visitor has gone.
    mutating func end(_ visitor: UInt32) {
        deadlines[visitor] = nil
        if deadlines.isEmpty { clear() }
    }

    /// When the first one's time is over; nil where nobody is in it. May be before that by one who came back.
    var nextDeadline: Int64? { passed < queue.count ? queue[passed].deadline : nil }

    /// A visitor whose time is over at `now`; nil where there is none. `end` must follow.
    mutating func nextDue(now: Int64) -> UInt32? {
        while passed < queue.count, queue[passed].deadline <= now {
            let (visitor, deadline) = queue[passed]
            passed += 1
            if passed >= 64, passed * 2 >= queue.count {
                queue.removeFirst(passed)
                passed = 0
            }
            if deadlines[visitor] == deadline { return visitor }
        }
        return nil
    }

    /// Whether a visitor is in it.
    func contains(_ visitor: UInt32) -> Bool { deadlines[visitor] != nil }

    /// Calls `body` with everyone who is in it and until when, whoever is due first, once.
    func forEach(_ body: (UInt32, Int64) -> Void) {
        var told: Set<UInt32> = []
        for (visitor, deadline) in queue[passed...]
        where deadlines[visitor] == deadline && told.insert(visitor).inserted { body(visitor, deadline) }
    }

    private mutating func clear() {
        queue.removeAll()
        passed = 0
    }
}
