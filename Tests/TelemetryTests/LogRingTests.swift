import ByteCore
import Foundation
import Testing

@testable import Telemetry

struct LogRingTests {
    private func add(_ text: String, to ring: inout LogRing) {
        var line = LogLine("said")
        line.add("what", text)
        var buffer = ByteBuffer()
        line.finish(epochNanoseconds: 0, into: &buffer)
        ring.add(buffer.readable)
    }

    private func text(_ ring: borrowing LogRing, limit: Int = .max) -> String {
        var buffer = ByteBuffer()
        buffer.append("x")
        ring.append(to: &buffer, limit: limit)
        return String(decoding: buffer.readable.dropFirst(), as: UTF8.self)
    }

    private func said(_ ring: borrowing LogRing, limit: Int = .max) throws -> [String] {
        let array = try JSONSerialization.jsonObject(with: Data(text(ring, limit: limit).utf8))
        return try #require(array as? [[String: Any]]).map { $0["what"] as? String ?? "?" }
    }

    @Test func keepsTheNewestOldestFirst() throws {
        var ring = LogRing()
        #expect(text(ring) == "[]")
        for count in 1...100 {
            add("line \(count)", to: &ring)
            let expected = (max(1, count - LogLimits.recentLines + 1)...count).map { "line \($0)" }
            #expect(try said(ring) == expected)
        }
    }

    @Test func linesAreTheObjectsTheyAre() throws {
        var ring = LogRing()
        let hostile = ["\"}],\"x\":[{\"", "\n\r\u{0}\u{1B}[31m", "\\", "Zoë \u{202E}🐭", ""]
        for text in hostile { add(text, to: &ring) }
        #expect(try said(ring) == hostile)
        #expect(!text(ring).utf8.contains { $0 < 0x20 })
    }

    @Test func aLongLineIsLeftOut() throws {
        var ring = LogRing()
        let frame = #"{"event":"said","what":"","time":"1970-01-01T00:00:00.000Z"}"#.utf8.count
        add("short", to: &ring)
        add(String(repeating: "x", count: LogLimits.recentLineBytes - frame), to: &ring)
        add(String(repeating: "x", count: LogLimits.recentLineBytes - frame + 1), to: &ring)
        #expect(try said(ring).map(\.count) == [5, LogLimits.recentLineBytes - frame])
    }

    @Test func theBoundIsExact() throws {
        var ring = LogRing()
        for count in 0..<LogLimits.recentLines { add(String(repeating: "x", count: count), to: &ring) }
        let whole = text(ring).utf8.count
        for limit in 2...(whole + 3) {
            let text = text(ring, limit: limit)
            #expect(text.utf8.count <= limit)
            let said = try said(ring, limit: limit).map(\.count)
            // The newest, without a gap, and as many as fit.
            #expect(said == Array((LogLimits.recentLines - said.count)..<LogLimits.recentLines))
            if limit >= whole { #expect(said.count == LogLimits.recentLines) }
        }
        for _ in 0..<LogLimits.recentLines { add(String(repeating: "y", count: 341), to: &ring) }
        #expect(text(ring).utf8.count <= 9_625)
    }
}
