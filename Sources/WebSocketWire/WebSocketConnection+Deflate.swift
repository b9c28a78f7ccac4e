import ByteCore

/// Messages that came compressed (RFC 7692).
extension WebSocketConnection {
    /// Inflates the message of a `.deflated`, at once: `.message`, or a `.violation` where it is damaged or
    /// would be larger than a message may be.
    public mutating func inflate(
        _ message: UnsafeRawBufferPointer, _ opcode: FrameOpcode, with inflater: inout MessageInflater
    ) -> WebSocketEvent {
        switch unsafe inflater.inflate(message, limit: bounds.messageBytes) {
        case .whole(let bytes):
            guard unsafe opcode != .text || UTF8Validator.isValid(bytes) else { return failed(.notUTF8) }
            return unsafe .message(bytes, opcode)
        case .tooLong: return failed(.inflatedTooLong)
        case .damaged: return failed(.notDeflate)
        }
    }

    private mutating func failed(_ violation: FrameViolation) -> WebSocketEvent {
        unsafe violated(UnsafeMutableRawBufferPointer(start: nil, count: 0), violation).event
    }
}
