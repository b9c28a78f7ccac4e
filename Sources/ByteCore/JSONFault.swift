/// Why a text is not JSON, or is JSON that is nested too deeply.
public enum JSONFault: UInt8, Error, Sendable {
    case unexpectedEnd
    case unexpectedByte
    case malformedNumber
    case malformedEscape
    case controlCharacter
    case notUTF8
    case trailingBytes
    /// The one fault that says nothing about whether the text is JSON.
    case nestedTooDeeply

    /// What is wrong, for a person to read.
    public var reason: StaticString {
        switch self {
        case .unexpectedEnd: "not JSON: it ends too early"
        case .unexpectedByte: "not JSON: a character stands where none of its kind can"
        case .malformedNumber: "not JSON: malformed number"
        case .malformedEscape: "not JSON: malformed escape in a string"
        case .controlCharacter: "not JSON: unescaped control character in a string"
        case .notUTF8: "not UTF-8"
        case .trailingBytes: "not JSON: something follows the value"
        case .nestedTooDeeply: "nested too deeply"
        }
    }
}
