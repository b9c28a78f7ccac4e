/// The cookies of a request (RFC 6265 section 4.2.1), borrowed.
///
/// ```
/// Cookie: a=1; pointerscope=Zm9v; b=2
/// ```
/// Several Cookie lines are one (RFC 9113 section 8.2.3 has intermediaries split them), and a name may come
/// more than once: whoever may set cookies for a neighbouring host or path can put one in front of ours.
@safe public struct HTTPCookies {
    /// Visits the values of the cookies called `name`, in order, at most `limit` of them, until `visit` is
    /// false; `bytes` begin with the head.
    ///
    /// Quotes around a value are taken off. What is no pair is passed over: other cookies of the site are
    /// none of our business.
    public static func forEachValue(
        of name: [UInt8], in fields: borrowing HTTPFieldTable, _ bytes: UnsafeRawBufferPointer, limit: Int,
        _ visit: (UnsafeRawBufferPointer) -> Bool
    ) {
        var left = limit
        for index in 0..<fields.count where unsafe fields.isNamed(index, "cookie", bytes) {
            let line = unsafe fields[index].value.slice(of: bytes)
            var start = 0
            while start < line.count {
                var end = start
                while end < line.count, unsafe line[end] != UInt8(ascii: ";") { end += 1 }
                let pair = unsafe HTTPByte.trimmed(UnsafeRawBufferPointer(rebasing: line[start..<end]))
                start = end + 1
                guard let value = unsafe value(of: name, in: pair) else { continue }
                guard left > 0, unsafe visit(value) else { return }
                left -= 1
            }
        }
    }

    private static func value(
        of name: [UInt8], in pair: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer? {
        guard pair.count > name.count, unsafe pair[name.count] == UInt8(ascii: "=") else { return nil }
        for index in name.indices where unsafe pair[index] != name[index] { return nil }
        var value = unsafe UnsafeRawBufferPointer(rebasing: pair[(name.count + 1)...])
        let isQuoted =
            unsafe value.count >= 2 && value.first == UInt8(ascii: "\"") && value.last == UInt8(ascii: "\"")
        if isQuoted {
            unsafe value = UnsafeRawBufferPointer(rebasing: value[1..<(value.count - 1)])
        }
        return unsafe value
    }
}
