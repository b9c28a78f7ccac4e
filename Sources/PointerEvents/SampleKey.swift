import ByteCore

/// The keys of a sample's JSON object that mean something; all others are ignored.
public enum SampleKey: UInt8, Sendable, CaseIterable {
    case id
    case x
    case y
    case clientTime
    case kind
    case buttons
    case width
    case height
    case page

    /// Finds the key that `string` names, once its escapes are resolved: `"\u0069d"` is `id`.
    @inline(__always)
    init?(_ string: JSONString) {
        let raw = unsafe string.raw
        if raw.count == 1 {
            unsafe self.init(letter: raw[0])
        } else if raw.count == 2, unsafe raw[0] == UInt8(ascii: "i"), unsafe raw[1] == UInt8(ascii: "d") {
            self = .id
        } else if string.hasEscapes {
            self.init(escaped: string)
        } else {
            return nil
        }
    }

    @inline(__always)
    private init?(letter: UInt8) {
        switch letter {
        case UInt8(ascii: "x"): self = .x
        case UInt8(ascii: "y"): self = .y
        case UInt8(ascii: "t"): self = .clientTime
        case UInt8(ascii: "k"): self = .kind
        case UInt8(ascii: "b"): self = .buttons
        case UInt8(ascii: "w"): self = .width
        case UInt8(ascii: "h"): self = .height
        case UInt8(ascii: "p"): self = .page
        default: return nil
        }
    }

    @inline(never)
    private init?(escaped string: JSONString) {
        guard let key = Self.allCases.first(where: { string.equals($0.word) }) else { return nil }
        self = key
    }

    /// The key as the wire has it.
    public var word: StaticString {
        switch self {
        case .id: "id"
        case .x: "x"
        case .y: "y"
        case .clientTime: "t"
        case .kind: "k"
        case .buttons: "b"
        case .width: "w"
        case .height: "h"
        case .page: "p"
        }
    }
}
