import HTTPWire
import PointerEvents
import Telemetry
import WebSocketWire

/// Why a request to post events is not served: what answers it, what counts it, and a line for a person.
struct PostRefusal: Equatable {
    let status: HTTPStatus
    let counter: WorkerCounter
    let reason: StaticString
    /// The place among the events, from 0, of the first one that is not acceptable.
    var event: Int?

    private init(
        _ status: HTTPStatus, _ counter: WorkerCounter, _ reason: StaticString, event: Int? = nil
    ) {
        self.status = status
        self.counter = counter
        self.reason = reason
        self.event = event
    }

    /// Of a host or a page that would get no WebSocket either.
    init(_ refusal: HandshakeRefusal) {
        self.init(
            refusal.status, refusal.isOfOrigin ? .postsRefusedOrigin : .postsRefusedHost, refusal.reason)
    }

    /// Of a body whose events were refused with a WebSocket's close code; `event` is where.
    init(closeCode: UInt16, reason: StaticString, event: Int?) {
        switch closeCode {
        case 1009: self.init(.contentTooLarge, .postsRefusedTooBig, reason)
        case 1013: self = .noRoom
        default: self.init(.badRequest, .postsRefusedEvents, reason, event: event)
        }
    }

    static let methodNotPost = PostRefusal(
        .methodNotAllowed, .postsRefusedMethod, "events come by POST")
    static let preflightWithBody = PostRefusal(
        .badRequest, .postsRefusedFraming, "a request to ask what is allowed has no body")
    static let repeatedLength = PostRefusal(
        .badRequest, .postsRefusedFraming, "more than one Content-Length")
    static let notChunked = PostRefusal(
        .badRequest, .postsRefusedFraming, "Transfer-Encoding must be chunked, and nothing else")
    static let noLength = PostRefusal(
        .lengthRequired, .postsRefusedFraming, "neither Content-Length nor chunks")
    static let malformedChunk = PostRefusal(.badRequest, .postsRefusedFraming, "the chunks are malformed")
    static let privacy = PostRefusal(
        .forbidden, .postsRefusedPrivacy, "the visitor asks not to be watched (Sec-GPC: 1)")
    static let expectation = PostRefusal(
        .expectationFailed, .postsRefusedExpectation, "nothing but 100-continue can be expected")
    static let mediaType = PostRefusal(
        .unsupportedMediaType, .postsRefusedMediaType,
        "Content-Type must be application/json or text/plain")
    static let contentCoding = PostRefusal(
        .unsupportedMediaType, .postsRefusedMediaType, "a body with a Content-Encoding is not read")
    static let tooMany = PostRefusal(
        .tooManyRequests, .postsRefusedRate, "more events or bytes a second than a connection may bring")
    static let notUTF8 = PostRefusal(.badRequest, .postsRefusedEvents, "the body is not UTF-8")
    static let noRoom = PostRefusal(
        .serviceUnavailable, .postsRefusedNoRoom, "no room at the moment; try again later")

    /// A body of more than `mostBytes`.
    static func tooBig(_ mostBytes: Int) -> PostRefusal {
        PostRefusal(
            .contentTooLarge, .postsRefusedTooBig,
            mostBytes == Limits.messageBytes
                ? "a body is at most 64 KiB" : "a body of more than this server takes (--message-bytes)")
    }

    /// A body that was not whole in time.
    static func late(_ limits: IngestLimits) -> PostRefusal {
        PostRefusal(
            .requestTimeout, .postsRefusedLate,
            limits.messageSeconds == IngestLimits().messageSeconds
                ? "a body must be whole 30 s after its head"
                : "a body was not whole in the time that this server gives it (--message-timeout)")
    }

    static func == (left: PostRefusal, right: PostRefusal) -> Bool {
        left.status == right.status && left.counter == right.counter && left.event == right.event
            && left.reason.description == right.reason.description
    }
}
