/// A request method (RFC 9110 section 9); methods are case-sensitive.
public enum HTTPMethod: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case get, head, post, put, delete, connect, options, trace, patch
    /// A well-formed token that is none of the others: the answer is 501.
    case other

    /// The method's name on the wire; empty for `.other`.
    public var name: StaticString {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .connect: "CONNECT"
        case .options: "OPTIONS"
        case .trace: "TRACE"
        case .patch: "PATCH"
        case .other: ""
        }
    }

    /// Finds the method named by `token`.
    init(token: UnsafeRawBufferPointer) {
        for method in Self.allCases where token.isEqual(to: method.name) {
            self = method
            return
        }
        self = .other
    }
}

/// The protocol versions spoken here; a later minor version is spoken to as 1.1 (RFC 9110 section 2.5).
public enum HTTPVersion: UInt8, Sendable, BitwiseCopyable {
    case http10, http11
}

/// Where a message's body ends (RFC 9112 section 6.3).
public enum HTTPBodyFraming: Sendable, Equatable, BitwiseCopyable {
    /// There is no body.
    case none
    /// So many bytes follow the head.
    case length(Int)
    /// Chunks follow the head (RFC 9112 section 7.1).
    case chunked
    /// Everything up to the connection's end belongs to it; responses only.
    case untilClose
}
