import Testing

@testable import Telemetry

struct SpokenLinesTests {
    /// What is logged of pieces that come at a time, and of the end.
    private func lines(_ pieces: [(Int64, String)], ends: Bool = true) -> [SpokenLines.Line] {
        var spoken = SpokenLines()
        var lines: [SpokenLines.Line] = []
        for (now, piece) in pieces {
            Array(piece.utf8).withUnsafeBytes { bytes in spoken.take(bytes, now: now) { lines.append($0) } }
        }
        if ends { spoken.end(now: pieces.last?.0 ?? 0) { lines.append($0) } }
        return lines
    }

    @Test func linesAreWholeHoweverTheyCome() {
        #expect(lines([(0, "a\nb"), (0, "c\n\n"), (0, "d")]).map(\.text) == ["a", "bc", "d"])
        #expect(lines([(0, "a")], ends: false).isEmpty)
        #expect(lines([(0, "a\n")]).map(\.text) == ["a"])
    }

    @Test func aLongLineIsCut() {
        let text = String(repeating: "x", count: 5 * LogLimits.textBytes)
        let cut = text.prefix(LogLimits.textBytes)
        let told = lines([(0, text + "\nshort\n" + cut + "\n")]).map(\.text)
        #expect(told == [cut + "…", "short", String(cut)])
    }

    @Test func aFloodIsLeftOutAndCounted() {
        let flood = String(repeating: "x\n", count: 1000)
        let told = lines([(0, flood), (5, flood), (LogLimits.spokenPeriodNanoseconds, "after\n")])
        #expect(told.count == LogLimits.spokenLines + 1)
        #expect(told.dropLast().allSatisfy { $0.omitted == 0 })
        #expect(told.last == .init(text: "after", omitted: Int64(2000 - LogLimits.spokenLines)))
    }

    @Test func whatIsNoUnicodeIsRepaired() {
        var spoken = SpokenLines()
        var text = ""
        [UInt8](arrayLiteral: 0xFF, 0x41, 0x0A).withUnsafeBytes { bytes in
            spoken.take(bytes, now: 0) { text = $0.text }
        }
        #expect(text == "\u{FFFD}A")
    }
}
