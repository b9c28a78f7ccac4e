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

    /// 1,536 bytes are promised where the server's name is no longer than this.
    @Test(arguments: [nil, "https://ps.example.org"])
    func theCoreIsSmallAsItIsServed(publicURL: String?) throws {
        var settings = GatewaySettings()
        settings.publicURL = try publicURL.map { try PublicURL(parsing: $0) }
        let fixture = try Fixture(settings: settings)
        let answer = try fixture.get("/pointerscope.js", "Accept-Encoding: gzip\r\n")
        #expect(answer.status == 200 && answer.body.count <= 1536, "\(answer.body.count) bytes")
    }
}
