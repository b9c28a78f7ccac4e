import ByteCore
import HTTPWire

/// What one element of Sec-WebSocket-Extensions says (RFC 6455 section 9.1, RFC 7692 section 7.1).
enum ExtensionElement: Equatable {
    case deflate(DeflateParameters)
    /// Another extension, or this one with parameters that it does not have or not so: to be declined.
    case other
    /// No extension at all.
    case malformed

    /// Reads an element, without the whitespace around it.
    init(_ element: UnsafeRawBufferPointer, in side: WebSocketRole) {
        var parameters = DeflateParameters()
        var (isFirst, isDeflate) = (true, false)
        var rest = unsafe element
        var hasRest = true
        while hasRest {
            let end = unsafe rest.firstIndex(of: UInt8(ascii: ";")) ?? rest.count
            let part = unsafe UnsafeRawBufferPointer(rebasing: rest[..<end]).trimmed
            hasRest = end < rest.count
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[(hasRest ? end + 1 : end)...])
            if isFirst {
                guard unsafe part.isHTTPToken else {
                    self = .malformed
                    return
                }
                isDeflate = unsafe part.isEqual(to: DeflateParameters.name)
                isFirst = false
            } else {
                guard let (name, value) = unsafe Self.parameter(part) else {
                    self = .malformed
                    return
                }
                isDeflate = unsafe parameters.take(name, value, in: side) && isDeflate
            }
        }
        self = isDeflate ? .deflate(parameters) : .other
    }

    /// The name and the value, without its quotes, of a parameter; nil where it is none.
    private static func parameter(
        _ part: UnsafeRawBufferPointer
    ) -> (UnsafeRawBufferPointer, UnsafeRawBufferPointer?)? {
        guard let equals = unsafe part.firstIndex(of: UInt8(ascii: "=")) else {
            return unsafe part.isHTTPToken ? (part, nil) : nil
        }
        let name = unsafe UnsafeRawBufferPointer(rebasing: part[..<equals]).trimmed
        var value = unsafe UnsafeRawBufferPointer(rebasing: part[(equals + 1)...]).trimmed
        let quote = UInt8(ascii: "\"")
        if unsafe value.count >= 2 && value.first == quote && value.last == quote {
            unsafe value = UnsafeRawBufferPointer(rebasing: value[1..<(value.count - 1)])
        }
        guard unsafe name.isHTTPToken, unsafe value.isHTTPToken else { return nil }
        return unsafe (name, value)
    }
}

extension UnsafeRawBufferPointer {
    /// The same without spaces and tabs at its ends.
    fileprivate var trimmed: UnsafeRawBufferPointer {
        var (start, end) = (0, count)
        while start < end, unsafe Self.isBlank(self[start]) { start += 1 }
        while start < end, unsafe Self.isBlank(self[end - 1]) { end -= 1 }
        return unsafe UnsafeRawBufferPointer(rebasing: self[start..<end])
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

/// The parameters of permessage-deflate in an offer or an answer (RFC 7692 section 7.1).
struct DeflateParameters: Equatable, Sendable {
    static let name: StaticString = "permessage-deflate"

    /// The bits of a window: 8 to 15.
    enum WindowBits: Equatable, Sendable {
        case unnamed
        /// The name without a value, which an offer may have of its own window: any will do.
        case any
        case bits(UInt8)
    }

    var serverForgets = false
    var clientForgets = false
    var serverWindow = WindowBits.unnamed
    var clientWindow = WindowBits.unnamed

    /// Takes a parameter of what `side` has sent; false where it has no such, twice, or with another value.
    mutating func take(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?, in side: WebSocketRole
    ) -> Bool {
        if unsafe name.isEqual(to: "server_no_context_takeover") {
            defer { serverForgets = true }
            return unsafe !serverForgets && value == nil
        }
        if unsafe name.isEqual(to: "client_no_context_takeover") {
            defer { clientForgets = true }
            return unsafe !clientForgets && value == nil
        }
        if unsafe name.isEqual(to: "server_max_window_bits") {
            return unsafe Self.take(value, into: &serverWindow, mayLackValue: false)
        }
        guard unsafe name.isEqual(to: "client_max_window_bits") else { return false }
        return unsafe Self.take(value, into: &clientWindow, mayLackValue: side == .client)
    }

    private static func take(
        _ value: UnsafeRawBufferPointer?, into window: inout WindowBits, mayLackValue: Bool
    ) -> Bool {
        guard window == .unnamed else { return false }
        guard let value = unsafe value else {
            window = .any
            return mayLackValue
        }
        guard let bits = unsafe bits(value) else { return false }
        window = .bits(bits)
        return true
    }

    /// 8 to 15 in decimal, without a zero in front.
    private static func bits(_ value: UnsafeRawBufferPointer) -> UInt8? {
        for bits in UInt8(8)...15 {
            let (first, last) = (0x30 + bits / 10, 0x30 + bits % 10)
            if unsafe bits < 10 ? value.elementsEqual([last]) : value.elementsEqual([first, last]) {
                return bits
            }
        }
        return nil
    }

    /// Appends the field with which a client offers to take compressed messages.
    static func appendOffer(to output: inout ByteBuffer) {
        output.append("Sec-WebSocket-Extensions: ")
        output.append(name)
        output.append("; server_no_context_takeover; client_no_context_takeover; client_max_window_bits\r\n")
    }

    /// Appends the field that answers this offer.
    ///
    /// Neither side uses anything of a message for the next, whatever was offered. What a server sends it
    /// does not compress, which it need not (section 6), so any window it is asked for it keeps to; any
    /// window of the client's is small enough.
    func appendAnswer(to output: inout ByteBuffer) {
        output.append("Sec-WebSocket-Extensions: ")
        output.append(Self.name)
        output.append("; server_no_context_takeover; client_no_context_takeover")
        if case .bits(let bits) = serverWindow { Self.append("; server_max_window_bits=", bits, to: &output) }
        if case .bits(let bits) = clientWindow { Self.append("; client_max_window_bits=", bits, to: &output) }
        output.append("\r\n")
    }

    private static func append(_ name: StaticString, _ bits: UInt8, to output: inout ByteBuffer) {
        output.append(name)
        output.appendDecimal(UInt64(bits))
    }
}
