/// What one call of `WebSocketConnection.next` found, and how far it got.
public struct WebSocketStep {
    /// Bytes to drop from the start of the receive buffer; what stands behind them comes into the next call.
    public let consumed: Int
    /// What those bytes were.
    public let event: WebSocketEvent

    @inlinable @inline(__always)
    init(consumed: Int, event: WebSocketEvent) {
        self.consumed = consumed
        self.event = event
    }
}

/// What a peer's bytes came to. Borrowed bytes are valid until the next call or until the buffer is changed.
public enum WebSocketEvent {
    /// The frame at the start of the buffer is not whole: calling again is of use once so many bytes, counted
    /// from its first, are there. `consumed` is zero.
    case needMore(total: Int)
    /// A whole message, unmasked; a text is valid UTF-8.
    case message(UnsafeRawBufferPointer, FrameOpcode)
    /// To be answered with a pong of the same bytes: `appendFrame(.pong, bytes)`.
    case ping(UnsafeRawBufferPointer)
    /// The peer's pong; its bytes are those of the ping it answers, or nobody asked.
    case pong(UnsafeRawBufferPointer)
    /// A frame that asks for nothing: a fragment of a message to come, or one behind our own close frame.
    case nothing
    /// The peer's close frame, its code (nil if it had none) and reason: call `answerClose`.
    case close(CloseCode?, UnsafeRawBufferPointer)
    /// The peer broke the protocol or a limit: call `fail` with these.
    case violation(CloseCode, StaticString)
    /// Nothing counts any more; the bytes are dropped.
    case ended
}

/// What to do with the transport once everything appended so far is written.
public enum WebSocketTransportAction: Sendable, Equatable {
    /// Go on reading: the peer's close frame is to come. Bound the wait with a timer.
    case awaitPeerClose
    /// Shut the sending side down, read and drop until the peer's end, bounded by a timer, then close.
    ///
    /// Closing at once would let the kernel reset the connection over unread bytes, and the peer might never see
    /// our close frame (RFC 6455 section 7.1.1).
    case shutDown
    /// Read until the server ends the connection, bounded by a timer, then close (a client's part).
    case awaitEnd
}

/// Which kinds of message a connection may carry; the others are refused with 1003.
public struct WebSocketMessageKinds: OptionSet, Sendable, BitwiseCopyable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Text frames.
    public static let text = WebSocketMessageKinds(rawValue: 1 << 0)
    /// Binary frames.
    public static let binary = WebSocketMessageKinds(rawValue: 1 << 1)
}
