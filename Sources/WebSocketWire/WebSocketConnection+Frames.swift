import ByteCore

/// The frames that `next` does not take in one go: fragments, controls, partial frames, violations.
extension WebSocketConnection {
    @usableFromInline @inline(never)
    mutating func nextFrame(_ bytes: UnsafeMutableRawBufferPointer) -> WebSocketStep {
        switch state {
        case .open, .closeSent: break
        case .closeReceived, .violated, .failed, .finished:
            return WebSocketStep(consumed: bytes.count, event: .ended)
        }
        if isAssemblyLent {
            releaseAssembly()
            settle()
        }
        if progress > 0, kinds.contains(.skipped) { return unsafe skip(bytes, of: progress) }
        switch unsafe FrameHeader.decode(UnsafeRawBufferPointer(bytes)) {
        case .needMore(let total):
            return WebSocketStep(consumed: 0, event: .needMore(total: total))
        case .header(let header):
            if let violation = judge(header) { return unsafe violated(bytes, violation) }
            return unsafe take(header, bytes)
        }
    }

    /// Finds what is wrong with a frame by its header, the declared length first: a peer that is about to
    /// send too much is told so, whatever else it does wrong, and before any memory is taken.
    func judge(_ header: FrameHeader) -> FrameViolation? {
        let opcode = header.opcode
        let isSkipping = kinds.contains(.skipped)
        if isSkipping {
            if header.length > UInt64(Int64.max) { return .lengthOutOfRange }
        } else {
            let limit = UInt64(bounds.messageBytes)
            if header.length > limit { return .tooLong }
            if opcode == .continuation, UInt64(assembly.count) + header.length > limit {
                return .messageTooLong
            }
        }
        if header.reservedBits != 0, !isDeflated(header) { return .reservedBits }
        guard let opcode else { return .reservedOpcode }
        switch role {
        case .server: if !header.isMasked { return .unmasked }
        case .client: if header.isMasked { return .masked }
        }
        if !header.isLengthMinimal { return .lengthNotMinimal }
        switch opcode {
        case .continuation:
            if fragments == 0 { return .nothingToContinue }
            return Int(fragments) >= bounds.messageFragments ? .tooManyFragments : nil
        case .text:
            if fragments > 0 { return .messageInProgress }
            return kinds.contains(.text) || isSkipping ? nil : .textNotSpoken
        case .binary:
            if fragments > 0 { return .messageInProgress }
            return kinds.contains(.binary) || isSkipping ? nil : .binaryNotSpoken
        case .close, .ping, .pong:
            if !header.isFinal { return .fragmentedControl }
            if header.length > UInt64(WebSocketLimits.controlPayloadBytes) { return .controlTooLong }
            return opcode == .close && header.length == 1 ? .closeOfOneByte : nil
        }
    }

    /// Whether a frame begins a compressed message as was agreed: RSV1 says so (RFC 7692 section 6).
    private func isDeflated(_ header: FrameHeader) -> Bool {
        kinds.contains(.deflated) && header.reservedBits == 4 && header.opcodeBits != 0
            && header.opcode?.isControl == false
    }

    /// Takes a frame whose header was accepted, or as much of it as is there.
    private mutating func take(
        _ header: FrameHeader, _ bytes: UnsafeMutableRawBufferPointer
    ) -> WebSocketStep {
        let headerCount = header.byteCount
        if kinds.contains(.skipped), header.opcode?.isControl == false {
            guard bytes.count >= headerCount else {
                return WebSocketStep(consumed: 0, event: .needMore(total: headerCount))
            }
            // Whether a message is in progress is all that is remembered of its fragments.
            fragments = header.isFinal ? 0 : 1
            return unsafe skip(bytes, of: header.length, behind: headerCount)
        }
        // Judged: the length is within the bounds, and the opcode is known.
        let length = Int(header.length)
        let total = headerCount + length
        let isWhole = bytes.count >= total
        guard let opcode = header.opcode, bytes.count >= headerCount, isWhole || !opcode.isControl else {
            return WebSocketStep(consumed: 0, event: .needMore(total: total))
        }
        let payload = unsafe UnsafeMutableRawBufferPointer(
            rebasing: bytes[headerCount..<min(total, bytes.count)])
        let seen = Int(progress)
        let unseen = unsafe UnsafeMutableRawBufferPointer(rebasing: payload[seen...])
        if header.isMasked, let base = bytes.baseAddress {
            let key = unsafe FrameMask.key(at: base + (headerCount - 4))
            unsafe FrameMask.unmask(unseen, key: key, phase: seen)
        }
        if opcode.isControl {
            return unsafe takeControl(opcode, UnsafeRawBufferPointer(payload), total: total, bytes)
        }
        // Of a message in one whole frame nothing is kept, and nothing allocated.
        let isFirst = opcode != .continuation
        let messageOpcode = isFirst ? opcode : self.messageOpcode
        let isDeflated = isFirst ? header.reservedBits != 0 : self.isDeflated
        var utf8 = utf8
        if messageOpcode == .text, !isDeflated, unsafe !utf8.consume(UnsafeRawBufferPointer(unseen)) {
            return unsafe violated(bytes, .notUTF8)
        }
        if !isWhole || !header.isFinal || !inProgress.isEmpty {
            (self.messageOpcode, self.isDeflated, self.utf8) = (messageOpcode, isDeflated, utf8)
        }
        guard isWhole else {
            progress = UInt64(payload.count)
            settle()
            return WebSocketStep(consumed: 0, event: .needMore(total: total))
        }
        progress = 0
        // A text that is complete leaves the validator as it was before its first byte.
        if header.isFinal, messageOpcode == .text, !isDeflated, !utf8.isComplete {
            return unsafe violated(bytes, .notUTF8)
        }
        let isFinal = header.isFinal
        return unsafe takeData(
            UnsafeRawBufferPointer(payload), messageOpcode, isDeflated: isDeflated, isFinal: isFinal,
            total: total)
    }

    /// Passes over what is here of a skipped frame's payload, of which so much is still to come.
    private mutating func skip(
        _ bytes: UnsafeMutableRawBufferPointer, of length: UInt64, behind headerCount: Int = 0
    ) -> WebSocketStep {
        let here = min(length, UInt64(bytes.count - headerCount))
        guard headerCount + Int(here) > 0 else {
            return WebSocketStep(consumed: 0, event: .needMore(total: 1))
        }
        progress = length - here
        forgetProgressIfOver()
        return WebSocketStep(consumed: headerCount + Int(here), event: .nothing)
    }

    /// Takes a whole data frame, unmasked and valid so far.
    private mutating func takeData(
        _ payload: UnsafeRawBufferPointer, _ opcode: FrameOpcode, isDeflated: Bool, isFinal: Bool, total: Int
    ) -> WebSocketStep {
        var message = unsafe payload
        if fragments > 0 || !isFinal {
            unsafe assembly.append(payload, limit: bounds.messageBytes)
            unsafe message = assembly.bytes
        }
        if isFinal {
            fragments = 0
        } else if fragments < .max {
            fragments += 1
        }
        settle()
        guard isFinal, state == .open else { return WebSocketStep(consumed: total, event: .nothing) }
        return unsafe WebSocketStep(
            consumed: total, event: isDeflated ? .deflated(message, opcode) : .message(message, opcode))
    }

    /// Takes a whole control frame, unmasked.
    private mutating func takeControl(
        _ opcode: FrameOpcode, _ payload: UnsafeRawBufferPointer, total: Int,
        _ bytes: UnsafeMutableRawBufferPointer
    ) -> WebSocketStep {
        switch opcode {
        case .close:
            return unsafe takeClose(payload, total: total, bytes)
        case .ping where state == .open:
            return unsafe WebSocketStep(consumed: total, event: .ping(payload))
        case .pong where state == .open:
            return unsafe WebSocketStep(consumed: total, event: .pong(payload))
        case .ping, .pong, .continuation, .text, .binary:
            return WebSocketStep(consumed: total, event: .nothing)
        }
    }
}
