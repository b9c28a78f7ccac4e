import ByteCore
import HTTPWire

/// A page with places in it that are filled with text.
///
/// ```
/// {{NAME}}                  the value of NAME, escaped
/// {{?NAME}}...{{/NAME}}     only where that value is not empty; one does not stand within another
/// ```
/// Names are of capital letters and `-`. What is filled in is text in an element or in a quoted attribute,
/// whatever it holds (HTML, section 13.1.4); a script or a style has no places. A place without a value is
/// empty.
@safe struct PageTemplate {
    /// What stands at a place, and the offset behind it.
    private enum Place {
        case value(Range<Int>)
        case opening(Range<Int>)
        case closing
    }

    private let bytes: UnsafeRawBufferPointer

    /// Takes a template, which must outlive this value.
    init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

    /// Appends the page with `values` in its places.
    func append(to text: inout ByteBuffer, _ values: KeyValuePairs<StaticString, String>) {
        var isLeftOut = false
        var index = 0
        while unsafe index < bytes.count {
            if let (place, end) = place(at: index) {
                switch place {
                case .value(let name):
                    if !isLeftOut { Self.appendEscaped(value(of: name, in: values), to: &text) }
                case .opening(let name): isLeftOut = value(of: name, in: values).isEmpty
                case .closing: isLeftOut = false
                }
                index = end
            } else {
                if !isLeftOut { unsafe text.append(bytes[index]) }
                index += 1
            }
        }
    }

    /// The place that begins at `start`, if one does.
    private func place(at start: Int) -> (Place, end: Int)? {
        guard byte(start) == UInt8(ascii: "{"), byte(start + 1) == UInt8(ascii: "{") else { return nil }
        let sign = byte(start + 2)
        let isSection = sign == UInt8(ascii: "?") || sign == UInt8(ascii: "/")
        let from = start + (isSection ? 3 : 2)
        var end = from
        while let letter = byte(end), letter == UInt8(ascii: "-") || letter &- UInt8(ascii: "A") < 26 {
            end += 1
        }
        guard end > from, byte(end) == UInt8(ascii: "}"), byte(end + 1) == UInt8(ascii: "}") else {
            return nil
        }
        guard isSection else { return (.value(from..<end), end + 2) }
        return (sign == UInt8(ascii: "?") ? .opening(from..<end) : .closing, end + 2)
    }

    private func byte(_ index: Int) -> UInt8? { unsafe index < bytes.count ? bytes[index] : nil }

    private func value(of name: Range<Int>, in values: KeyValuePairs<StaticString, String>) -> String {
        let name = unsafe UnsafeRawBufferPointer(rebasing: bytes[name])
        return values.first { unsafe name.isEqual(to: $0.key) }?.value ?? ""
    }

    private static func appendEscaped(_ value: String, to text: inout ByteBuffer) {
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "&"): text.append("&amp;")
            case UInt8(ascii: "<"): text.append("&lt;")
            case UInt8(ascii: ">"): text.append("&gt;")
            case UInt8(ascii: "\""): text.append("&quot;")
            case UInt8(ascii: "'"): text.append("&#39;")
            default: text.append(byte)
            }
        }
    }
}
