import func Glibc.cos
import func Glibc.exp
import func Glibc.log

/// A small random generator whose sequence is the same on every machine and for ever (SplitMix64).
///
/// Not the standard library's: its distributions may change between releases, and a seed is a promise.
public struct SeededRandom: Sendable {
    private var state: UInt64

    /// Starts the sequence that belongs to `seed`.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func bits() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Uniform in 0..<1.
    public mutating func unit() -> Double { Double(bits() >> 11) * 0x1p-53 }

    /// Uniform in `range`.
    public mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + unit() * (range.upperBound - range.lowerBound)
    }

    /// An index below `count`, which is above 0; the bias of the multiplication is far below what anyone
    /// sees.
    public mutating func index(below count: Int) -> Int {
        Int(truncatingIfNeeded: bits().multipliedFullWidth(by: UInt64(count)).high)
    }

    /// True that often.
    public mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    /// Normal with mean 0 and deviation 1 (Box and Muller 1958).
    public mutating func normal() -> Double {
        let radius = (-2 * log(1 - unit())).squareRoot()
        return radius * cos(2 * .pi * unit())
    }

    /// Exponential with this mean: the time to the next of events that do not know of one another.
    public mutating func exponential(mean: Double) -> Double { -mean * log(1 - unit()) }

    /// A factor around 1 (median 1): the spread of human times, which are skewed to the long side.
    public mutating func logNormal(deviation: Double) -> Double { exp(deviation * normal()) }
}
