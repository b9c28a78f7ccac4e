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
        for method in Self.allCases where unsafe token.isEqual(to: method.name) {
            self = method
            return
        }
        self = .other
    }
}
