import Glibc
import HTTPWire
import WebSocketWire

/// Something that went wrong with a connection, small enough to be counted and sent between processes.
public struct Fault: Sendable, Equatable, Hashable, BitwiseCopyable {
    enum Kind: UInt16, CaseIterable, BitwiseCopyable {
        /// Nobody answered; the code is an errno(3).
        case unreachable
        /// The server was not through with connecting and handshake in time.
        case timedOut
        /// The handshake was answered with this status instead of 101.
        case rejected
        /// What answered speaks no WebSocket; the code is a `NotWebSocket`.
        case notWebSocket
        /// The server closed the connection with this code (RFC 6455 section 7.4).
        case closed
        /// The connection broke; the code is an errno(3).
        case lost
        /// A viewer's stream: nobody answered, another status, no event stream, ended.
        case viewerUnreachable, viewerRejected, viewerNoStream, viewerEnded
        /// This machine refused a socket; the code is an errno(3).
        case system
        /// Nothing can be sent from the address of `--source`; the code is an errno(3).
        case source
    }

    var kind: Kind
    var code: UInt16

    init(_ kind: Kind, _ code: Int32 = 0) {
        self.kind = kind
        self.code = UInt16(truncatingIfNeeded: code)
    }

    /// How an answer can fail to be a WebSocket's.
    enum NotWebSocket: Int32 {
        case closedBeforeAnswering, notHTTP, wrongAnswer, frames
        /// Bounds of ours.
        case headTooLong, tooManyInterimAnswers

        init(_ refusal: HTTPRefusal) {
            switch refusal {
            case .headTooLong, .tooManyFields: self = .headTooLong
            case .tooManyInterimAnswers: self = .tooManyInterimAnswers
            default: self = .notHTTP
            }
        }
    }

    /// How an answer can fail to be a viewer's event stream.
    enum NoStream: Int32 {
        case otherAnswer, headTooLong, tooManyInterimAnswers

        init(_ refusal: HTTPRefusal) {
            switch refusal {
            case .headTooLong, .tooManyFields: self = .headTooLong
            case .tooManyInterimAnswers: self = .tooManyInterimAnswers
            default: self = .otherAnswer
            }
        }
    }

    private static let headWords =
        "the head of its answer is beyond \(HTTPLimits.headBytes >> 10) KiB or \(HTTPLimits.fields) fields, "
        + "the most that is read here"
    private static let interimWords =
        "more than \(HTTPLimits.interimAnswers) interim answers, the most that are passed over here"

    /// One line for a person.
    var text: String {
        let system = unsafe String(cString: strerror(Int32(code)))
        switch kind {
        case .unreachable: return "cannot connect: \(system)"
        case .timedOut: return "the server did not answer in time"
        case .rejected: return "the server answered \(code) instead of opening a WebSocket"
        case .notWebSocket:
            switch NotWebSocket(rawValue: Int32(code)) {
            case .closedBeforeAnswering: return "no WebSocket server: it closed before answering"
            case .notHTTP: return "no WebSocket server: its answer is not HTTP"
            case .wrongAnswer: return "no WebSocket server: its answer does not fit the handshake"
            case .headTooLong: return "no WebSocket opened: \(Self.headWords)"
            case .tooManyInterimAnswers: return "no WebSocket opened: \(Self.interimWords)"
            default: return "no WebSocket server: it broke the protocol"
            }
        case .closed where code == CloseCode.abnormal.rawValue:
            return "the server ended the connection without a close frame"
        case .closed: return "the server closed the connection with code \(code)"
        case .lost: return "connection lost: \(system)"
        case .viewerUnreachable: return "viewer: cannot connect: \(system)"
        case .viewerRejected where code == 426:
            return "viewer: the server answered 426: that port speaks WebSocket, "
                + "and --viewer takes its HTTP port"
        case .viewerRejected where code == 401:
            return "viewer: the server answered 401: it wants a token, and does not take what it was shown; "
                + "--token-file FILE names one"
        case .viewerRejected: return "viewer: the server answered \(code)"
        case .viewerNoStream:
            switch NoStream(rawValue: Int32(code)) {
            case .headTooLong: return "viewer: \(Self.headWords)"
            case .tooManyInterimAnswers: return "viewer: \(Self.interimWords)"
            default: return "viewer: the answer is no event stream that ends with its connection"
            }
        case .viewerEnded: return "viewer: the server ended the stream"
        case .system: return "this machine refused a socket: \(system)"
        case .source: return "cannot connect from the address of --source: \(system)"
        }
    }

    /// The same for machines: `closed-1008`, `unreachable-111`.
    var name: String {
        switch kind {
        case .unreachable: "unreachable-\(code)"
        case .timedOut: "timed-out"
        case .rejected: "rejected-\(code)"
        case .notWebSocket: "not-websocket-\(code)"
        case .closed: "closed-\(code)"
        case .lost: "lost-\(code)"
        case .viewerUnreachable: "viewer-unreachable-\(code)"
        case .viewerRejected: "viewer-rejected-\(code)"
        case .viewerNoStream: "viewer-no-stream"
        case .viewerEnded: "viewer-ended"
        case .system: "system-\(code)"
        case .source: "source-\(code)"
        }
    }
}

/// Faults by kind, few enough to be looked through.
struct FaultTable: Equatable {
    private(set) var entries: [(fault: Fault, count: UInt64)] = []
    private(set) var total: UInt64 = 0

    /// Counts one, or several.
    mutating func add(_ fault: Fault, count: UInt64 = 1) {
        total &+= count
        if let place = entries.firstIndex(where: { $0.fault == fault }) {
            entries[place].count &+= count
        } else if entries.count < LoadLimits.faultKinds {
            entries.append((fault, count))
        } else {
            // Processes tell their entries: what has no room of its own is not to be missing from the sum.
            entries[LoadLimits.faultKinds - 1].count &+= count
        }
    }

    static func == (left: FaultTable, right: FaultTable) -> Bool {
        left.total == right.total && left.entries.elementsEqual(right.entries, by: ==)
    }
}
