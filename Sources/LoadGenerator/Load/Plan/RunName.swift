import Glibc
import PosixIO

/// Three letters that the visitors of one run begin with, and no other run's at the same time and place.
public struct RunName: Equatable, Sendable {
    let letters: String

    /// A new run's, by chance: two runs with the same seed are two runs.
    public init() {
        var random = SeededRandom(seed: UInt64(bitPattern: MonotonicClock.now()) ^ UInt64(getpid()) << 40)
        letters = String(decoding: (0..<3).map { _ in UInt8(97 + random.index(below: 26)) }, as: UTF8.self)
    }

    /// As a run's parent wrote it; nil if it is none.
    public init?(_ text: String) {
        guard text.utf8.count == 3, text.utf8.allSatisfy({ (97...122).contains($0) }) else { return nil }
        letters = text
    }
}

extension RunName: CustomStringConvertible {
    public var description: String { letters }
}
