public import ByteCore

/// The closing handshake (RFC 6455 section 7). Each call appends what is to be sent and says what follows for
/// the transport; a client passes a fresh mask key, a server none.
extension WebSocketConnection {
    /// Takes the peer's close frame; what comes behind it is dropped.
    mutating func takeClose(
        _ payload: UnsafeRawBufferPointer, total: Int, _ bytes: UnsafeMutableRawBufferPointer
    ) -> WebSocketStep {
        var code: CloseCode?
        var reason = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        if payload.count >= 2 {
            let sent = unsafe CloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
            guard sent.isSendable else { return unsafe violated(bytes, .closeCode) }
            unsafe reason = UnsafeRawBufferPointer(rebasing: payload[2...])
            guard unsafe UTF8Validator.isValid(reason) else {
                return unsafe violated(bytes, .closeReasonNotUTF8)
            }
            code = sent
        }
        peerCode = (code ?? .noCode).rawValue
        switch state {
        case .open: state = .closeReceived
        case .closeSent: state = .finished
        case .closeReceived, .violated, .failed, .finished: preconditionFailure("no frame is read here")
        }
        releaseAssembly()
        settle()
        return unsafe WebSocketStep(consumed: total, event: .close(code, reason))
    }

    /// Answers the peer's close frame: with its own code, or not at all if ours went first.
    public mutating func answerClose(
        into output: inout ByteBuffer, maskKey: UInt32? = nil
    ) -> WebSocketTransportAction {
        switch state {
        case .closeReceived:
            let code = CloseCode(rawValue: peerCode)
            output.appendCloseFrame(code == .noCode ? nil : code, maskKey: maskKey)
            state = .finished
        case .open, .closeSent, .violated, .failed, .finished: break
        }
        return transportAction
    }

    /// Begins to close in good order: the peer's close frame is awaited, messages until then are dropped.
    ///
    /// If the peer's came first this is its answer; if ours went already nothing is appended.
    public mutating func close(
        _ code: CloseCode, reason: StaticString = "", into output: inout ByteBuffer, maskKey: UInt32? = nil
    ) -> WebSocketTransportAction {
        switch state {
        case .open:
            output.appendCloseFrame(code, reason: reason, maskKey: maskKey)
            state = .closeSent
            settle()
        case .closeReceived:
            output.appendCloseFrame(code, reason: reason, maskKey: maskKey)
            state = .finished
        case .violated:
            output.appendCloseFrame(code, reason: reason, maskKey: maskKey)
            state = .failed
        case .closeSent, .failed, .finished: break
        }
        return transportAction
    }

    /// Fails the connection (RFC 6455 section 7.1.7): says why, and reads no further.
    ///
    /// For a `.violation`, and for a message that is well-formed and refused. A close frame is appended
    /// unless one has gone before.
    public mutating func fail(
        _ code: CloseCode, reason: StaticString, into output: inout ByteBuffer, maskKey: UInt32? = nil
    ) -> WebSocketTransportAction {
        switch state {
        case .open, .closeReceived, .violated:
            output.appendCloseFrame(code, reason: reason, maskKey: maskKey)
            state = .failed
        case .closeSent:
            state = .failed
        case .failed, .finished: break
        }
        releaseAssembly()
        settle()
        return transportAction
    }

    /// The code to record when the transport has ended (RFC 6455 section 7.1.5): the peer's, 1005 if its
    /// close frame had none, 1006 if there was no close frame.
    public var endCode: CloseCode { CloseCode(rawValue: peerCode) }

    private var transportAction: WebSocketTransportAction {
        switch state {
        case .open, .closeSent: .awaitPeerClose
        case .closeReceived, .violated, .failed: .shutDown
        case .finished: role == .server ? .shutDown : .awaitEnd
        }
    }
}
