import ByteCore
import Foundation
import HTTPWire
import Testing

@testable import ViewerGateway

/// The scripts of the snippet as browsers get them.
@Suite struct SnippetServingTests {
    static let scripts = [
        "/pointerscope.js", "/pointerscope.mjs", "/pointerscope-live.js", "/pointerscope-options.js",
        "/pointerscope-fallback.js",
    ]

    @Test(arguments: scripts)
    func everyFormHasItsOwnTagAndSaysWhatItIs(target: String) throws {
        let fixture = try Fixture()
        var tags: Set<String> = []
        for (accepted, coding) in [("", nil), ("gzip", "gzip"), ("gzip, deflate, br", "br")] {
            let field = accepted.isEmpty ? "" : "Accept-Encoding: \(accepted)\r\n"
            let answer = try fixture.get(target, field)
            #expect(answer.status == 200 && answer.fields["content-encoding"] == coding)
            #expect(answer.fields["content-type"] == "text/javascript; charset=utf-8")
            #expect(answer.fields["vary"] == "Accept-Encoding")
            #expect(answer.fields["access-control-allow-origin"] == "*")
            #expect(answer.fields["cache-control"] == "public, max-age=300")
            let tag = try #require(answer.fields["etag"])
            #expect(tags.insert(tag).inserted && tag.hasPrefix("\""))
            let again = try fixture.get(target, field + "If-None-Match: \(tag)\r\n")
            #expect(again.status == 304 && again.fields["etag"] == tag)
            #expect(again.fields["vary"] == "Accept-Encoding" && again.fields["content-encoding"] == nil)
            let head = try fixture.get(target, field, method: "HEAD")
            #expect(head.status == 200 && head.body.isEmpty && head.fields["content-encoding"] == coding)
            #expect(head.fields["content-length"] == "\(answer.body.count)")
        }
        // What one form's tag says of another is nothing.
        let gzip = try fixture.get(target, "Accept-Encoding: gzip\r\n").fields["etag"] ?? ""
        #expect(try fixture.get(target, "If-None-Match: \(gzip)\r\n").status == 200)
    }

    static let wishes: [(String, String?)] = [
        ("gzip;q=0.5, br;q=0.4", "gzip"), ("br;q=0, gzip", "gzip"), ("BR", "br"), ("x-gzip", "gzip"),
        ("*", "br"), ("*;q=0", nil), ("*;q=0.1, br;q=0", "gzip"), ("identity", nil), ("gzip;q=0.000", nil),
        ("gzip ; q=1.000", "gzip"), ("gzip;q=x", nil), ("deflate, zstd", nil), (" ", nil),
        ("gzip;level=1", nil),
    ]

    @Test(arguments: wishes)
    func theBestThatIsAcceptedIsSent(accepted: String, coding: String?) throws {
        let answer = try Fixture().get("/pointerscope.js", "Accept-Encoding: \(accepted)\r\n")
        #expect(answer.fields["content-encoding"] == coding, "\(accepted)")
    }

    /// 1,536 bytes are promised where the server's name is no longer than this: 60 characters.
    @Test(arguments: [
        nil, "https://ps.example.org", "https://name.of-a-server.where-its-owner.had-much-to-say.example.org",
    ])
    func theCoreIsSmallAsItIsServed(publicURL: String?) throws {
        var settings = GatewaySettings()
        settings.publicURL = try publicURL.map { try PublicURL(parsing: $0) }
        let fixture = try Fixture(settings: settings)
        let answer = try fixture.get("/pointerscope.js", "Accept-Encoding: gzip\r\n")
        #expect(answer.status == 200 && answer.body.count <= 1536, "\(answer.body.count) bytes")
    }

    /// A name that has been said is a reference, and what stands around it is as it is.
    @Test func aTailIsACompleteEndOfAStream() throws {
        for bits in 0..<8 {
            var tail = DeflateTail(bits: 0, count: bits, capacity: 16)
            let text = Array(#"wss://watch.example.org/ws","https://watch.example.org/")"#.utf8)
            unsafe text.withUnsafeBytes { unsafe tail.append($0) }
            tail.finish()
            let made = unsafe Array(tail.bytes.readable)
            #expect(made.count < text.count - 15 && made.count > 30)
            #expect(FixedCodes.text(of: made, from: bits) == text, "behind \(bits) bits")
        }
    }
}

/// Reads one last block with fixed codes, as RFC 1951 says in section 3.2.6.
private struct FixedCodes {
    let bytes: [UInt8]
    var at: Int

    static func text(of bytes: [UInt8], from start: Int) -> [UInt8]? {
        var reader = FixedCodes(bytes: bytes, at: start)
        guard reader.number(3) == 0b011 else { return nil }
        return reader.text()
    }

    private mutating func number(_ width: Int) -> Int {
        (0..<width).reduce(0) { value, bit in value | next() << bit }
    }

    private mutating func code(_ width: Int) -> Int {
        (0..<width).reduce(0) { value, _ in value << 1 | next() }
    }

    private mutating func next() -> Int {
        defer { at += 1 }
        return Int(bytes[at >> 3] >> UInt8(at & 7)) & 1
    }

    private mutating func text() -> [UInt8]? {
        let lengths = [
            3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115,
        ]
        var text: [UInt8] = []
        while true {
            let short = code(7)
            if short == 0 { return (at + 7) >> 3 == bytes.count ? text : nil }
            if short < 24 {
                let length = lengths[short - 1] + number(short < 9 ? 0 : (short - 5) / 4)
                let symbol = code(5)
                let width = max(0, symbol / 2 - 1)
                let base = symbol < 4 ? symbol : (2 + symbol % 2) << width
                let distance = base + number(symbol < 4 ? 0 : width) + 1
                for _ in 0..<length { text.append(text[text.count - distance]) }
            } else {
                text.append(UInt8(short << 1 | next()) - 0x30)
            }
        }
    }
}
