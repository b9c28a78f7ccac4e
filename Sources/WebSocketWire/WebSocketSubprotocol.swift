import HTTPWire

/// The subprotocols spoken, as chosen in the opening handshake (RFC 6455 section 1.9).
public enum WebSocketSubprotocol: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// None was offered, or only unknown ones: the JSON format holds all the same.
    case none
    /// `json`: text frames.
    case json
    /// `pointerscope.v1`: binary frames.
    case pointerscope1

    /// The name in Sec-WebSocket-Protocol; nil where nothing is chosen.
    public var name: StaticString? {
        switch self {
        case .none: nil
        case .json: "json"
        case .pointerscope1: "pointerscope.v1"
        }
    }

    /// The kinds of message that a client may send under it.
    public var kinds: WebSocketMessageKinds {
        switch self {
        case .none, .json: .text
        case .pointerscope1: .binary
        }
    }

    /// Whether compressing is of any use: messages of a few bytes only grow by it, and browsers that have
    /// agreed to it compress them all.
    var mayDeflate: Bool { self != .pointerscope1 }

    /// The subprotocol called `token`; names are compared with case.
    static func named(_ token: UnsafeRawBufferPointer) -> WebSocketSubprotocol? {
        for candidate in allCases {
            if let name = candidate.name, unsafe token.isEqual(to: name) { return candidate }
        }
        return nil
    }
}
