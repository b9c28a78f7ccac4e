import func COpenSSL.ps_memory_cleanse

/// What the hash helper is asked, in a record of fixed length, so that its length tells nothing of a
/// password's.
///
/// ```
///  0         2         4         6         8            16                  1040             1296
///  | version | kind    | password| text    | id         | password, then    | text, then      |
///  | u16     | u16     | bytes   | bytes   | u64        | zeros             | zeros           |
///  |         |         | u16     | u16     |            | 1,024             | 256             |
/// ```
/// Numbers are in host byte order: both ends are the same executable. `text` is a PHC string to compare with,
/// or the salt of a new hash.
public struct HashRequest: Equatable, Sendable {
    /// What is wanted.
    public enum Kind: UInt16, Sendable {
        /// Whether the password is the one that `text`, a PHC string, was made of.
        case compare = 1
        /// A new hash of the password with the salt `text`.
        case make = 2
    }

    /// Changes whenever a record does.
    static let version: UInt16 = 1
    /// Bytes of the record.
    public static let byteCount = 1_296
    private static let passwordOffset = 16
    private static let textOffset = passwordOffset + Limits.passwordBytes

    /// What is wanted.
    public let kind: Kind
    /// The caller's own number, which the answer repeats.
    public let id: UInt64
    /// The password; at most 1,024 bytes.
    public private(set) var password: [UInt8]
    /// A PHC string or a salt; at most 256 bytes.
    public let text: [UInt8]

    /// Puts a request together; nil where password or text are too long.
    ///
    /// It has a copy of the password: what the caller has is the caller's to erase.
    public init?(_ kind: Kind, id: UInt64, password: [UInt8], text: [UInt8]) {
        guard password.count <= Limits.passwordBytes, text.count <= Limits.encodedBytes else { return nil }
        self.kind = kind
        self.id = id
        // Not the caller's memory, which neither could erase while both have it.
        self.password = unsafe password.withUnsafeBytes { unsafe Array($0) }
        self.text = text
    }

    /// Reads a record; nil where it is none: another length, version or kind, a count beyond its field, or
    /// something else than zeros behind what is counted.
    public init?(_ bytes: [UInt8]) {
        guard let record = unsafe bytes.withUnsafeBytes({ unsafe Self(layout: $0) }) else { return nil }
        self = record
    }

    private init?(layout bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount,
            unsafe bytes.loadUnaligned(fromByteOffset: 0, as: UInt16.self) == Self.version,
            let kind = unsafe Kind(rawValue: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)),
            let password = unsafe FixedField.read(
                bytes[Self.passwordOffset..<Self.textOffset],
                count: bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self)),
            let text = unsafe FixedField.read(
                bytes[Self.textOffset..<Self.byteCount],
                count: bytes.loadUnaligned(fromByteOffset: 6, as: UInt16.self))
        else { return nil }
        self.kind = kind
        id = unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        self.password = password
        self.text = text
    }

    /// The record. It holds the password: whoever has sent it overwrites it.
    public func encoded() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.byteCount)
        unsafe bytes.withUnsafeMutableBytes { room in
            unsafe room.storeBytes(of: Self.version, toByteOffset: 0, as: UInt16.self)
            unsafe room.storeBytes(of: kind.rawValue, toByteOffset: 2, as: UInt16.self)
            unsafe room.storeBytes(of: UInt16(password.count), toByteOffset: 4, as: UInt16.self)
            unsafe room.storeBytes(of: UInt16(text.count), toByteOffset: 6, as: UInt16.self)
            unsafe room.storeBytes(of: id, toByteOffset: 8, as: UInt64.self)
            unsafe room[Self.passwordOffset...].copyBytes(from: password)
            unsafe room[Self.textOffset...].copyBytes(from: text)
        }
        return bytes
    }

    /// Overwrites the password, which nobody needs any more.
    public mutating func forgetPassword() { eraseSecret(&password) }
}

/// Overwrites bytes in a way that no compiler leaves out (OPENSSL_cleanse(3)), and leaves none.
///
/// What other copies the caller made is the caller's to overwrite: an array that is shared is copied first.
public func eraseSecret(_ bytes: inout [UInt8]) {
    unsafe bytes.withUnsafeMutableBytes { room in
        if let base = room.baseAddress { unsafe ps_memory_cleanse(base, room.count) }
    }
    bytes = []
}

/// A field of fixed length that is filled in part.
enum FixedField {
    /// The first `count` bytes, unless there are not so many or the others are not zero.
    static func read(_ field: Slice<UnsafeRawBufferPointer>, count: UInt16) -> [UInt8]? {
        guard unsafe field.count >= count, unsafe field.dropFirst(Int(count)).allSatisfy({ $0 == 0 }) else {
            return nil
        }
        return unsafe Array(field.prefix(Int(count)))
    }
}
