import Glibc
import WebSocketWire

/// Why a visitor's link is no more.
enum LinkEnding: Equatable {
    /// Nobody answered; the errno(3).
    case unreachable(code: Int32)
    /// The server answered with this status instead of 101.
    case rejected(status: UInt16)
    /// What answered does not speak the protocol.
    case notWebSocket(String)
    /// The server, or both, closed; 1006 if without a close frame.
    case closed(CloseCode)
    /// The connection broke; the errno(3), or 0 if this side gave it up.
    case lost(code: Int32)

    /// The same for a person, in one line.
    var text: String {
        switch self {
        case .unreachable(let code): unsafe "cannot connect: \(String(cString: strerror(code)))"
        case .rejected(let status): "the server answered \(status) instead of opening a WebSocket"
        case .notWebSocket(let reason): "the server does not speak WebSocket: \(reason)"
        case .closed(let code): "the server closed the connection with code \(code.rawValue)"
        case .lost(let code):
            code == 0 ? "given up" : unsafe "connection lost: \(String(cString: strerror(code)))"
        }
    }
}

/// What came of one look at a link.
enum LinkProgress: Equatable {
    case waiting
    /// From now on samples can be sent.
    case opened
    case ended(LinkEnding)
}
