import HTTPWire
import Testing

@testable import ViewerGateway

@Suite struct EntityTagTests {
    private func tag(_ text: String) -> EntityTag { Array(text.utf8).withUnsafeBytes { EntityTag(of: $0) } }

    private func isNamed(_ tag: EntityTag, by fields: String) -> Bool {
        var head = HTTPRequestHead()
        return Array("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n".utf8).withUnsafeBytes { bytes in
            guard case .complete = HTTPRequestParser.parse(bytes, into: &head) else { return false }
            return tag.isNamed(by: head.fields, in: bytes)
        }
    }

    @Test func isStrongAndFollowsTheContent() {
        let text = String(decoding: tag("hello").bytes, as: UTF8.self)
        #expect(text.hasPrefix("\"") && text.hasSuffix("-00000005\"") && text.utf8.count == 27)
        #expect(tag("hello") == tag("hello"))
        #expect(tag("hello") != tag("hellp"))
        #expect(tag("") != tag("\0"))
    }

    @Test func ifNoneMatchIsAListComparedWeakly() {
        let own = tag("hello")
        let text = String(decoding: own.bytes, as: UTF8.self)
        for value in [text, "W/\(text)", "\"other\", \(text)", "*", "\"a,b\" ,W/\"x\",  \(text)"] {
            #expect(isNamed(own, by: "If-None-Match: \(value)\r\n"), "\(value)")
        }
        #expect(isNamed(own, by: "If-None-Match: \"x\"\r\nIf-None-Match: \(text)\r\n"))
        for value in ["", "\"other\"", String(text.dropFirst()), "w/\(text)", "W/W/\(text)", "\"*\""] {
            #expect(!isNamed(own, by: "If-None-Match: \(value)\r\n"), "\(value)")
        }
        #expect(!isNamed(own, by: ""))
    }
}
