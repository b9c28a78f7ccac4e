/// What a peer's bytes came to. Borrowed bytes are valid until the next call or until the buffer is changed.
@safe public enum WebSocketEvent {
    /// The frame at the start of the buffer is not whole: calling again is of use once so many bytes, counted
    /// from its first, are there. `consumed` is zero.
    case needMore(total: Int)
    /// A whole message, unmasked; a text is valid UTF-8.
    case message(UnsafeRawBufferPointer, FrameOpcode)
    /// A whole message, unmasked, as its peer compressed it: call `inflate` with these.
    case deflated(UnsafeRawBufferPointer, FrameOpcode)
    /// To be answered with a pong of the same bytes: `appendFrame(.pong, bytes)`.
    case ping(UnsafeRawBufferPointer)
    /// The peer's pong; its bytes are those of the ping it answers, or nobody asked.
    case pong(UnsafeRawBufferPointer)
    /// What asks for nothing: a fragment of a message to come, a part of one that is skipped, a frame behind
    /// our own close frame.
    case nothing
    /// The peer's close frame, its code (nil if it had none) and reason: call `answerClose`.
    case close(CloseCode?, UnsafeRawBufferPointer)
    /// The peer broke the protocol or a limit: call `fail` with these.
    case violation(CloseCode, StaticString)
    /// Nothing counts any more; the bytes are dropped.
    case ended
}
