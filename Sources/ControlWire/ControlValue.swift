import ByteCore

/// A JSON value of an answer, as far as somebody shows it: texts, numbers, truth, and objects of these.
public enum ControlValue: Equatable, Sendable {
    case text(String)
    case number(Double)
    case truth(Bool)
    case null
    /// Members in their order; a key that comes again counts for nothing.
    case object([Member])
    /// Whatever nobody shows: an array.
    case other

    /// A key and its value.
    public struct Member: Equatable, Sendable {
        public let key: String
        public let value: ControlValue
    }

    /// Reads a whole JSON text; nil where it is none.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        do throws(JSONFault) {
            var scanner = unsafe JSONScanner(bytes, maximumDepth: ControlLimits.depth)
            scanner.skipWhitespace()
            guard let value = try Self.scan(&scanner) else { return nil }
            try scanner.expectEnd()
            self = value
        } catch {
            return nil
        }
    }

    private static func scan(_ scanner: inout JSONScanner) throws(JSONFault) -> ControlValue? {
        switch scanner.next {
        case UInt8(ascii: "\""): return try scanner.scanString().text.map { .text($0) }
        case UInt8(ascii: "{"):
            try scanner.open()
            var members: [Member] = []
            var isFirst = true
            while let key = try scanner.nextKey(isFirst: isFirst) {
                isFirst = false
                guard let name = key.text, let value = try scan(&scanner) else { return nil }
                if !members.contains(where: { $0.key == name }) {
                    members.append(Member(key: name, value: value))
                }
            }
            return .object(members)
        case UInt8(ascii: "["):
            try scanner.skipValue()
            return .other
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            return try scanner.scanLiteral().map { .truth($0) } ?? .null
        default: return .number(try scanner.scanNumber())
        }
    }

    /// The value of a member of an object.
    public subscript(key: String) -> ControlValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// Its text, if it is one.
    public var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    /// Its number, if it is one.
    public var number: Double? {
        guard case .number(let number) = self else { return nil }
        return number
    }

    /// Its number, if it is a whole one.
    public var count: Int? { number.flatMap { Int(exactly: $0) } }
}

extension JSONString {
    /// The string with its escapes resolved; nil where UTF-8 cannot say it.
    var text: String? {
        unsafe withUnsafeTemporaryAllocation(byteCount: max(1, raw.count), alignment: 1) { room in
            guard let base = room.baseAddress, let count = unsafe unescape(into: base) else { return nil }
            return unsafe String(
                decoding: UnsafeRawBufferPointer(start: base, count: count), as: UTF8.self)
        }
    }
}
