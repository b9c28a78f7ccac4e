/// What a client makes of the answer to its opening handshake.
public enum ClientHandshakeOutcome: Sendable, Equatable {
    /// The connection is open; frames follow behind the answer's head.
    case opened(WebSocketSubprotocol)
    /// The server answered with another status, and a body may follow.
    case refused(status: UInt16)
    /// A 101 that does not answer this handshake (RFC 6455 section 4.1): end the connection.
    case violated(ClientHandshakeViolation)
}

/// How a 101 can fail to answer the handshake it came for.
public enum ClientHandshakeViolation: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case upgradesElsewhere, wrongAnswer, extensionNotOffered, subprotocolNotOffered

    /// The same for a person, in one line.
    public var reason: StaticString {
        switch self {
        case .upgradesElsewhere: "the answer upgrades to something else than a WebSocket"
        case .wrongAnswer: "Sec-WebSocket-Accept does not answer the key"
        case .extensionNotOffered: "an extension that was not offered"
        case .subprotocolNotOffered: "a subprotocol that was not offered"
        }
    }
}
