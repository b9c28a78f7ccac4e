import ByteCore
import HTTPWire
import PosixIO
import Testing
import WebSocketWire

/// An ingest port for tests, driven by the test itself: it collects what visitors say.
struct TestIngestServer: ~Copyable {
    struct Message {
        var connection: Int
        var bytes: [UInt8]
    }

    struct Connection: ~Copyable {
        var number: Int
        var stream: ByteStream
        var parser = HTTPRequestParser()
        var isUpgraded = false
        var subprotocol = WebSocketSubprotocol.none
        var webSocket = WebSocketConnection(role: .server, accepting: .text)
        var spill = ByteBuffer()
        var output = WriteQueue()
    }

    let listener: Listener
    let poller: Poller
    var connections = Slab<Connection>()
    var head = HTTPRequestHead()
    var messages: [Message] = []
    var pongs = 0
    /// Close codes by connection; 1006 where the connection just ended.
    var closes: [Int: UInt16] = [:]
    var accepted = 0
    var upgraded = 0
    /// Bytes received in all.
    var received = 0

    init() throws {
        let listener = try Listener(on: SocketAddress(parsing: "127.0.0.1:0"))
        let poller = try Poller()
        try poller.add(listener.raw, for: .readable, token: Token(kind: 1))
        self.listener = listener
        self.poller = poller
    }

    /// Serves until `isDone` says so; that it did not within 20 s is an issue.
    mutating func serve(
        _ what: String, until isDone: (borrowing TestIngestServer) -> Bool
    ) throws {
        let deadline = MonotonicClock.now() + 20_000_000_000
        while !isDone(self) {
            guard MonotonicClock.now() < deadline else {
                Issue.record("never: \(what)")
                return
            }
            try step(timeoutMilliseconds: 20)
        }
    }

    /// Waits for something to happen and takes it.
    mutating func step(timeoutMilliseconds: Int32) throws {
        let ready = try poller.wait(timeoutMilliseconds: timeoutMilliseconds)
        for index in 0..<ready {
            let token = poller.event(at: index).token
            if token.kind == 1 { try accept() } else { try read(token) }
        }
    }

    /// Breaks every connection without a word.
    mutating func dropEveryone() {
        for index in 0..<connections.slotCount where connections.at(index) != nil {
            _ = connections.remove(UInt32(index))
        }
    }

    /// Sends a ping to everyone.
    mutating func pingEveryone(_ payload: [UInt8]) {
        for index in 0..<connections.slotCount {
            guard let connection = connections.at(index)?.element else { continue }
            payload.withUnsafeBytes { payload in
                connection.pointee.output.append { $0.appendFrame(.ping, payload) }
            }
            _ = connection.pointee.output.flush(to: connection.pointee.stream)
        }
    }

    private mutating func accept() throws {
        while true {
            switch listener.accept() {
            case .connection(let descriptor):
                let raw = descriptor.raw
                let place = connections.insert(
                    Connection(number: accepted, stream: ByteStream(descriptor)))
                accepted += 1
                try poller.add(
                    raw, for: .readable,
                    token: Token(kind: 2, index: place.index, generation: place.generation))
            case .none: return
            case .exhausted: return
            }
        }
    }

    private mutating func read(_ token: Token) throws {
        guard let connection = connections.find(token) else { return }
        let isOver = withUnsafeTemporaryAllocation(byteCount: 65536, alignment: 16) { room in
            switch connection.pointee.stream.read(into: room) {
            case .bytes(let count):
                received += count
                connection.pointee.spill.append(UnsafeRawBufferPointer(rebasing: room[..<count]))
                return false
            case .wouldBlock: return false
            case .endOfFile, .failed: return true
            }
        }
        if isOver {
            if connection.pointee.isUpgraded {
                closes[connection.pointee.number] = connection.pointee.webSocket.endCode.rawValue
            }
            _ = connections.remove(token.index)
            return
        }
        if !connection.pointee.isUpgraded { upgrade(&connection.pointee) }
        if connection.pointee.isUpgraded { takeFrames(&connection.pointee) }
        _ = connection.pointee.output.flush(to: connection.pointee.stream)
    }

    private mutating func upgrade(_ connection: inout Connection) {
        let bytes = connection.spill.readable
        guard case .complete(let consumed) = connection.parser.parse(bytes, into: &head) else { return }
        var decision = HandshakeDecision.refuse(.missingKey)
        connection.output.append { output in
            decision = ServerHandshake.evaluate(head, bytes, policy: HandshakePolicy(), into: &output)
        }
        guard case .accept(let subprotocol) = decision else {
            Issue.record("refused a handshake: \(decision)")
            return
        }
        connection.subprotocol = subprotocol
        #expect(subprotocol == .json)
        connection.isUpgraded = true
        upgraded += 1
        connection.spill.consume(consumed)
    }

    private mutating func takeFrames(_ connection: inout Connection) {
        while true {
            let step = connection.webSocket.next(connection.spill.mutableReadable)
            switch step.event {
            case .needMore, .ended: return
            case .message(let bytes, let opcode):
                #expect(opcode == .text)
                messages.append(Message(connection: connection.number, bytes: Array(bytes)))
            case .pong: pongs += 1
            case .ping, .nothing, .deflated: break
            case .close: connection.output.append { _ = connection.webSocket.answerClose(into: &$0) }
            case .violation(let code, let reason): Issue.record("violation \(code): \(reason)")
            }
            connection.spill.consume(step.consumed)
        }
    }
}
