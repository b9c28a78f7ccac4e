import ByteCore

/// Numbers that are the same in every run: a keyed hash of how many there were.
struct Draws: RandomNumberGenerator {
    private let seed: UInt64
    private var count: UInt64 = 0

    init(seed: UInt64) { self.seed = seed }

    mutating func next() -> UInt64 {
        count += 1
        return withUnsafeBytes(of: count) { Hash64.hash($0, seed: seed) }
    }
}
