public import ByteCore

/// Writing frames, for both roles: a server's pass no mask key, a client's a fresh random one each.
extension ByteBuffer {
    /// Appends one frame with a copy of `payload`, masked on the way if there is a key.
    public mutating func appendFrame(
        _ opcode: FrameOpcode, _ payload: UnsafeRawBufferPointer, maskKey: UInt32? = nil,
        isFinal: Bool = true
    ) {
        let count = payload.count
        let header = FrameHeader(opcode, length: count, isMasked: maskKey != nil, isFinal: isFinal)
        reserve(WebSocketLimits.headerBytes + count)
        header.append(to: &self, maskKey: maskKey ?? 0)
        guard let maskKey else {
            unsafe append(payload)
            return
        }
        guard count > 0, let source = payload.baseAddress else { return }
        _ = unsafe appendInPlace(minimum: count) { free in
            // The free space has a base address: it is at least one byte long.
            if let target = free.baseAddress {
                unsafe FrameMask.copy(source, to: target, count: count, key: maskKey)
            }
            return count
        }
    }

    /// Appends a close frame; without a code its payload is empty (RFC 6455 section 5.5.1).
    ///
    /// A reason longer than `WebSocketLimits.closeReasonBytes` is cut there, so literals must be ASCII.
    public mutating func appendCloseFrame(
        _ code: CloseCode?, reason: StaticString = "", maskKey: UInt32? = nil
    ) {
        guard let code else {
            unsafe appendFrame(.close, UnsafeRawBufferPointer(start: nil, count: 0), maskKey: maskKey)
            return
        }
        precondition(code.isSendable)
        let reasonCount = min(reason.utf8CodeUnitCount, WebSocketLimits.closeReasonBytes)
        let start = count
        let header = FrameHeader(.close, length: 2 + reasonCount, isMasked: maskKey != nil)
        header.append(to: &self, maskKey: maskKey ?? 0)
        append(memoryOf: code.rawValue.bigEndian)
        unsafe append(UnsafeRawBufferPointer(start: reason.utf8Start, count: reasonCount))
        guard let maskKey else { return }
        let payload = unsafe mutableReadable[(start + header.byteCount)...]
        unsafe FrameMask.unmask(UnsafeMutableRawBufferPointer(rebasing: payload), key: maskKey)
    }
}
