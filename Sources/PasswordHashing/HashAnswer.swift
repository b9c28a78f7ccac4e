/// What the hash helper answers.
///
/// ```
///  0         2         4         6         8            16               272
///  | version | outcome | zero    | text    | id         | text, then      |
///  | u16     | u16     | u16     | bytes   | u64        | zeros           |
///  |         |         |         | u16     |            | 256             |
/// ```
/// Only `made` has a text: the PHC string.
public struct HashAnswer: Equatable, Sendable {
    /// How it went.
    public enum Outcome: Equatable, Sendable {
        /// It is the password.
        case matches
        /// It is not.
        case differs
        /// A new hash, as a PHC string.
        case made([UInt8])
        /// It cannot be told: what it should be held against is no hash of ours, or there is no memory.
        case failed
    }

    /// Bytes of the record.
    public static let byteCount = 272
    private static let textOffset = 16

    /// The request's number.
    public let id: UInt64
    /// How it went.
    public let outcome: Outcome

    /// Puts an answer together.
    public init(id: UInt64, _ outcome: Outcome) {
        self.id = id
        self.outcome = outcome
    }

    /// Reads a record; nil where it is none.
    public init?(_ bytes: [UInt8]) {
        guard let record = unsafe bytes.withUnsafeBytes({ unsafe Self(layout: $0) }) else { return nil }
        self = record
    }

    private init?(layout bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount,
            unsafe bytes.loadUnaligned(fromByteOffset: 0, as: UInt16.self) == HashRequest.version,
            unsafe bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self) == 0,
            let text = unsafe FixedField.read(
                bytes[Self.textOffset..<Self.byteCount],
                count: bytes.loadUnaligned(fromByteOffset: 6, as: UInt16.self))
        else { return nil }
        id = unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        switch unsafe (bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self), text.isEmpty) {
        case (1, true): outcome = .matches
        case (2, true): outcome = .differs
        case (3, false): outcome = .made(text)
        case (4, true): outcome = .failed
        default: return nil
        }
    }

    /// The record.
    public func encoded() -> [UInt8] {
        let (number, text): (UInt16, [UInt8]) =
            switch outcome {
            case .matches: (1, [])
            case .differs: (2, [])
            case .made(let text): (3, text)
            case .failed: (4, [])
            }
        var bytes = [UInt8](repeating: 0, count: Self.byteCount)
        unsafe bytes.withUnsafeMutableBytes { room in
            unsafe room.storeBytes(of: HashRequest.version, toByteOffset: 0, as: UInt16.self)
            unsafe room.storeBytes(of: number, toByteOffset: 2, as: UInt16.self)
            unsafe room.storeBytes(of: UInt16(text.count), toByteOffset: 6, as: UInt16.self)
            unsafe room.storeBytes(of: id, toByteOffset: 8, as: UInt64.self)
            unsafe room[Self.textOffset...].copyBytes(from: text)
        }
        return bytes
    }
}

extension HashRequest {
    /// Does what is wanted.
    public func answer() -> HashAnswer {
        switch kind {
        case .compare:
            guard let hash = try? Argon2idHash(parsing: text),
                let areEqual = unsafe password.withUnsafeBytes({ unsafe hash.matches($0) })
            else { return HashAnswer(id: id, .failed) }
            return HashAnswer(id: id, areEqual ? .matches : .differs)
        case .make:
            guard let hash = unsafe password.withUnsafeBytes({ unsafe Argon2idHash(of: $0, salt: text) })
            else {
                return HashAnswer(id: id, .failed)
            }
            return HashAnswer(id: id, .made(hash.text))
        }
    }
}
