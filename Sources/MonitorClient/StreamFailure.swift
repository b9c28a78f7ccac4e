import Glibc
import PosixIO
import SSEWire
import TLSClient

/// Why there is no event stream, or none any more.
enum StreamFailure: Equatable {
    case unknownHost(String)
    /// No address could be connected to; the errno(3) of the last one.
    case unreachable(Int32)
    case connectTimeout
    /// There is no TLS with it.
    case insecure(TLSFailure)
    case handshakeTimeout
    case noAnswer
    case closedUnanswered
    case notHTTP(String)
    /// The answer is beyond what a client reads of one; which bound it passed.
    case answerTooLong(String)
    case status(UInt16)
    /// The server ended the stream because nobody is signed in on it any more.
    case signedOut(SignedOut)
    case notAStream
    /// The stream began and nothing followed.
    case mute
    /// The stream began and said nothing that a Pointerscope server says.
    case notPointerscope
    case ended
    case broken(Int32)
    case silent
    case messageTooLong
    case brokenChunks
    case system(String)

    /// For a person, behind the server's name: `http://127.0.0.1:2112 answered 404: ...`.
    var text: String {
        switch self {
        case .unknownHost(let why): "cannot be found: \(why)"
        case .unreachable(let code): unsafe "cannot be reached: \(String(cString: strerror(code)))"
        case .connectTimeout: "cannot be reached: no connection within \(TopLimits.connectSeconds) s"
        case .insecure(let failure): failure.text
        case .handshakeTimeout:
            "does not finish a TLS handshake within \(TopLimits.connectSeconds) s: is that the port of https?"
        case .noAnswer: "gives no answer within \(TopLimits.answerSeconds) s: \(Self.question)"
        case .closedUnanswered: "hung up without an answer: \(Self.question)"
        case .notHTTP(let why): "does not speak HTTP (\(why)): \(Self.question)"
        case .answerTooLong(let bound): "answered, but not within what is read here: \(bound)"
        case .status(426):
            "speaks WebSocket there (it answered 426): that is an ingest port, and this takes the address of "
                + "--http, for example 127.0.0.1:2112"
        case .status(421):
            "answered 421: it answers loopback names only, and its --public-url; make a tunnel, "
                + "ssh -L 2112:127.0.0.1:2112 HOST, and watch http://127.0.0.1:2112"
        case .status(401): "answered 401: it wants to know who asks"
        case .status(403): "answered 403: who asks may not watch there"
        case .status(301), .status(302), .status(303), .status(307), .status(308):
            "sends elsewhere, which is not followed: name the server itself"
        case .signedOut(let end): oneLine(end.text)
        case .status(503): "answered 503: it is full or stopping"
        case .status(let status): "answered \(status): \(Self.question)"
        case .notAStream: "answered with something else than an event stream: \(Self.question)"
        case .mute: "sends nothing on its event stream: \(Self.question)"
        case .notPointerscope: "sends an event stream that is not of a Pointerscope server"
        case .ended: "ended the stream"
        case .broken(let code): unsafe "is gone: \(String(cString: strerror(code)))"
        case .silent: "has been silent for \(TopLimits.silenceSeconds) s"
        case .messageTooLong:
            "sends a message of more than \(SSEWire.Limits.messageBytes >> 20) MiB, the most that is read here: "
                + Self.question
        case .brokenChunks: "does not cut its answer into chunks as HTTP does: \(Self.question)"
        case .system(let why): why
        }
    }

    /// Whether it takes somebody who signs in, or another token.
    var isForWantOfAccess: Bool {
        switch self {
        case .status(401), .signedOut: true
        default: false
        }
    }

    private static let question = "is that a Pointerscope server?"
}
