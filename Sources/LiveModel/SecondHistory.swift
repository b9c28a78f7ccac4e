/// Counts per second of the hub's clock, the newest `capacity` seconds of them.
struct SecondHistory {
    /// Seconds kept: a good hour, so that a chart's window can be widened.
    static let capacity = 4_096

    private var counts = [UInt32](repeating: 0, count: capacity)
    /// The newest second that has a count; nil before the first.
    private(set) var headSecond: Int64?

    /// Makes `second` the newest; those passed over count nothing. A step back of more than the whole history
    /// begins it anew.
    mutating func advance(to second: Int64) {
        guard let head = headSecond, second > head - Int64(Self.capacity) else {
            restart(at: second)
            return
        }
        guard second > head else { return }
        let steps = min(second - head, Int64(Self.capacity))
        for step in 0..<steps { counts[Self.place(second - step)] = 0 }
        headSecond = second
    }

    /// Forgets everything and begins at `second`.
    mutating func restart(at second: Int64) {
        for index in counts.indices { counts[index] = 0 }
        headSecond = second
    }

    /// Adds to the count of `second`, which is dropped where it is older than what is kept.
    mutating func add(_ count: Int, at second: Int64) {
        advance(to: second)
        let place = Self.place(second)
        let (sum, isOver) = counts[place].addingReportingOverflow(UInt32(clamping: count))
        counts[place] = isOver ? .max : sum
    }

    /// Makes the count of `second` another one, where it is kept.
    mutating func put(_ count: Int, at second: Int64) {
        guard let head = headSecond, second <= head, second > head - Int64(Self.capacity) else { return }
        counts[Self.place(second)] = UInt32(clamping: count)
    }

    /// The count of `second`; 0 where there is none.
    func count(at second: Int64) -> Int {
        guard let head = headSecond, second <= head, second > head - Int64(Self.capacity) else { return 0 }
        return Int(counts[Self.place(second)])
    }

    private static func place(_ second: Int64) -> Int { Int(second & Int64(capacity - 1)) }
}
