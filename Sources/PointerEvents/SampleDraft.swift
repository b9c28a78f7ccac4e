import ByteCore

/// A sample whose keys are still coming in.
struct SampleDraft {
    private(set) var decoded = unsafe DecodedSample(
        sample: PointerSample(),
        id: UnsafeRawBufferPointer(start: nil, count: 0),
        page: UnsafeRawBufferPointer(start: nil, count: 0))
    /// A bit for each key that has come.
    private var seen: UInt16 = 0

    /// Notes that `key` has come; false where it had before.
    @inline(__always)
    mutating func insert(_ key: SampleKey) -> Bool {
        let bit = Self.bit(of: key)
        let isNew = seen & bit == 0
        seen |= bit
        return isNew
    }

    /// The first of the keys that a sample must have and that has not come.
    @inline(__always)
    var missingKey: SampleKey? {
        let required = Self.bit(of: .id) | Self.bit(of: .x) | Self.bit(of: .y)
        if seen & required == required { return nil }
        if seen & Self.bit(of: .id) == 0 { return .id }
        return seen & Self.bit(of: .x) == 0 ? .x : .y
    }

    /// Takes a number, which is not a number where none was sent; false where it is not acceptable.
    @inline(__always)
    mutating func set(_ key: SampleKey, to number: Double) -> Bool {
        guard number.isFinite else { return false }
        switch key {
        case .x:
            decoded.sample.x = number
        case .y:
            decoded.sample.y = number
        case .clientTime:
            decoded.sample.clientTime = number
            decoded.sample.fields.insert(.clientTime)
        case .buttons:
            guard let buttons = UInt16(exactly: number) else { return false }
            decoded.sample.buttons = buttons
            decoded.sample.fields.insert(.buttons)
        case .width:
            guard number >= 0 else { return false }
            decoded.sample.width = number
            decoded.sample.fields.insert(.width)
        case .height:
            guard number >= 0 else { return false }
            decoded.sample.height = number
            decoded.sample.fields.insert(.height)
        case .id, .kind, .page, .scrollX, .scrollY, .documentWidth, .documentHeight, .pointerType, .name,
            .element:
            return false
        }
        return true
    }

    /// Takes a text, nil where none was sent; false where it is not acceptable.
    @inline(__always)
    mutating func set(_ key: SampleKey, to text: SampleText?) -> Bool {
        guard let bytes = unsafe text?.bytes else { return false }
        switch key {
        case .id:
            guard bytes.count >= 1, bytes.count <= Limits.idBytes, text?.hasControlCharacter == false else {
                return false
            }
            unsafe decoded.id = bytes
        case .kind:
            guard let kind = unsafe PointerKind(word: bytes) else { return false }
            decoded.sample.kind = kind
            decoded.sample.fields.insert(.kind)
        case .page:
            guard bytes.count <= Limits.pageBytes else { return false }
            unsafe decoded.page = bytes
            decoded.sample.fields.insert(.page)
        case .x, .y, .clientTime, .buttons, .width, .height, .scrollX, .scrollY, .documentWidth,
            .documentHeight, .pointerType, .name, .element:
            return false
        }
        return true
    }

    @inline(__always) var hasTail: Bool { decoded.sample.fields.contains(.tail) }

    /// Notes where the sample's tail is: in the slot, which is the caller's to fill in later.
    mutating func setTail(_ index: Int) {
        decoded.sample.fields.insert(.tail)
        decoded.sample.slot = UInt32(index)
    }

    @inline(__always)
    private static func bit(of key: SampleKey) -> UInt16 { 1 &<< UInt16(key.rawValue) }
}

/// A text that a key was sent with, escapes resolved.
@safe struct SampleText {
    /// Valid UTF-8.
    var bytes: UnsafeRawBufferPointer
    /// Whether `bytes` are known to hold nothing but U+0020...U+007E.
    var isPrintableASCII: Bool

    /// Whether one of Unicode's control characters is among them: U+0000...U+001F, U+007F...U+009F.
    @inline(__always)
    var hasControlCharacter: Bool { !isPrintableASCII && searchControlCharacter() }

    @inline(never)
    private func searchControlCharacter() -> Bool { unsafe Self.hasControlCharacter(bytes) }

    private static func hasControlCharacter(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var previous: UInt8 = 0
        for index in bytes.indices {
            let byte = unsafe bytes[index]
            // U+0080...U+009F are C2 80...C2 9F.
            if byte < 0x20 || byte == 0x7F || (previous == 0xC2 && byte < 0xA0) { return true }
            previous = byte
        }
        return false
    }

    /// Whether valid UTF-8 can be the name of a visitor: 1 to 64 bytes without control characters.
    static func isName(_ bytes: UnsafeRawBufferPointer) -> Bool {
        unsafe bytes.count >= 1 && bytes.count <= Limits.nameBytes && !hasControlCharacter(bytes)
    }

    /// Whether valid UTF-8 can be the hint at an element: at most 64 bytes without control characters.
    static func isElement(_ bytes: UnsafeRawBufferPointer) -> Bool {
        unsafe bytes.count <= Limits.elementBytes && !hasControlCharacter(bytes)
    }
}
