/// A JSON text read in the plainest way, as RFC 8259 has it: a second opinion that shares no code with ours.
enum SimpleJSON {
    case null
    case bool(Bool)
    case number(Double)
    /// UTF-8 with escapes resolved; nil where there is half a surrogate pair, which UTF-8 cannot say.
    case string([UInt8]?)
    case array([SimpleJSON])
    case object([(key: [UInt8]?, value: SimpleJSON)])

    enum Fault: Error {
        case notJSON
        /// More arrays and objects within one another than are allowed.
        case tooDeep
    }
}

/// Reads a text from its start.
struct SimpleJSONParser {
    private let bytes: [UInt8]
    private let deepest: Int
    private var position = 0
    private var depth = 0

    /// Reads all of `text`, in which `deepest` arrays and objects may be open at once.
    static func parse(
        _ text: UnsafeRawBufferPointer, deepest: Int
    ) throws(SimpleJSON.Fault) -> SimpleJSON {
        var parser = SimpleJSONParser(bytes: Array(text), deepest: deepest)
        parser.skipBlanks()
        let value = try parser.value()
        parser.skipBlanks()
        guard parser.position == parser.bytes.count else { throw .notJSON }
        return value
    }

    private init(bytes: [UInt8], deepest: Int) {
        self.bytes = bytes
        self.deepest = deepest
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    private mutating func take(_ text: StaticString) throws(SimpleJSON.Fault) {
        for byte in text.rawBytes {
            guard next == byte else { throw .notJSON }
            position += 1
        }
    }

    private mutating func value() throws(SimpleJSON.Fault) -> SimpleJSON {
        switch next {
        case UInt8(ascii: "n"):
            try take("null")
            return .null
        case UInt8(ascii: "t"):
            try take("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try take("false")
            return .bool(false)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "{"): return try object()
        default: return .number(try number())
        }
    }

    private mutating func open() throws(SimpleJSON.Fault) {
        guard depth < deepest else { throw .tooDeep }
        depth += 1
        position += 1
        skipBlanks()
    }

    /// Whether another element follows; passes over the comma before it, or the bracket behind the last.
    private mutating func goesOn(to closing: UInt8, isFirst: Bool) throws(SimpleJSON.Fault) -> Bool {
        if next == closing {
            position += 1
            depth -= 1
            return false
        }
        if !isFirst { try take(",") }
        skipBlanks()
        return true
    }

    private mutating func array() throws(SimpleJSON.Fault) -> SimpleJSON {
        var elements: [SimpleJSON] = []
        try open()
        while try goesOn(to: UInt8(ascii: "]"), isFirst: elements.isEmpty) {
            elements.append(try value())
            skipBlanks()
        }
        return .array(elements)
    }

    private mutating func object() throws(SimpleJSON.Fault) -> SimpleJSON {
        var members: [(key: [UInt8]?, value: SimpleJSON)] = []
        try open()
        while try goesOn(to: UInt8(ascii: "}"), isFirst: members.isEmpty) {
            let key = try string()
            skipBlanks()
            try take(":")
            skipBlanks()
            members.append((key, try value()))
            skipBlanks()
        }
        return .object(members)
    }

    private mutating func digits() throws(SimpleJSON.Fault) {
        let start = position
        while let byte = next, byte >= 0x30, byte <= 0x39 { position += 1 }
        guard position > start else { throw .notJSON }
    }

    private mutating func number() throws(SimpleJSON.Fault) -> Double {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        let whole = position
        try digits()
        guard bytes[whole] != UInt8(ascii: "0") || position == whole + 1 else { throw .notJSON }
        if next == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        guard let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)) else {
            throw .notJSON
        }
        return value
    }

    private mutating func string() throws(SimpleJSON.Fault) -> [UInt8]? {
        try take("\"")
        var units: [UInt16] = []
        var raw: [UInt8] = []
        // Text between escapes must be UTF-8 by itself.
        func flush() throws(SimpleJSON.Fault) {
            guard let text = String(validating: raw, as: UTF8.self) else { throw .notJSON }
            units += text.utf16
            raw = []
        }
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw .notJSON }
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                raw.append(byte)
                continue
            }
            try flush()
            units.append(try escape())
        }
        try flush()
        try take("\"")
        return String(validating: units, as: UTF16.self).map { Array($0.utf8) }
    }

    /// The UTF-16 code unit of what stands behind a backslash.
    private mutating func escape() throws(SimpleJSON.Fault) -> UInt16 {
        guard let byte = next else { throw .notJSON }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UInt16(byte)
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "u"): break
        default: throw .notJSON
        }
        guard position + 4 <= bytes.count else { throw .notJSON }
        var value: UInt16 = 0
        for digit in bytes[position..<position + 4] {
            guard let number = Character(Unicode.Scalar(digit)).hexDigitValue else { throw .notJSON }
            value = value << 4 | UInt16(number)
        }
        position += 4
        return value
    }
}
