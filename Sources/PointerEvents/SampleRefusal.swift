public import ByteCore

/// Why a message of samples was refused, whole.
public enum SampleRefusal: Error, Equatable, Sendable {
    /// Text where the format is binary, or binary where it is text.
    case wrongKind
    case tooBig
    case tooManySamples
    case notJSON(JSONFault)
    case nestedTooDeeply
    /// The message, or an element of its array, is no object.
    case notAnObject
    case duplicate(SampleKey)
    case missing(SampleKey)
    case unacceptable(SampleKey)
    /// A binary message of `pointerscope.v1`.
    case wire(WireV1Fault)

    /// The WebSocket close code that says so: 1003, 1007, 1008 or 1009 (RFC 6455, section 7.4.1).
    public var closeCode: UInt16 {
        switch self {
        case .wrongKind: 1003
        case .tooBig, .tooManySamples: 1009
        case .notJSON: 1007
        case .nestedTooDeeply, .notAnObject, .duplicate, .missing, .unacceptable: 1008
        case .wire(let fault): fault.closeCode
        }
    }

    /// What is wrong, for a person to read: at most 123 bytes of ASCII, as a close frame takes.
    public var reason: StaticString {
        switch self {
        case .wrongKind: "a kind of message that is not spoken on this connection"
        case .tooBig: "message over 64 KiB"
        case .tooManySamples: "more than 4096 samples in a message"
        case .notJSON(let fault): fault.reason
        case .nestedTooDeeply: "arrays and objects nested more than 16 deep"
        case .notAnObject: "a message is a JSON object or an array of them"
        case .duplicate(let key): Self.duplicateReason(key)
        case .missing(let key): Self.missingReason(key)
        case .unacceptable(let key): Self.unacceptableReason(key)
        case .wire(let fault): fault.reason
        }
    }

    private static func duplicateReason(_ key: SampleKey) -> StaticString {
        switch key {
        case .id: "id is given twice"
        case .x: "x is given twice"
        case .y: "y is given twice"
        case .clientTime: "t is given twice"
        case .kind: "k is given twice"
        case .buttons: "b is given twice"
        case .width: "w is given twice"
        case .height: "h is given twice"
        case .page: "p is given twice"
        case .scrollX: "sx is given twice"
        case .scrollY: "sy is given twice"
        case .documentWidth: "dw is given twice"
        case .documentHeight: "dh is given twice"
        case .pointerType: "pt is given twice"
        case .name: "n is given twice"
        case .element: "el is given twice"
        }
    }

    private static func missingReason(_ key: SampleKey) -> StaticString {
        switch key {
        case .id: "id is missing"
        case .x: "x is missing"
        case .y: "y is missing"
        default: "a key is missing"
        }
    }

    private static func unacceptableReason(_ key: SampleKey) -> StaticString {
        switch key {
        case .id: "id must be a string of 1 to 64 bytes without control characters"
        case .x: "x must be a finite number"
        case .y: "y must be a finite number"
        case .clientTime: "t must be a finite number"
        case .kind: "k must be move, down, up, click, scroll, enter, leave or cancel"
        case .buttons: "b must be an integer from 0 to 65535"
        case .width: "w must be a finite number of at least 0"
        case .height: "h must be a finite number of at least 0"
        case .page: "p must be a string of at most 256 bytes"
        case .scrollX: "sx must be a finite number"
        case .scrollY: "sy must be a finite number"
        case .documentWidth: "dw must be a finite number of at least 0"
        case .documentHeight: "dh must be a finite number of at least 0"
        case .pointerType: "pt must be mouse, pen or touch"
        case .name: "n must be a string of 1 to 64 bytes without control characters"
        case .element: "el must be a string of at most 64 bytes without control characters"
        }
    }
}
