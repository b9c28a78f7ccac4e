import ByteCore
import Foundation
import TestSupport
import Testing

@testable import Telemetry

struct LogLineTests {
    private func written(_ line: consuming LogLine, at epochNanoseconds: Int64 = 0) -> String {
        var buffer = ByteBuffer()
        line.finish(epochNanoseconds: epochNanoseconds, into: &buffer)
        return String(decoding: buffer.readable, as: UTF8.self)
    }

    private func object(_ line: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test func theEventIsFirst() {
        var line = LogLine("ready")
        line.add("ingest", "127.0.0.1:8081")
        line.add("workers", 2)
        let expected =
            #"{"event":"ready","ingest":"127.0.0.1:8081","workers":2,"time":"2026-01-02T03:04:05.678Z"}"#
            + "\n"
        #expect(written(line, at: 1_767_323_045_678_999_999) == expected)
    }

    @Test(arguments: [
        "", "plain", "quote \" and \\", "line\nbreak\r\t", "\u{0}\u{1}\u{1F}\u{7F}", "Zoë 🐭\u{2028}",
        "</script>",
    ])
    func anyTextReadsBackFromOneLine(text: String) throws {
        var line = LogLine("said")
        line.add("what", text)
        let written = written(line)
        #expect(written.utf8.filter { $0 == 10 }.count == 1 && written.hasSuffix("\n"))
        #expect(try object(written)["what"] as? String == text)
    }

    @Test func numbersReadBack() throws {
        var line = LogLine("counted")
        line.add("most", Int64.max)
        line.add("least", Int64.min)
        line.add("none", 0)
        let object = try object(written(line))
        #expect((object["most"] as? NSNumber)?.int64Value == .max)
        #expect((object["least"] as? NSNumber)?.int64Value == .min)
        #expect((object["none"] as? NSNumber)?.intValue == 0)
    }

    @Test(arguments: ["a", "é", "🐭", "a🐭é"])
    func aLongTextIsCut(part: String) throws {
        let text = String(repeating: part, count: 3000)
        var line = LogLine("long")
        line.add("text", text)
        let written = written(line)
        #expect(written.utf8.count < LogLimits.textBytes + 100)
        let cut = try #require(try object(written)["text"] as? String)
        #expect(cut.hasSuffix("…"))
        #expect(text.hasPrefix(cut.prefix(cut.count - 2)))
    }

    @Test func aTextAtTheLimitIsWhole() throws {
        let text = String(repeating: "x", count: LogLimits.textBytes)
        var line = LogLine("long")
        line.add("text", text)
        #expect(try object(written(line))["text"] as? String == text)
    }

    @Test func timesAgreeWithFoundation() throws {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        var random = SplitMix64(seed: 7)
        var milliseconds: [Int64] = [0, 1, 999, 951_782_400_000, 951_868_799_999, 4_107_542_400_000]
        // Every year's turn and every leap day up to 2260, and random moments.
        milliseconds += (0..<290).map { Int64($0) * 31_556_952_000 }
        for _ in 0..<500 { milliseconds.append(Int64(random.below(9_000_000_000_000))) }
        for time in milliseconds {
            var buffer = ByteBuffer()
            buffer.appendTimestamp(epochNanoseconds: time * 1_000_000 + 999_999)
            let text = String(decoding: buffer.readable, as: UTF8.self)
            let expected = formatter.string(from: Date(timeIntervalSince1970: Double(time) / 1000))
            #expect(text == expected)
        }
    }

    @Test func timesOutOfRangeAreCut() {
        for (time, expected) in [(Int64.min, "1970-01-01T00:00:00.000Z"), (.max, "2262-04-11T23:47:16.854Z")]
        {
            var buffer = ByteBuffer()
            buffer.appendTimestamp(epochNanoseconds: time)
            #expect(String(decoding: buffer.readable, as: UTF8.self) == expected)
        }
    }
}
