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
    // Those of the tail.
    case scrollX
    case scrollY
    case documentWidth
    case documentHeight
    case pointerType
    case name
    case element

    /// Finds the key that `string` names, once its escapes are resolved: `"\u0069d"` is `id`.
    @inline(__always)
    init?(_ string: JSONString) {
        let raw = unsafe string.raw
        if raw.count == 1 {
            unsafe self.init(letter: raw[0])
        } else if raw.count == 2, unsafe raw[0] == UInt8(ascii: "i"), unsafe raw[1] == UInt8(ascii: "d") {
            self = .id
        } else if raw.count == 2 {
            unsafe self.init(first: raw[0], second: raw[1])
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
        case UInt8(ascii: "n"): self = .name
        default: return nil
        }
    }

    /// The keys of two letters that few samples have.
    private init?(first: UInt8, second: UInt8) {
        switch (first, second) {
        case (UInt8(ascii: "s"), UInt8(ascii: "x")): self = .scrollX
        case (UInt8(ascii: "s"), UInt8(ascii: "y")): self = .scrollY
        case (UInt8(ascii: "d"), UInt8(ascii: "w")): self = .documentWidth
        case (UInt8(ascii: "d"), UInt8(ascii: "h")): self = .documentHeight
        case (UInt8(ascii: "p"), UInt8(ascii: "t")): self = .pointerType
        case (UInt8(ascii: "e"), UInt8(ascii: "l")): self = .element
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
        case .scrollX: "sx"
        case .scrollY: "sy"
        case .documentWidth: "dw"
        case .documentHeight: "dh"
        case .pointerType: "pt"
        case .name: "n"
        case .element: "el"
        }
    }
}
