import ByteCore

/// A JSON object of a JWT with its members, of which no key may stand twice, in no object at any depth.
///
/// RFC 7519 (section 4) lets a reader take the last of two members of one name; two readers that take
/// different ones are how somebody gets past a check.
struct JWTObject {
    /// What a member can be of use as.
    enum Value: Equatable {
        case string([UInt8])
        case number(Double)
        /// An array of strings and nothing else.
        case strings([[UInt8]])
        /// A literal, an object, another array.
        case other
    }

    /// Why a text is none.
    enum Fault: Error {
        case notAnObject
        case repeatedKey
    }

    private var members: [[UInt8]: Value] = [:]

    subscript(key: String) -> Value? { members[Array(key.utf8)] }
    subscript(key: [UInt8]) -> Value? { members[key] }

    /// Reads an object and nothing behind it.
    init(_ bytes: [UInt8]) throws(Fault) {
        let members = unsafe bytes.withUnsafeBytes { bytes -> Result<[[UInt8]: Value], Fault> in
            var scanner = unsafe JSONScanner(bytes, maximumDepth: Limits.jwtDepth)
            do {
                scanner.skipWhitespace()
                let members = try Self.scanObject(&scanner)
                try scanner.expectEnd()
                return .success(members)
            } catch let fault as Fault {
                return .failure(fault)
            } catch {
                return .failure(.notAnObject)
            }
        }
        self.members = try members.get()
    }

    private static func scanObject(_ scanner: inout JSONScanner) throws -> [[UInt8]: Value] {
        guard scanner.next == UInt8(ascii: "{") else { throw Fault.notAnObject }
        try scanner.open()
        var members: [[UInt8]: Value] = [:]
        var isFirst = true
        while let key = try scanner.nextKey(isFirst: isFirst) {
            isFirst = false
            guard members.updateValue(try scanValue(&scanner), forKey: try text(key)) == nil else {
                throw Fault.repeatedKey
            }
        }
        return members
    }

    private static func scanArray(_ scanner: inout JSONScanner) throws -> Value {
        try scanner.open()
        var strings: [[UInt8]]? = []
        var isFirst = true
        while try scanner.nextElement(isFirst: isFirst) {
            isFirst = false
            if case .string(let text) = try scanValue(&scanner) {
                strings?.append(text)
            } else {
                strings = nil
            }
        }
        return strings.map { .strings($0) } ?? .other
    }

    private static func scanValue(_ scanner: inout JSONScanner) throws -> Value {
        switch scanner.next {
        case UInt8(ascii: "{"):
            _ = try scanObject(&scanner)
            return .other
        case UInt8(ascii: "["): return try scanArray(&scanner)
        case UInt8(ascii: "\""): return .string(try text(try scanner.scanString()))
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            _ = try scanner.scanLiteral()
            return .other
        default: return .number(try scanner.scanNumber())
        }
    }

    /// The string itself; a lone surrogate is no text.
    private static func text(_ string: JSONString) throws(Fault) -> [UInt8] {
        let count = unsafe string.raw.count
        var isText = true
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { room, written in
            guard let base = room.baseAddress, count > 0 else { return }
            let length = unsafe string.unescape(into: UnsafeMutableRawPointer(base))
            isText = length != nil
            written = length ?? 0
        }
        guard isText else { throw .notAnObject }
        return bytes
    }
}
