import ByteCore
public import HTTPWire

/// What a server is shown so that it answers.
public enum Credential: Equatable, Sendable {
    case none
    /// A program's token.
    case token(BearerToken)
    /// The cookies of somebody who has signed in, as the Cookie field has them.
    case session([UInt8])

    /// Appends the field that shows it, if there is one.
    func append(to request: inout ByteBuffer) {
        switch self {
        case .none: break
        case .token(let token): token.append(to: &request)
        case .session(let cookies):
            unsafe cookies.withUnsafeBytes { unsafe request.appendHTTPField("Cookie", $0) }
        }
    }
}
