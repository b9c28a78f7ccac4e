import ByteCore
import TestSupport
import Testing

@testable import TerminalGraph

@Suite struct TrueColorFilterTests {
    private static let colors = [RGB(red: 1, green: 2, blue: 3), RGB(red: 95, green: 215, blue: 254)]

    /// What comes out, fed in pieces of `size`.
    private func passed(_ text: some Sequence<UInt8>, size: Int) -> [UInt8] {
        var filter = TrueColorFilter(colors: Self.colors)
        var output = ByteBuffer(capacity: 16)
        var rest = ArraySlice(text)
        while !rest.isEmpty {
            rest.prefix(size).withUnsafeBytes { filter.pass($0, into: &output) }
            rest = rest.dropFirst(size)
        }
        return Array(output.readable)
    }

    @Test(arguments: [
        ("plain text", "plain text"),
        ("a\u{1B}[38;5;16mb", "a\u{1B}[38;2;1;2;3mb"),
        ("\u{1B}[48;5;17m", "\u{1B}[48;2;95;215;254m"),
        ("\u{1B}[1;38;5;17;48;5;16;4m", "\u{1B}[1;38;2;95;215;254;48;2;1;2;3;4m"),
        // Indices of others, and figures that only look like some.
        ("\u{1B}[38;5;18m\u{1B}[38;5;15m", "\u{1B}[38;5;18m\u{1B}[38;5;15m"),
        ("\u{1B}[5;16m\u{1B}[38;4;16m\u{1B}[39;49m", "\u{1B}[5;16m\u{1B}[38;4;16m\u{1B}[39;49m"),
        ("38;5;16m\u{1B}[38;5;16H\u{1B}(B\u{1B}[m", "38;5;16m\u{1B}[38;5;16H\u{1B}(B\u{1B}[m"),
        ("\u{1B}[m\u{1B}[;1m\u{1B}[?25l", "\u{1B}[m\u{1B}[;1m\u{1B}[?25l"),
        ("\u{1B}\u{1B}[38;5;16m", "\u{1B}\u{1B}[38;2;1;2;3m"),
        ("ü山😀\u{1B}[38;5;16m山", "ü山😀\u{1B}[38;2;1;2;3m山"),
    ])
    func indicesBecomeColors(text: String, expected: String) {
        for size in [1, 2, 3, 7, 1_000] { #expect(passed(text.utf8, size: size) == Array(expected.utf8)) }
    }

    @Test func whatXtermHasToo() {
        let colors = ["#5fd7ff", "#0000ff", "#808080", "#5fd7fe"].compactMap { RGB($0) }
        var filter = TrueColorFilter(colors: colors)
        var output = ByteBuffer(capacity: 16)
        let text = Array("\u{1B}[1;38;5;16;48;5;18m\u{1B}[38;5;17m\u{1B}[38;5;19m".utf8)
        text.withUnsafeBytes { filter.pass($0, into: &output) }
        // What some have other colours in the place of is said in full.
        let expected = "\u{1B}[1;38;5;81;48;5;244m\u{1B}[38;2;0;0;255m\u{1B}[38;2;95;215;254m"
        #expect(Array(output.readable) == Array(expected.utf8))
    }

    @Test func aSequenceWithoutEndIsPassedOn() {
        let text = Array("\u{1B}[".utf8) + [UInt8](repeating: UInt8(ascii: "1"), count: 500)
        #expect(passed(text, size: 1) == text)
        #expect(passed(text, size: 1_000) == text)
    }

    @Test func anyPiecesAreAsGoodAsOne() {
        var generator = SplitMix64(seed: 12)
        let likely = Array("\u{1B}\u{1B}[[38;5;1648;m017x".utf8)
        for _ in 0..<200 {
            let text = (0..<200).map { _ in likely.randomElement(using: &generator)! }
            let whole = passed(text, size: 1_000)
            for size in [1, 3, 16] { #expect(passed(text, size: size) == whole) }
        }
    }
}
