import ByteCore
import Glibc
import HTTPWire
import PosixIO
import WebSocketWire

/// Serves echoes until its standard input ends: whoever started it is gone then.
enum EchoServer {
    private static let listening = Token(kind: 0)
    private static let input = Token(kind: 1)
    private static let connection: UInt8 = 2

    static func run() throws(SystemError) {
        guard let address = try? SocketAddress(parsing: "127.0.0.1:0") else { return }
        let listener = try Listener(on: address)
        let poller = try Poller()
        try poller.add(listener.raw, for: .readable, token: listening)
        try poller.add(STDIN_FILENO, for: .readable, token: input)
        print(listener.address.text)
        fflush(nil)
        var connections: [Int32: EchoConnection] = [:]
        while true {
            for index in 0..<(try poller.wait(timeoutMilliseconds: 500)) {
                let token = poller.event(at: index).token
                switch token.kind {
                case input.kind: return
                case listening.kind: accept(from: listener, into: &connections)
                default:
                    let number = Int32(bitPattern: token.index)
                    if connections[number]?.ready() == false { connections[number] = nil }
                }
            }
            let now = MonotonicClock.now()
            connections = connections.filter { $0.value.deadline.map { $0 > now } ?? true }
            for (number, connection) in connections {
                try connection.watch(
                    with: poller, token: Token(kind: Self.connection, index: UInt32(bitPattern: number)))
            }
        }
    }

    private static func accept(from listener: borrowing Listener, into all: inout [Int32: EchoConnection]) {
        while case .connection(let descriptor) = listener.accept() {
            var parser = HTTPRequestParser()
            let policy = HandshakePolicy(deflates: true)
            let connection = EchoConnection(descriptor, role: .server) { bytes, output in
                var head = HTTPRequestHead()
                switch parser.parse(bytes, into: &head) {
                case .incomplete: return .incomplete
                case .refused(let refusal):
                    HTTPResponseHead.appendRefusal(
                        refusal.status, reason: refusal.reason, to: &output, withBody: true)
                    return .refused
                case .complete(let consumed):
                    switch ServerHandshake.evaluate(head, bytes, policy: policy, into: &output) {
                    case .accept(let subprotocol):
                        let isAgreed = ServerHandshake.agreesOnDeflate(
                            head, bytes, subprotocol, policy: policy)
                        return .opened(consumed, isDeflateAgreedOn: isAgreed)
                    case .refuse(let refusal):
                        refusal.append(to: &output)
                        return .refused
                    }
                }
            }
            all[connection.raw] = connection
        }
    }
}
