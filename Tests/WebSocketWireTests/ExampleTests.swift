import Testing
import WebSocketWire

private let hello: [UInt8] = [0x48, 0x65, 0x6C, 0x6C, 0x6F]

/// The annotated bytes of RFC 6455 section 5.7.
@Suite("The examples of RFC 6455 section 5.7")
struct ExampleTests {
    @Test("a single-frame unmasked text message")
    func unmaskedText() {
        let bytes: [UInt8] = [
            0x81,  // FIN, text
            0x05,  // no mask, 5 bytes
            0x48, 0x65, 0x6C, 0x6C, 0x6F,
        ]
        #expect(hear(bytes, role: .client) == [.message(hello, .text)])
        #expect(hear(bytes, role: .server) == [.violation(1002)])
        expectSameWhateverTheCut(bytes, role: .client)
    }

    @Test("a single-frame masked text message")
    func maskedText() {
        let bytes: [UInt8] = [
            0x81,  // FIN, text
            0x85,  // masked, 5 bytes
            0x37, 0xFA, 0x21, 0x3D,  // the key
            0x7F, 0x9F, 0x4D, 0x51, 0x58,
        ]
        #expect(hear(bytes, role: .server) == [.message(hello, .text)])
        #expect(hear(bytes, role: .client) == [.violation(1002)])
        expectSameWhateverTheCut(bytes, role: .server)
    }

    @Test("a fragmented unmasked text message")
    func fragmentedText() {
        let bytes: [UInt8] = [
            0x01, 0x03, 0x48, 0x65, 0x6C,  // text, not final: "Hel"
            0x80, 0x02, 0x6C, 0x6F,  // continuation, FIN: "lo"
        ]
        #expect(hear(bytes, role: .client) == [.message(hello, .text)])
        expectSameWhateverTheCut(bytes, role: .client)
    }

    @Test("an unmasked ping and a masked pong")
    func pingAndPong() {
        let ping: [UInt8] = [0x89, 0x05] + hello
        #expect(hear(ping, role: .client) == [.ping(hello)])
        let pong: [UInt8] = [0x8A, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
        #expect(hear(pong, role: .server) == [.pong(hello)])
        expectSameWhateverTheCut(ping, role: .client)
        expectSameWhateverTheCut(pong, role: .server)
    }

    @Test("256 bytes and 64 KiB of binary in a single unmasked frame")
    func binary() {
        let short = (0..<256).map { UInt8($0) }
        let shortFrame: [UInt8] = [0x82, 0x7E, 0x01, 0x00] + short
        #expect(hear(shortFrame, role: .client, kinds: .binary) == [.message(short, .binary)])
        let long = [UInt8](repeating: 0x2A, count: 65_536)
        let longFrame: [UInt8] = [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0] + long
        #expect(hear(longFrame, role: .client, kinds: .binary) == [.message(long, .binary)])
        expectSameWhateverTheCut(shortFrame, role: .client, kinds: .binary)
        expectSameWhateverTheCut(longFrame, role: .client, kinds: .binary)
    }
}
