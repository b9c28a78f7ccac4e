public import ByteCore

/// One end of a WebSocket connection behind its opening handshake, without any I/O (RFC 6455 sections 5 to
/// 7).
///
/// ```
///                 close()                     peer's Close, answerClose()
///   +--> open ---------------> closeSent ------------------------------------> finished
///   |     |  \                    |                                               ^
///  next() |   \ peer's Close      | violation                                     |
///         |    +----------> closeReceived --------- answerClose() ----------------+
///         | violation             |
///         v                       v fail()
///      violated --- fail() ---> failed          fail() leads here from every state
/// ```
/// Per readable socket: receive into a shared buffer (behind the bytes kept of this connection, if any), call
/// `next` and drop `consumed` bytes until the event is `.needMore`, then keep what is left, as it now stands:
/// payloads are unmasked in place, also those of a frame that is not whole yet, and each byte only once. The
/// next turn's bytes stand behind those that were kept. No frame that needs more than
/// `WebSocketLimits.frameBytes` is ever waited for, unless its bounds are raised; where messages are skipped,
/// none but a header and a control frame. 16 bytes, no allocation but for a message in fragments or pieces
/// while it is not whole.
///
/// What goes out is appended to a buffer of the caller's: data and pongs with `ByteBuffer.appendFrame`, close
/// frames by the calls below, which also say what becomes of the transport.
public struct WebSocketConnection: ~Copyable {
    enum State: UInt8 {
        case open, closeSent, closeReceived, violated, failed, finished
    }

    /// The first byte of a frame that `next` may take in one go; over 0xFF while there is none.
    @usableFromInline var wholeFrameStart: UInt16 = Self.noWholeFrame
    /// The peer's close code; `CloseCode.noCode` for a close frame without one.
    var peerCode: UInt16 = CloseCode.abnormal.rawValue
    var state = State.open
    let role: WebSocketRole
    let kinds: WebSocketMessageKinds
    let bounds: MessageBounds
    /// Empty while no message has begun that is not whole.
    var inProgress = LazyBox<MessageInProgress>()

    @usableFromInline static var noWholeFrame: UInt16 { 0x100 }

    /// Makes a connection that may carry `kinds` of messages within `bounds` towards this end.
    public init(
        role: WebSocketRole, accepting kinds: WebSocketMessageKinds, bounds: MessageBounds = .standard
    ) {
        self.role = role
        self.kinds = kinds
        self.bounds = bounds
        settle()
    }

    /// Whether messages may still be sent: no close frame has gone either way.
    public var isOpen: Bool { state == .open }

    /// Whether a message has begun whose last fragment has not come.
    public var isMidMessage: Bool { fragments > 0 }

    /// Whether the message in progress has as many fragments as it may have.
    public var isAtMostFragments: Bool { Int(fragments) >= bounds.messageFragments }

    /// Bytes allocated for the fragments of a message.
    public var keptBytes: Int { assembly.capacity }

    /// Whether the transport has nothing more to read that counts.
    public var hasEnded: Bool {
        switch state {
        case .open, .closeSent: false
        case .closeReceived, .violated, .failed, .finished: true
        }
    }

    /// Takes the next frame from the start of `bytes`, rewriting its payload in place.
    ///
    /// The way of a whole, masked, unfragmented message is inlined here; it touches each byte once.
    @inlinable @inline(__always)
    public mutating func next(_ bytes: UnsafeMutableRawBufferPointer) -> WebSocketStep {
        if let whole = unsafe wholeMessage(bytes) {
            return unsafe WebSocketStep(
                consumed: whole.consumed, event: .message(whole.message, whole.isText ? .text : .binary))
        }
        if unsafe bytes.isEmpty, let total = bytesForFrame {
            return WebSocketStep(consumed: 0, event: .needMore(total: total))
        }
        return unsafe nextFrame(bytes)
    }

    /// What `next` needs where nothing is there, if nothing else is to be said; nil where something may be.
    @inlinable @inline(__always)
    public var bytesForFrame: Int? { isBetweenMessages ? 2 : nil }

    /// Whether no message has begun that is not whole, nothing is kept of one, and what comes next may be
    /// taken in one go; where it may not this says nothing.
    @inlinable @inline(__always)
    public var isBetweenMessages: Bool { wholeFrameStart != Self.noWholeFrame }

    /// Takes the next frame if it is a message in one, whole and nothing wrong with it, as nearly all are.
    ///
    /// Nil, and nothing was changed, where `next` has to look.
    @inlinable @inline(__always)
    public func wholeMessage(_ bytes: UnsafeMutableRawBufferPointer) -> WholeMessage? {
        guard let masked = unsafe wholeFrames.next(bytes) else { return nil }
        let payload = unsafe masked.payload
        let seen = unsafe FrameMask.unmaskPayload(payload, count: masked.count, key: masked.key)
        let message = unsafe UnsafeRawBufferPointer(start: payload, count: masked.count)
        let isText = wholeFrames.areTexts
        if isText, seen & 0x8080_8080_8080_8080 != 0, unsafe !UTF8Validator.isValid(message) {
            // Masked as it came, for who says what is wrong with it.
            _ = unsafe FrameMask.unmaskPayload(payload, count: masked.count, key: masked.key)
            return nil
        }
        return unsafe WholeMessage(message: message, isText: isText, consumed: masked.consumed)
    }

    /// Which of the frames to come are messages that may be taken in one go; holds until `next` is called.
    @inlinable @inline(__always)
    public var wholeFrames: WholeFrames { WholeFrames(start: wholeFrameStart) }

    /// The assembled message was handed out and goes at the next call.
    var isAssemblyLent: Bool { fragments == 0 && assembly.capacity > 0 }

    /// Decides whether the next frame may be taken in one go, and keeps nothing of a message that is over.
    mutating func settle() {
        forgetProgressIfOver()
        let isPlain =
            role == .server && state == .open && inProgress.isEmpty && !kinds.contains(.skipped)
            && bounds.messageBytes >= WebSocketLimits.messageBytes
        if !isPlain {
            wholeFrameStart = Self.noWholeFrame
        } else if kinds.contains(.text) {
            wholeFrameStart = 0x80 | UInt16(FrameOpcode.text.rawValue)
        } else if kinds.contains(.binary) {
            wholeFrameStart = 0x80 | UInt16(FrameOpcode.binary.rawValue)
        } else {
            wholeFrameStart = Self.noWholeFrame
        }
    }

    /// Ends the reading; nothing behind a violation can be trusted.
    mutating func violated(
        _ bytes: UnsafeMutableRawBufferPointer, _ violation: FrameViolation
    ) -> WebSocketStep {
        // Where our close frame has gone already, there is nothing left to say.
        state = state == .closeSent ? .failed : .violated
        releaseAssembly()
        settle()
        return WebSocketStep(
            consumed: bytes.count, event: .violation(violation.code, violation.reason(within: bounds)))
    }
}
