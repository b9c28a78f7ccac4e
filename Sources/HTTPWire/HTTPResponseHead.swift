public import ByteCore

/// A response head to be written (RFC 9112 section 4).
///
/// ```
/// HTTP/1.1 200 OK
/// Content-Type: text/plain; charset=utf-8
/// Content-Length: 3
/// Connection: keep-alive
/// ```
public struct HTTPResponseHead: Sendable {
    /// What becomes of the connection after this response.
    public enum Connection: Sendable {
        case keepAlive, close
        /// It ends, and the answer names a protocol to come back with (426).
        case closeForUpgrade
        /// 101: another protocol follows.
        case upgrade
    }

    /// The status.
    public var status: HTTPStatus
    /// The media type of the body, if there is one.
    public var contentType: StaticString?
    /// Bytes of the body; nil writes no Content-Length (the body ends with the connection, or there is none).
    public var contentLength: Int?
    /// What becomes of the connection.
    public var connection: Connection

    /// Describes a head; a status that never has a body writes no Content-Length.
    public init(
        _ status: HTTPStatus, contentType: StaticString? = nil, contentLength: Int? = nil,
        connection: Connection = .keepAlive
    ) {
        self.status = status
        self.contentType = contentType
        self.contentLength = contentLength
        self.connection = connection
    }

    /// Appends the whole head, its empty line included.
    public func append(to buffer: inout ByteBuffer) {
        appendOpen(to: &buffer)
        buffer.appendHTTPHeadEnd()
    }

    /// Appends the head without its empty line, for fields to follow.
    public func appendOpen(to buffer: inout ByteBuffer) {
        buffer.append("HTTP/1.1 ")
        buffer.appendDecimal(Int(status.rawValue))
        buffer.append(HTTPByte.space)
        buffer.append(status.phrase)
        buffer.append("\r\n")
        if let contentType { buffer.appendHTTPField("Content-Type", contentType) }
        if let contentLength, !status.isBodiless {
            buffer.appendHTTPField("Content-Length", number: contentLength)
        }
        switch connection {
        case .keepAlive: buffer.append("Connection: keep-alive\r\n")
        case .close: buffer.append("Connection: close\r\n")
        case .closeForUpgrade: buffer.append("Connection: Upgrade, close\r\n")
        case .upgrade: buffer.append("Connection: Upgrade\r\n")
        }
    }

    /// Appends a whole answer that says in one line why a request is refused, and ends the connection.
    ///
    /// Of an answer to HEAD, `withBody: false`, only the head is sent.
    public static func appendRefusal(
        _ status: HTTPStatus, reason: StaticString, to buffer: inout ByteBuffer, withBody: Bool = true
    ) {
        let head = HTTPResponseHead(
            status, contentType: "text/plain; charset=utf-8",
            contentLength: reason.utf8CodeUnitCount + 1, connection: .close)
        head.append(to: &buffer)
        guard withBody else { return }
        buffer.append(reason)
        buffer.append(HTTPByte.lineFeed)
    }
}
