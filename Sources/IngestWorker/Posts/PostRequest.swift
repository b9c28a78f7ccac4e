import ByteCore
import HTTPWire
import PointerEvents
import WebSocketWire

/// A request to `POST /events`, as far as its head says (RFC 9110; CORS as the Fetch standard has it).
///
/// Nothing here depends on what stands in front of the path: a proxy may pass on `/ps/events` as it came.
struct PostRequest {
    /// What a head comes to.
    enum Decision {
        /// A body follows that is to be read.
        case read(PostRequest)
        /// A page asks what it may send; the answer follows from the head alone.
        case preflight(PostAnswer)
        case refuse(PostRefusal, PostAnswer)
    }

    /// Where the body ends: a length within the limits, or chunks.
    let framing: HTTPBodyFraming
    let answer: PostAnswer
    /// Whether the client waits for a word before it sends the body (RFC 9110 section 10.1.1).
    let awaitsContinue: Bool

    /// Whether a request is about events: by its path, and by not opening a WebSocket, which may have any.
    static func isMeant(by head: borrowing HTTPRequestHead, _ bytes: UnsafeRawBufferPointer) -> Bool {
        let path = unsafe head.path.slice(of: bytes)
        let end: StaticString = "/events"
        guard path.count >= end.utf8CodeUnitCount,
            unsafe UnsafeRawBufferPointer(rebasing: path.suffix(end.utf8CodeUnitCount)).isEqual(to: end)
        else { return false }
        return unsafe head.method != .get
            || !head.fields.contains(token: "websocket", in: "upgrade", of: bytes)
    }

    /// Judges a head; `bytes` begin with it, and a body has `mostBytes` at most.
    static func evaluate(
        _ head: borrowing HTTPRequestHead, _ bytes: UnsafeRawBufferPointer, policy: HandshakePolicy,
        mostBytes: Int = Limits.messageBytes
    ) -> Decision {
        // Who refuses has not read the body, and what follows the head is then anybody's guess.
        var answer = PostAnswer(isKeptAlive: false, hasBody: head.method != .head)
        if let refusal = unsafe policy.refusal(ofHostIn: head, bytes) {
            return .refuse(PostRefusal(refusal), answer)
        }
        guard head.method == .post || head.method == .options else { return .refuse(.methodNotPost, answer) }
        if let refusal = unsafe policy.refusal(ofOriginIn: head, bytes) {
            return .refuse(PostRefusal(refusal), answer)
        }
        answer.origin = unsafe head.fields.onlyValue(of: "origin", in: bytes).map { unsafe Array($0) }
        if head.method == .options {
            if head.hasBody { return .refuse(.preflightWithBody, answer) }
            answer.isKeptAlive = isKeptAlive(head)
            return .preflight(answer)
        }
        if let refusal = unsafe refusal(of: head, bytes, mostBytes) { return .refuse(refusal, answer) }
        answer.isKeptAlive = isKeptAlive(head)
        // A field without a member expects nothing (RFC 9110 section 5.6.1.2).
        let expects =
            unsafe head.version == .http11
            && head.fields.contains(token: "100-continue", in: "expect", of: bytes)
        return .read(PostRequest(framing: head.framing, answer: answer, awaitsContinue: expects))
    }

    /// HTTP/1.0 has no connection that lasts unless both say so, and who speaks it here is no browser.
    private static func isKeptAlive(_ head: borrowing HTTPRequestHead) -> Bool {
        head.isKeepAlive && head.version == .http11
    }

    /// What is wrong with the rest of a POST's head: what could be read in two ways comes first.
    private static func refusal(
        of head: borrowing HTTPRequestHead, _ bytes: UnsafeRawBufferPointer, _ mostBytes: Int
    ) -> PostRefusal? {
        // Two that are equal are allowed (RFC 9110 section 8.6); nobody honest sends them.
        if unsafe head.fields.count(of: "content-length", in: bytes) > 1 { return .repeatedLength }
        switch head.framing {
        case .none, .untilClose: return .noLength
        case .length: break
        case .chunked:
            guard let coding = unsafe head.fields.onlyValue(of: "transfer-encoding", in: bytes),
                unsafe coding.isEqualIgnoringCase(to: "chunked")
            else { return .notChunked }
        }
        if unsafe head.fields.contains(token: "1", in: "sec-gpc", of: bytes) { return .privacy }
        if unsafe head.version == .http11 && !expectsNothingElse(head, bytes) { return .expectation }
        guard
            unsafe head.fields.hasMediaType("application/json", in: bytes)
                || head.fields.hasMediaType("text/plain", in: bytes)
        else { return .mediaType }
        if unsafe head.fields.count(of: "content-encoding", in: bytes) > 0 { return .contentCoding }
        return (head.contentLength ?? 0) > mostBytes ? .tooBig(mostBytes) : nil
    }

    private static func expectsNothingElse(
        _ head: borrowing HTTPRequestHead, _ bytes: UnsafeRawBufferPointer
    ) -> Bool {
        var isKnown = true
        unsafe head.fields.forEachElement(of: "expect", in: bytes) { expectation in
            isKnown = unsafe expectation.isEqualIgnoringCase(to: "100-continue")
            return isKnown
        }
        return isKnown
    }
}
