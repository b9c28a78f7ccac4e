/// A query string as `name=value` parameters joined by `&`, borrowed and still percent-encoded.
@safe public struct HTTPQuery {
    private let bytes: UnsafeRawBufferPointer

    /// Wraps what stands behind a target's `?`.
    public init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

    /// The value of the first parameter called `name`, empty if it has no `=`; nil if there is none.
    ///
    /// The parameter's name may be percent-encoded; `name` is what it decodes to.
    public func value(of name: StaticString) -> UnsafeRawBufferPointer? {
        var start = 0
        return unsafe value(of: name, from: &start)
    }

    /// The same of the first parameter that begins at `start` or behind it; `start` is moved on behind that
    /// one, so that asking again gives the next.
    public func value(of name: StaticString, from start: inout Int) -> UnsafeRawBufferPointer? {
        while unsafe start < bytes.count {
            var end = start
            var equals: Int?
            while unsafe end < bytes.count, unsafe bytes[end] != UInt8(ascii: "&") {
                if equals == nil, unsafe bytes[end] == UInt8(ascii: "=") { equals = end }
                end += 1
            }
            let nameEnd = equals ?? end
            let nameBytes = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<nameEnd])
            start = end + 1
            if unsafe Self.decodes(nameBytes, to: name) {
                return unsafe UnsafeRawBufferPointer(rebasing: bytes[min(nameEnd + 1, end)..<end])
            }
        }
        return nil
    }

    private static func decodes(_ encoded: UnsafeRawBufferPointer, to name: StaticString) -> Bool {
        var decoder = unsafe PercentDecoder(encoded, plusIsSpace: true)
        for index in 0..<name.utf8CodeUnitCount {
            guard case .byte(let byte) = decoder.next(), unsafe byte == name.utf8Start[index] else {
                return false
            }
        }
        return decoder.next() == .end
    }
}
