import ByteCore
import Testing

@testable import HTTPWire

@Suite("Targets: paths, queries, escapes")
struct TargetTests {
    @Test(
        "a query's value is its first by that name",
        arguments: [
            ("hz=10", "10"), ("a=1&hz=10&hz=20", "10"), ("hz", ""), ("hz=", ""), ("hz&a", ""),
            ("hz=a=b", "a=b"),
            ("%68z=1", "1"), ("&&hz=%31", "%31"), ("", nil), ("hzz=1", nil), ("h=1&z=2", nil), ("%6z=1", nil),
            ("a=hz", nil), ("HZ=1", nil),
        ] as [(String, String?)])
    func query(text: String, expected: String?) {
        let found = Array(text.utf8).withUnsafeBytes { bytes in
            HTTPQuery(bytes).value(of: "hz").map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(found == expected)
    }

    @Test(
        "escapes decode, or are refused whole",
        arguments: [
            ("abc", "abc"), ("a%20b", "a b"), ("%41%6a%C3%a9", "Aj\u{E9}"), ("a+b", "a+b"), ("%00", "\0"),
            ("", ""), ("%", nil), ("%4", nil), ("ab%4g", nil), ("%%41", nil), ("a%", nil), ("%+1", nil),
        ] as [(String, String?)])
    func escapes(text: String, expected: String?) {
        var buffer = ByteBuffer()
        buffer.append("before:")
        let isDecoded = Array(text.utf8).withUnsafeBytes { buffer.appendPercentDecoded($0) }
        #expect(isDecoded == (expected != nil))
        #expect(String(decoding: buffer.readable, as: UTF8.self) == "before:" + (expected ?? ""))
    }

    @Test("a plus is a space where a form wrote it")
    func plus() {
        var buffer = ByteBuffer()
        let isDecoded = Array("a+b%2B".utf8).withUnsafeBytes {
            buffer.appendPercentDecoded($0, plusIsSpace: true)
        }
        #expect(isDecoded)
        #expect(String(decoding: buffer.readable, as: UTF8.self) == "a b+")
    }
}

@Suite("Byte classes")
struct ByteClassTests {
    private static let alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

    @Test("are those that the RFCs list", arguments: 0...255 as ClosedRange<UInt8>)
    func classes(byte: UInt8) {
        let tokens = Set((Self.alphanumeric + "!#$%&'*+-.^_`|~").utf8)
        #expect(HTTPByte.isToken(byte) == tokens.contains(byte))
        let hosts = Set((Self.alphanumeric + "-._~!$&'()*+,;=%").utf8)
        #expect(HTTPByte.isHostName(byte) == hosts.contains(byte))
        let target = (0x21...0x7E).contains(byte) && !Set("\"#<>".utf8).contains(byte)
        #expect(HTTPByte.isTarget(byte) == target)
        #expect(HTTPByte.isFieldValue(byte) == (byte == 9 || (byte >= 32 && byte != 127)))
    }
}
