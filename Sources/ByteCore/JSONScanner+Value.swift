extension JSONScanner {
    /// Passes over one value of any kind, whose grammar is checked all the same.
    @inlinable @inline(__always)
    public mutating func skipValue() throws(JSONFault) {
        var copy = self
        try copy.skipAnyValue()
        self = copy
    }

    @usableFromInline @inline(never)
    mutating func skipAnyValue() throws(JSONFault) {
        let outside = depth
        // A bit for every open container, the innermost lowest: whether it is an object.
        var objects: UInt64 = 0
        var isFirst = false
        repeat {
            if depth > outside {
                let isObject = objects & 1 == 1
                if try isObject ? nextKey(isFirst: isFirst) == nil : !nextElement(isFirst: isFirst) {
                    objects >>= 1
                    isFirst = false
                    continue
                }
            }
            isFirst = false
            switch next {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                objects = objects << 1 | (next == UInt8(ascii: "{") ? 1 : 0)
                try open()
                isFirst = true
            case UInt8(ascii: "\""): _ = try scanString()
            case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): _ = try scanLiteral()
            default: _ = try scanNumber()
            }
        } while depth > outside
    }

    /// Scans `true`, `false` or `null`, which gives nil.
    public mutating func scanLiteral() throws(JSONFault) -> Bool? {
        switch next {
        case UInt8(ascii: "t"):
            try expect("true")
            return true
        case UInt8(ascii: "f"):
            try expect("false")
            return false
        default:
            try expect("null")
            return nil
        }
    }

    private mutating func expect(_ literal: StaticString) throws(JSONFault) {
        for index in 0..<literal.utf8CodeUnitCount { try unsafe expect(literal.utf8Start[index]) }
    }

    /// Scans a string.
    @inlinable @inline(__always)
    public mutating func scanString() throws(JSONFault) -> JSONString {
        try expect(UInt8(ascii: "\""))
        let start = cursor
        var count = 8
        while count == 8, end &- cursor >= 8 {
            count = unsafe ByteWord(loadedFrom: base + cursor).countBeforeSpecialInJSON
            cursor &+= count
        }
        // Near the end the word is loaded from before, so as not to read past it.
        if count == 8, cursor < end, end >= 8 {
            unsafe cursor &+=
                ByteWord(loadedFromLast: end &- cursor, before: base + end).countBeforeSpecialInJSON
        }
        if next == UInt8(ascii: "\"") {
            let raw = unsafe UnsafeRawBufferPointer(start: base + start, count: cursor &- start)
            cursor &+= 1
            return unsafe JSONString(raw: raw, hasEscapes: false, isPrintableASCII: true)
        }
        // A copy, because a scanner whose address is known cannot live in registers.
        var copy = self
        let string = try copy.scanRestOfString(from: start)
        self = copy
        return string
    }

    /// Scans on from the first byte that is special.
    @usableFromInline @inline(never)
    mutating func scanRestOfString(from start: Int) throws(JSONFault) -> JSONString {
        var hasEscapes = false
        var isASCII = true
        while cursor < end {
            let byte = next
            switch byte {
            case UInt8(ascii: "\""):
                let raw = unsafe UnsafeRawBufferPointer(start: base + start, count: cursor - start)
                guard unsafe isASCII || UTF8Validator.isValid(raw) else { throw .notUTF8 }
                cursor += 1
                return unsafe JSONString(raw: raw, hasEscapes: hasEscapes, isPrintableASCII: false)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                cursor += 1
                try scanEscape()
            case 0..<0x20:
                throw .controlCharacter
            default:
                if byte >= 0x80 { isASCII = false }
                cursor += 1
            }
        }
        throw .unexpectedEnd
    }

    /// Scans what follows a backslash.
    private mutating func scanEscape() throws(JSONFault) {
        switch next {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            cursor += 1
        case UInt8(ascii: "u"):
            cursor += 1
            for _ in 0..<4 {
                guard JSONString.hexValue(next) != nil else { throw fault(.malformedEscape) }
                cursor += 1
            }
        default:
            throw fault(.malformedEscape)
        }
    }
}
