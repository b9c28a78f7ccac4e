/// What is wrong with a message of `pointerscope.v1`, of either direction: the first fault in reading order.
public enum WireV1Fault: UInt8, Error, Sendable, CaseIterable {
    // Malformed: 1007.
    case truncated
    case unknownRecord
    case numberTooLong
    case notUTF8
    case backInTime
    // Well formed, and not acceptable: 1008.
    case stepTooLong
    case clockOutOfBounds
    case positionOutOfBounds
    case sizeOutOfBounds
    case buttonsOutOfBounds
    case textTooLong
    case nameUnacceptable
    case elementUnacceptable
    case choiceUnknown
    case helloMissing
    case helloRepeated
    case syncOutOfPlace
    case numberDiffers
    case afterBye

    /// The WebSocket close code that says so: 1007 or 1008 (RFC 6455, section 7.4.1).
    public var closeCode: UInt16 { rawValue <= Self.backInTime.rawValue ? 1007 : 1008 }

    /// What is wrong, for a person to read: at most 123 bytes of ASCII, as a close frame takes.
    public var reason: StaticString {
        switch self {
        case .truncated: "the message ends within a record"
        case .unknownRecord: "a record that this version does not know"
        case .numberTooLong: "a number of more bytes than there may be"
        case .notUTF8: "a text that is not UTF-8"
        case .backInTime: "a step back in time"
        case .stepTooLong: "more than 2^26 units of time between two records"
        case .clockOutOfBounds: "a clock beyond 2^53 ms"
        case .positionOutOfBounds: "a position or an offset beyond 2^24 pixels"
        case .sizeOutOfBounds: "a size beyond 2^24 pixels"
        case .buttonsOutOfBounds: "buttons must be at most 65535"
        case .textTooLong: "a text over its limit"
        case .nameUnacceptable: "a name must have 1 to 64 bytes without control characters"
        case .elementUnacceptable: "an element must have at most 64 bytes without control characters"
        case .choiceUnknown: "a byte that stands for none of the choices there are"
        case .helloMissing: "the first message must begin with a hello and have the number 0"
        case .helloRepeated: "a second hello"
        case .syncOutOfPlace: "a sync that is not the first record of its message"
        case .numberDiffers: "a sync whose number is not its message's"
        case .afterBye: "something behind a bye"
        }
    }
}
