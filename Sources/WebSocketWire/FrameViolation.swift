/// What a peer's frame may be refused for, in the order it is judged.
enum FrameViolation: UInt8, Sendable, CaseIterable {
    case tooLong, messageTooLong, lengthOutOfRange
    case reservedBits, reservedOpcode, unmasked, masked, lengthNotMinimal
    case fragmentedControl, controlTooLong
    case nothingToContinue, messageInProgress
    case textNotSpoken, binaryNotSpoken
    case tooManyFragments
    case closeOfOneByte, closeCode, closeReasonNotUTF8
    case notUTF8
    case notDeflate, inflatedTooLong

    /// The code of the close frame that answers it.
    var code: CloseCode {
        switch self {
        case .tooLong, .messageTooLong, .tooManyFragments, .inflatedTooLong: .messageTooBig
        case .reservedBits, .reservedOpcode, .unmasked, .masked, .lengthNotMinimal, .fragmentedControl,
            .controlTooLong, .nothingToContinue, .messageInProgress, .closeOfOneByte, .closeCode,
            .lengthOutOfRange:
            .protocolError
        case .textNotSpoken, .binaryNotSpoken: .unsupportedData
        case .closeReasonNotUTF8, .notUTF8, .notDeflate: .invalidPayload
        }
    }

    /// The same for a person, at most `WebSocketLimits.closeReasonBytes` of ASCII.
    var reason: StaticString {
        switch self {
        case .tooLong: "a frame of more than 64 KiB was declared"
        case .messageTooLong: "a message of more than 64 KiB in fragments"
        case .lengthOutOfRange: "a length whose highest bit is set"
        case .reservedBits: "a reserved bit is set for which no extension was agreed on"
        case .reservedOpcode: "a reserved opcode"
        case .unmasked: "a client's frame must be masked"
        case .masked: "a server's frame must not be masked"
        case .lengthNotMinimal: "a length that is not in its shortest form"
        case .fragmentedControl: "a control frame must not be fragmented"
        case .controlTooLong: "a control frame of more than 125 bytes"
        case .nothingToContinue: "a continuation, and no message is in progress"
        case .messageInProgress: "a new message before the last one's final fragment"
        case .textNotSpoken: "text frames are not spoken on this connection"
        case .binaryNotSpoken: "binary frames are not spoken on this connection"
        case .tooManyFragments: "a message in more than 64 fragments"
        case .closeOfOneByte: "a close frame with half a code"
        case .closeCode: "a close code that must not be sent"
        case .closeReasonNotUTF8: "a close reason that is not UTF-8"
        case .notUTF8: "a text that is not UTF-8"
        case .notDeflate: "a compressed message that is damaged, or builds on the one before"
        case .inflatedTooLong: "a compressed message of more than 64 KiB"
        }
    }

    /// The same where the bounds may be others than those that it names.
    func reason(within bounds: MessageBounds) -> StaticString {
        guard bounds != .standard else { return reason }
        return switch self {
        case .tooLong, .messageTooLong, .inflatedTooLong:
            "a message of more bytes than are taken here (--message-bytes)"
        case .tooManyFragments: "a message in more fragments than are taken here (--message-fragments)"
        default: reason
        }
    }
}
