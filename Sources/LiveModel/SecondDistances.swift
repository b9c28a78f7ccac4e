/// Distances travelled per second of the hub's clock, for the newest 300 seconds and a few more.
struct SecondDistances {
    /// A power of two, so that the place is a mask.
    static let capacity = 512

    private var distances = [Float](repeating: 0, count: capacity)
    private var headSecond: Int64?

    /// Adds to the distance of `second`; times never go back here.
    mutating func add(_ distance: Double, at second: Int64) {
        let head = headSecond ?? second
        for step in 0..<min(max(second - head, 0), Int64(Self.capacity)) {
            distances[Self.place(second - step)] = 0
        }
        headSecond = max(head, second)
        distances[Self.place(second)] += Float(distance)
    }

    /// The distance of `second`; 0 where none is kept.
    func distance(at second: Int64) -> Double {
        guard let head = headSecond, second <= head, second > head - Int64(Self.capacity) else { return 0 }
        return Double(distances[Self.place(second)])
    }

    private static func place(_ second: Int64) -> Int { Int(second & Int64(capacity - 1)) }
}
