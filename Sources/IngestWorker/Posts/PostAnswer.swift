import ByteCore
import HTTPWire
import WebSocketWire

/// How a request to post events is answered: what of it every answer depends on.
struct PostAnswer: Equatable {
    /// The page's origin, once it is admitted; nil for one that named none.
    var origin: [UInt8]?
    var isKeptAlive: Bool
    /// Whether the answer has a body: to HEAD it has none.
    var hasBody = true

    init(origin: [UInt8]? = nil, isKeptAlive: Bool, hasBody: Bool = true) {
        self.origin = origin
        self.isKeptAlive = isKeptAlive
        self.hasBody = hasBody
    }

    /// ```
    /// HTTP/1.1 200 OK
    /// Content-Type: application/json
    ///
    /// {"interval":5000}
    /// ```
    /// The events were taken; the page is to send the next ones so many milliseconds later.
    func appendTaken(intervalMilliseconds: Int, to output: inout ByteBuffer) {
        var body = ByteBuffer(capacity: 32)
        body.append("{\"interval\":")
        body.appendDecimal(intervalMilliseconds)
        body.append("}\n")
        appendOpen(.ok, contentType: "application/json", length: body.count, to: &output)
        output.appendHTTPField("Cache-Control", "no-store")
        output.appendHTTPHeadEnd()
        unsafe output.append(body.readable)
    }

    /// What a page may send (Fetch, section 3.2.3), and for how long it need not ask again.
    func appendPreflight(to output: inout ByteBuffer) {
        HTTPResponseHead(.noContent, connection: isKeptAlive ? .keepAlive : .close).appendOpen(to: &output)
        output.appendHTTPField("Allow", "POST, OPTIONS")
        if origin != nil {
            output.appendHTTPField("Access-Control-Allow-Methods", "POST")
            output.appendHTTPField("Access-Control-Allow-Headers", "Content-Type")
            output.appendHTTPField(
                "Access-Control-Max-Age", number: WorkerLimits.preflightSeconds)
        }
        appendOrigin(to: &output)
        output.appendHTTPHeadEnd()
    }

    /// The connection ends behind a refusal, whatever was asked for.
    ///
    /// ```
    /// event 3: x is missing
    /// ```
    func append(_ refusal: PostRefusal, publicURL: PublicURL?, to output: inout ByteBuffer) {
        var line = ByteBuffer(capacity: 128)
        if let event = refusal.event {
            line.append("event ")
            line.appendDecimal(event + 1)
            line.append(": ")
        }
        if refusal.status == .misdirectedRequest {
            HandshakeRefusal.misdirected.appendReason(to: &line, publicURL: publicURL)
        } else {
            line.append(refusal.reason)
        }
        line.append("\n")
        var closing = self
        closing.isKeptAlive = false
        closing.appendOpen(
            refusal.status, contentType: "text/plain; charset=utf-8", length: line.count, to: &output)
        switch refusal.status {
        case .methodNotAllowed: output.appendHTTPField("Allow", "POST, OPTIONS")
        case .serviceUnavailable, .tooManyRequests:
            output.appendHTTPField("Retry-After", number: WorkerLimits.retryAfterSeconds)
            if origin != nil { output.appendHTTPField("Access-Control-Expose-Headers", "Retry-After") }
        default: break
        }
        output.appendHTTPHeadEnd()
        if hasBody { unsafe output.append(line.readable) }
    }

    private func appendOpen(
        _ status: HTTPStatus, contentType: StaticString, length: Int, to output: inout ByteBuffer
    ) {
        HTTPResponseHead(
            status, contentType: contentType, contentLength: length,
            connection: isKeptAlive ? .keepAlive : .close
        ).appendOpen(to: &output)
        appendOrigin(to: &output)
    }

    /// Whom the answer may be shown to; a cache must not give it to the page of another.
    private func appendOrigin(to output: inout ByteBuffer) {
        if let origin {
            unsafe origin.withUnsafeBytes {
                unsafe output.appendHTTPField("Access-Control-Allow-Origin", $0)
            }
        }
        output.appendHTTPField("Vary", "Origin")
    }
}
