public import ByteCore
public import HTTPWire

/// Why an opening handshake is not accepted, in the order it is judged.
public enum HandshakeRefusal: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case misdirected, methodNotGet, notAnUpgrade, oldVersionOfHTTP, connectionNotUpgrade, hasBody
    case missingVersion, otherVersion
    case missingKey, malformedKey, malformedSubprotocol, malformedExtensions
    case originNotAllowed, originNotLoopback, fileOriginNotAllowed

    /// Whether it is the page that is not served, and not its request.
    public var isOfOrigin: Bool {
        switch self {
        case .originNotAllowed, .originNotLoopback, .fileOriginNotAllowed: true
        case .misdirected, .methodNotGet, .notAnUpgrade, .oldVersionOfHTTP, .connectionNotUpgrade, .hasBody,
            .missingVersion, .otherVersion, .missingKey, .malformedKey, .malformedSubprotocol,
            .malformedExtensions:
            false
        }
    }

    /// The status that answers it.
    public var status: HTTPStatus {
        switch self {
        case .misdirected: .misdirectedRequest
        case .methodNotGet: .methodNotAllowed
        case .notAnUpgrade, .oldVersionOfHTTP, .otherVersion: .upgradeRequired
        case .connectionNotUpgrade, .hasBody, .missingVersion, .missingKey, .malformedKey,
            .malformedSubprotocol, .malformedExtensions:
            .badRequest
        case .originNotAllowed, .originNotLoopback, .fileOriginNotAllowed: .forbidden
        }
    }

    /// The same for a person, in one line.
    public var reason: StaticString {
        switch self {
        case .misdirected: "only loopback hosts are served here; --public-url names another"
        case .methodNotGet: "a WebSocket begins with GET"
        case .notAnUpgrade: "this port speaks WebSocket: Upgrade: websocket is missing"
        case .oldVersionOfHTTP: "a WebSocket begins with HTTP/1.1"
        case .connectionNotUpgrade: "Connection: Upgrade is missing"
        case .hasBody: "a handshake has no body"
        case .missingVersion: "Sec-WebSocket-Version is missing or repeated"
        case .otherVersion: "only Sec-WebSocket-Version 13 is spoken"
        case .missingKey: "Sec-WebSocket-Key is missing or repeated"
        case .malformedKey: "Sec-WebSocket-Key is not the base64 of 16 bytes"
        case .malformedSubprotocol: "Sec-WebSocket-Protocol is not a list of tokens"
        case .malformedExtensions: "Sec-WebSocket-Extensions is not a list of extensions"
        case .originNotAllowed: "this origin is not on the list"
        case .originNotLoopback:
            "only pages of the server's own machine are served; --origin ORIGIN admits another"
        case .fileOriginNotAllowed: "a page opened from a file has the origin null; --origin null admits it"
        }
    }

    /// Appends the reason; with the host that is right, where the server has a public name.
    public func appendReason(to line: inout ByteBuffer, publicURL: PublicURL?) {
        guard let publicURL, self == .misdirected else { return line.append(reason) }
        line.append("only ")
        line.append(text: publicURL.authority)
        line.append(" and loopback hosts are served here")
    }

    /// Appends the whole answer; the connection ends behind it. Of an answer to HEAD, `withBody: false`, only
    /// the head is sent (RFC 9110 section 9.3.2).
    ///
    /// Who asked for another host is told which one is right, where the server has a public name.
    public func append(to output: inout ByteBuffer, withBody: Bool = true, publicURL: PublicURL? = nil) {
        var line = ByteBuffer(capacity: 128)
        appendReason(to: &line, publicURL: publicURL)
        line.append("\n")
        var head = HTTPResponseHead(
            status, contentType: "text/plain; charset=utf-8", contentLength: line.count, connection: .close)
        // RFC 9110 section 15.5.22: a 426 names what to upgrade to, and Connection names the field.
        if status == .upgradeRequired { head.connection = .closeForUpgrade }
        head.appendOpen(to: &output)
        switch self {
        case .notAnUpgrade, .oldVersionOfHTTP, .otherVersion:
            output.appendHTTPField("Upgrade", "websocket")
            output.appendHTTPField("Sec-WebSocket-Version", "13")
        case .missingVersion:
            output.appendHTTPField("Sec-WebSocket-Version", "13")
        case .methodNotGet:
            output.appendHTTPField("Allow", "GET")
        case .misdirected, .connectionNotUpgrade, .hasBody, .missingKey, .malformedKey,
            .malformedSubprotocol, .malformedExtensions, .originNotAllowed, .originNotLoopback,
            .fileOriginNotAllowed:
            break
        }
        output.appendHTTPHeadEnd()
        guard withBody else { return }
        unsafe output.append(line.readable)
    }
}
