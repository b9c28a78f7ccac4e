import ByteCore
import PointerEvents

/// Readers for values of an expected kind, which pass over those of another.
extension JSONScanner {
    /// Calls `body` at the value of each member of a message, which is one object: what it does not read it
    /// passes over, so that the grammar of the whole is checked.
    static func readMessage(
        _ data: UnsafeRawBufferPointer, _ body: (JSONString, inout JSONScanner) throws(JSONFault) -> Void
    ) throws(JSONFault) {
        var scanner = unsafe JSONScanner(data, maximumDepth: LiveModelLimits.nestingDepth)
        scanner.skipWhitespace()
        guard scanner.next == UInt8(ascii: "{") else { throw .unexpectedByte }
        try scanner.open()
        var isFirst = true
        while let name = try scanner.nextKey(isFirst: isFirst) {
            isFirst = false
            try body(name, &scanner)
        }
        try scanner.expectEnd()
    }

    /// A copy that stands at the value; this one passes on behind it.
    mutating func mark() throws(JSONFault) -> JSONScanner {
        let start = self
        try skipValue()
        return start
    }

    /// A number that a double can hold.
    @inline(__always)
    mutating func takeNumber() throws(JSONFault) -> Double? {
        guard next == UInt8(ascii: "-") || next &- UInt8(ascii: "0") <= 9 else {
            try skipValue()
            return nil
        }
        let value = try scanNumber()
        return value.isFinite ? value : nil
    }

    /// A whole number of 0 to `limit`; what is beyond is cut.
    mutating func takeCount(upTo limit: Int) throws(JSONFault) -> Int? {
        guard let value = try takeNumber() else { return nil }
        return value < Double(limit) ? Int(max(value, 0)) : limit
    }

    /// A time of the epoch's first eight thousand years.
    mutating func takeEpochMilliseconds() throws(JSONFault) -> Int64? {
        guard let value = try takeNumber(), value >= 0, value <= Double(LiveModelLimits.epochMilliseconds)
        else { return nil }
        return Int64(value)
    }

    /// A figure of 0 and up; what is beyond reason is cut.
    mutating func takeFigure() throws(JSONFault) -> Double? {
        try takeNumber().map { min(max($0, 0), LiveModelLimits.figure) }
    }

    mutating func takeBool() throws(JSONFault) -> Bool? {
        guard next == UInt8(ascii: "t") || next == UInt8(ascii: "f") else {
            try skipValue()
            return nil
        }
        return try scanLiteral()
    }

    @inline(__always)
    mutating func takeString() throws(JSONFault) -> JSONString? {
        guard next == UInt8(ascii: "\"") else {
            try skipValue()
            return nil
        }
        return try scanString()
    }

    /// A short text for people, such as an address; a longer one is cut.
    mutating func takeText(_ limit: Int = LiveModelLimits.textBytes) throws(JSONFault) -> String? {
        guard let string = try takeString() else { return nil }
        return unsafe string.withBytes { bytes in unsafe String(cutting: bytes, to: limit) }
    }
}

extension String {
    /// The first characters of `bytes`, which are UTF-8, that fit into `limit` bytes.
    init(cutting bytes: UnsafeRawBufferPointer, to limit: Int) {
        var end = Swift.min(bytes.count, limit)
        if end < bytes.count { while end > 0, unsafe bytes[end] & 0xC0 == 0x80 { end -= 1 } }
        unsafe self.init(decoding: bytes[..<end], as: UTF8.self)
    }
}

extension JSONString {
    /// Lets `body` see the string with its escapes resolved; nothing at all where it holds a lone surrogate.
    @inline(__always)
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        guard hasEscapes else { return unsafe body(raw) }
        return unsafe withResolvedEscapes(body)
    }

    @inline(never)
    private func withResolvedEscapes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe withUnsafeTemporaryAllocation(byteCount: raw.count, alignment: 1) { scratch in
            let count = unsafe scratch.baseAddress.flatMap { unsafe unescape(into: $0) } ?? 0
            return unsafe body(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
        }
    }
}
