/// Why a message head was not accepted.
public enum HTTPRefusal: UInt8, Error, Sendable, CaseIterable, BitwiseCopyable {
    case bareLineFeed, bareCarriageReturn, controlByte
    case headTooLong, tooManyFields
    case malformedRequestLine, malformedMethod, malformedTarget, malformedVersion, unsupportedVersion
    case foldedField, malformedFieldName, spaceBeforeColon
    case missingHost, repeatedHost, malformedHost
    case malformedContentLength, conflictingContentLength, lengthWithTransferCoding
    case malformedTransferCoding, unknownTransferCoding, transferCodingInOldVersion
    /// A client meets these: a response's first line, and what comes in front of it.
    case malformedStatusLine, tooManyInterimAnswers

    /// The status that answers it.
    public var status: HTTPStatus {
        switch self {
        case .headTooLong, .tooManyFields: .headTooLarge
        case .unsupportedVersion: .versionNotSupported
        case .unknownTransferCoding: .notImplemented
        case .bareLineFeed, .bareCarriageReturn, .controlByte, .malformedRequestLine, .malformedMethod,
            .malformedTarget, .malformedVersion, .foldedField, .malformedFieldName, .spaceBeforeColon,
            .missingHost, .repeatedHost, .malformedHost, .malformedContentLength,
            .conflictingContentLength, .lengthWithTransferCoding, .malformedTransferCoding,
            .transferCodingInOldVersion, .malformedStatusLine, .tooManyInterimAnswers:
            .badRequest
        }
    }

    /// Whether it is a bound of ours that was passed, and not a rule that was broken.
    public var isLimit: Bool {
        switch self {
        case .headTooLong, .tooManyFields, .tooManyInterimAnswers: true
        default: false
        }
    }

    /// The same for a person, in one line.
    public var reason: StaticString {
        switch self {
        case .bareLineFeed: "a line ends without a carriage return"
        case .bareCarriageReturn: "a carriage return stands without its line feed"
        case .controlByte: "a control byte in the head"
        case .headTooLong: "the head is longer than 16 KiB"
        case .tooManyFields: "more than 100 fields"
        case .malformedRequestLine: "the request line is not 'METHOD target HTTP/1.1'"
        case .malformedMethod: "the method is not a token"
        case .malformedTarget: "the request target is malformed"
        case .malformedVersion: "the protocol version is malformed"
        case .unsupportedVersion: "only HTTP/1.0 and HTTP/1.1 are spoken here"
        case .foldedField: "a field is folded over two lines"
        case .malformedFieldName: "a field name is not a token"
        case .spaceBeforeColon: "a space stands before a field's colon"
        case .missingHost: "HTTP/1.1 without Host"
        case .repeatedHost: "more than one Host"
        case .malformedHost: "the host is malformed"
        case .malformedContentLength: "Content-Length is not a number in range"
        case .conflictingContentLength: "two different Content-Length"
        case .lengthWithTransferCoding: "Content-Length together with Transfer-Encoding"
        case .malformedTransferCoding: "the last transfer coding must be chunked, and only the last"
        case .unknownTransferCoding: "no transfer coding but chunked is understood"
        case .transferCodingInOldVersion: "Transfer-Encoding in HTTP/1.0"
        case .malformedStatusLine: "the status line is not 'HTTP/1.1 200 reason'"
        case .tooManyInterimAnswers: "more than 8 interim answers"
        }
    }
}
