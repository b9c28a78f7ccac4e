import ByteCore
import Secrets

/// Why a file of sessions is not to be trusted.
public enum SessionFileFault: UInt8, Error, Sendable {
    case tooLong, notThisFile, unknownVersion, checksum, malformedRecord

    /// What is wrong, for a person to read.
    public var reason: StaticString {
        switch self {
        case .tooLong: "the file is longer than one of sessions can be"
        case .notThisFile: "the file is not one of sessions"
        case .unknownVersion: "the file is of a version that this program does not know"
        case .checksum: "the checksum does not fit: the file was cut or changed"
        case .malformedRecord: "a record of the file is none"
        }
    }
}

/// The file `sessions`: who is signed in, so that nobody has to sign in again when the server is started
/// anew.
///
/// ```
///  0  8  "PSCOPESN"
///  8  4  version, 1
/// 12  4  how many records follow
/// 16     a record each:
///           0  32  digest of the cookie
///          32  32  what the admin was
///          64   8  signed in, seconds since 1970
///          72   8  last used, seconds since 1970
///          80   1  kind of the address: 0 none, 1 IP, 2 a Unix socket
///          81  16  the address, highest byte first; zeros where there is none
///          97   1  bytes of the name
///          98   1  bytes of what the browser calls itself
///          99      both
///        SHA-256 of all before, 32
/// ```
///
/// Numbers are little-endian. No cookie stands in it: whoever reads it cannot sign in with it.
enum SessionFile {
    private static let magic = Array("PSCOPESN".utf8)
    private static let version: UInt32 = 1

    /// What stands of a session in the file.
    struct Record: Equatable {
        var key: SessionKey
        var stamp: SHA256Digest
        var signedInAt: Int64
        var lastUsedAt: Int64
        var client: Client
        var name: AccountName
    }

    static func bytes(of records: [Record]) -> [UInt8] {
        var bytes = magic
        append(version, to: &bytes)
        append(UInt32(records.count), to: &bytes)
        for record in records {
            bytes += record.key.digest.bytes + record.stamp.bytes
            append(record.signedInAt, to: &bytes)
            append(record.lastUsedAt, to: &bytes)
            append(record.client.address, to: &bytes)
            bytes += [UInt8(record.name.bytes.count), UInt8(record.client.agent.count)]
            bytes += record.name.bytes + record.client.agent
        }
        return bytes + SHA256Digest(of: bytes).bytes
    }

    static func parse(_ bytes: [UInt8]) throws(SessionFileFault) -> [Record] {
        guard bytes.count <= Limits.sessionFileBytes else { throw .tooLong }
        guard bytes.starts(with: magic) else { throw .notThisFile }
        guard bytes.count >= 16 + SHA256Digest.count else { throw .checksum }
        let body = bytes.dropLast(SHA256Digest.count)
        guard SHA256Digest(of: body).bytes.elementsEqual(bytes[body.endIndex...]) else { throw .checksum }
        var reader = FileReader(rest: body.dropFirst(magic.count))
        guard try reader.integer(UInt32.self) == version else { throw .unknownVersion }
        let count = try reader.integer(UInt32.self)
        var records: [Record] = []
        var keys: Set<SessionKey> = []
        for _ in 0..<count {
            let record = try reader.record()
            guard keys.insert(record.key).inserted else { throw .malformedRecord }
            records.append(record)
        }
        guard reader.rest.isEmpty else { throw .malformedRecord }
        return records
    }

    private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    private static func append(_ address: PeerAddress?, to bytes: inout [UInt8]) {
        switch address {
        case .ip(let address):
            bytes.append(1)
            for word in [address.high, address.low] { bytes += BigEndian.bytes(of: Int64(bitPattern: word)) }
        case .unixSocket: bytes += [2] + [UInt8](repeating: 0, count: 16)
        case nil: bytes += [UInt8](repeating: 0, count: 17)
        }
    }
}

/// Reads the file's values one by one; each fault is that of a malformed record, since the checksum was
/// right.
private struct FileReader {
    var rest: ArraySlice<UInt8>

    mutating func take(_ count: Int) throws(SessionFileFault) -> ArraySlice<UInt8> {
        guard rest.count >= count else { throw .malformedRecord }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func integer<Value: FixedWidthInteger>(_: Value.Type) throws(SessionFileFault) -> Value {
        try take(Value.bitWidth / 8).reversed().reduce(0) { $0 << 8 | Value(truncatingIfNeeded: $1) }
    }

    mutating func digest() throws(SessionFileFault) -> SHA256Digest {
        guard let digest = SHA256Digest(try take(SHA256Digest.count)) else { throw .malformedRecord }
        return digest
    }

    mutating func epochSeconds() throws(SessionFileFault) -> Int64 {
        let value = try integer(Int64.self)
        guard (0...Limits.latestEpochSeconds).contains(value) else { throw .malformedRecord }
        return value
    }

    mutating func address() throws(SessionFileFault) -> PeerAddress? {
        let kind = try integer(UInt8.self)
        let high = UInt64(bitPattern: BigEndian.value(of: try take(8)))
        let low = UInt64(bitPattern: BigEndian.value(of: try take(8)))
        switch kind {
        case 1: return .ip(IPAddress(high: high, low: low))
        case 2 where high == 0 && low == 0: return .unixSocket
        case 0 where high == 0 && low == 0: return nil
        default: throw .malformedRecord
        }
    }

    mutating func record() throws(SessionFileFault) -> SessionFile.Record {
        let key = SessionKey(digest: try digest())
        let stamp = try digest()
        let signedInAt = try epochSeconds()
        let lastUsedAt = try epochSeconds()
        let address = try address()
        let nameCount = Int(try integer(UInt8.self))
        let agentCount = Int(try integer(UInt8.self))
        guard let name = AccountName(try take(nameCount)) else { throw .malformedRecord }
        let agent = try take(agentCount)
        let client = Client(address: address, agent: agent)
        guard client.agent.elementsEqual(agent) else { throw .malformedRecord }
        return SessionFile.Record(
            key: key, stamp: stamp, signedInAt: signedInAt, lastUsedAt: lastUsedAt, client: client, name: name
        )
    }
}
