import ByteCore

/// Chance that nobody can foresee who does not know its seed, and the same again for whoever does.
///
/// The n-th draw is the keyed hash of n, so that what was drawn before tells nothing of what comes.
struct Chance {
    private let seed: UInt64
    private var drawn: UInt64 = 0

    /// `seed` is random, and this sequence's own.
    init(seed: UInt64) { self.seed = seed }

    /// One of the numbers below `bound`, which is positive.
    mutating func below(_ bound: Int) -> Int {
        drawn &+= 1
        let word = unsafe withUnsafeBytes(of: drawn.littleEndian) { unsafe Hash64.hash($0, seed: seed) }
        // The high half of the product (Lemire, "Fast random integer generation in an interval"): what one
        // number has more than another is lost among 2^64.
        return Int(word.multipliedFullWidth(by: UInt64(bound)).high)
    }
}
