import ByteCore
import PointerEvents

/// A page's end of a connection that speaks `pointerscope.v1`.
final class WirePage {
    static func handshake(_ more: String = "") -> [UInt8] {
        Array(
            """
            GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r
            Sec-WebSocket-Protocol: pointerscope.v1\r\n\(more)\r\n
            """.utf8)
    }

    let visitor: Visitor
    private var encoder = WireV1Encoder()
    private var time: Int64 = 1_000_000
    private var unread: [UInt8] = []
    /// As the last welcome said.
    private(set) var id = ""
    private(set) var token: [UInt8] = []
    /// The last message that was made, sent or not.
    private(set) var lastMessage: [UInt8] = []

    init(_ visitor: Visitor) { self.visitor = visitor }

    var number: UInt64 { visitor.number }

    /// Makes the first message.
    func hello(
        token: [UInt8] = [], instance: UInt64 = 1, path: String = "/", at place: (Int32, Int32)? = (10, 20)
    ) {
        make { buffer, encoder in
            token.withUnsafeBytes { token in
                Array(path.utf8).withUnsafeBytes { path in
                    var hello = WireV1Hello()
                    hello.token = token
                    hello.path = path
                    hello.instance = instance
                    hello.clock = time
                    hello.isPlaceKnown = place != nil
                    (hello.x, hello.y) = place ?? (0, 0)
                    encoder.appendHello(hello, to: &buffer)
                }
            }
        }
    }

    /// Makes another message; true where it begins with a sync.
    @discardableResult
    func message(_ records: (inout ByteBuffer, inout WireV1Encoder, Int64) -> Void) -> Bool {
        time += 16
        make { buffer, encoder in
            encoder.beginMessage(at: time, to: &buffer)
            records(&buffer, &encoder, time)
        }
        return lastMessage.count > 1 && lastMessage[1] == 0x10
    }

    private func make(_ body: (inout ByteBuffer, inout WireV1Encoder) -> Void) {
        var buffer = ByteBuffer(capacity: 256)
        body(&buffer, &encoder)
        lastMessage = Array(buffer.readable)
    }

    /// Sends the message that was made last.
    func send() { visitor.say(Visitor.frame(lastMessage, opcode: 2)) }

    /// All that it is told until nothing more comes, in words.
    func hears() throws -> [String] {
        unread += visitor.hear()
        var words: [String] = []
        while unread.count >= 2, unread.count >= 2 + Int(unread[1]) {
            let payload = Array(unread[2..<(2 + Int(unread[1]))])
            let opcode = unread[0] & 15
            unread.removeFirst(2 + payload.count)
            switch opcode {
            case 2: words += try payload.withUnsafeBytes { try said(in: $0) }
            case 8: words.append("close \(UInt16(payload[0]) << 8 | UInt16(payload[1]))")
            default: words.append("frame \(opcode)")
            }
        }
        return words
    }

    private func said(in message: UnsafeRawBufferPointer) throws -> [String] {
        var words: [String] = []
        var reader = ServerMessageReader(message)
        while let record = try reader.next() {
            switch record {
            case .welcome(let welcome):
                id = String(decoding: welcome.id, as: UTF8.self)
                token = Array(welcome.token)
                words.append(
                    "welcome \(welcome.origin) \(welcome.samplesPerSecond) \(welcome.batchMilliseconds)")
            case .rate(let rate, let batch): words.append("rate \(rate) \(batch)")
            case .moveAway(let spread): words.append("move away \(spread)")
            case .stop(let reason): words.append("stop \(reason)")
            case .resync:
                encoder.receivedResync()
                words.append("resync")
            }
        }
        return words
    }
}
