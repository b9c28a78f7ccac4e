/// The ways in which one input may arrive: whole, cut once, cut often, and byte by byte where it is short.
///
/// Where the cuts are follows from the bytes alone, so that a failing input fails again.
enum Pieces {
    private static let shortBytes = 48

    /// Runs `decode` over `input` in each way and holds the transcripts against that of the whole; returns
    /// what is wrong, or nil.
    ///
    /// Each piece is memory of exactly its size, which goes when the next one comes.
    static func compare(
        _ input: UnsafeRawBufferPointer,
        _ decode: (_ feed: inout Feed, _ transcript: inout Transcript) -> Void
    ) -> String? {
        let whole = run([input.count], input, decode)
        if let complaint = whole.complaint { return complaint }
        for lengths in cuts(of: input) {
            let cut = run(lengths, input, decode)
            if let complaint = cut.complaint { return "in pieces of \(lengths): \(complaint)" }
            if let difference = whole.difference(from: cut) {
                return "whole, and in pieces of \(lengths): \(difference)"
            }
        }
        return nil
    }

    private static func run(
        _ lengths: [Int], _ input: UnsafeRawBufferPointer,
        _ decode: (_ feed: inout Feed, _ transcript: inout Transcript) -> Void
    ) -> Transcript {
        var transcript = Transcript()
        var feed = Feed(input, lengths: lengths)
        decode(&feed, &transcript)
        return transcript
    }

    /// Lengths of pieces, each list adding up to the whole.
    static func cuts(of input: UnsafeRawBufferPointer) -> [[Int]] {
        guard input.count > 1 else { return [] }
        var random = CutRandom(input)
        let first = 1 + random.below(input.count - 1)
        var ways = [[first, input.count - first]]
        var many: [Int] = []
        var left = input.count
        let longest = max(2, input.count / 6)
        while left > 0 {
            let length = min(left, 1 + random.below(longest))
            many.append(length)
            left -= length
        }
        ways.append(many)
        if input.count <= shortBytes { ways.append([Int](repeating: 1, count: input.count)) }
        return ways
    }
}

/// An input that arrives in pieces.
struct Feed: ~Copyable {
    private let input: UnsafeRawBufferPointer
    private let lengths: [Int]
    private var index = 0
    private var start = 0
    private var piece = ExactCopy(UnsafeRawBufferPointer(start: nil, count: 0))

    init(_ input: UnsafeRawBufferPointer, lengths: [Int]) {
        self.input = input
        self.lengths = lengths
    }

    /// The next piece, valid until the one after it; nil behind the last.
    mutating func next() -> UnsafeRawBufferPointer? {
        guard index < lengths.count else { return nil }
        piece = ExactCopy(UnsafeRawBufferPointer(rebasing: input[start..<start + lengths[index]]))
        start += lengths[index]
        index += 1
        return piece.readable
    }
}

/// Numbers that follow from the bytes of an input (FNV-1a, then SplitMix64).
private struct CutRandom {
    private var state: UInt64

    init(_ bytes: UnsafeRawBufferPointer) {
        state = 0xCBF2_9CE4_8422_2325
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }

    /// A number of 0 to `bound` - 1.
    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }
}
