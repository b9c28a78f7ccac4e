public import ByteCore
import PointerEvents

/// What a hello of the data channel says: which records its writer speaks.
struct RelayHello: BitwiseCopyable, Equatable {
    var magic: UInt32
    var version: UInt16
    var sampleBytes: UInt16

    static let current = RelayHello(
        magic: RelayRecordType.magic,
        version: RelayRecordType.version,
        sampleBytes: UInt16(MemoryLayout<PointerSample>.size)
    )
}

/// The master's side of the data channel.
extension ByteBuffer {
    /// Appends the record that must be the master's first.
    public mutating func appendRelayHello() {
        append(
            memoryOf: RelayHeader(
                type: RelayRecordType.hello.rawValue, length: UInt16(RelayRecordType.helloBytes)))
        append(memoryOf: RelayHello.current)
    }

    /// Appends the key that visitors' ids and tokens are signed with, 32 bytes: first behind the hello.
    public mutating func appendRelayIdentityKey(_ key: UnsafeRawBufferPointer) {
        precondition(RelayRecordType.identityKeyBytes == 8 + key.count, "an identity key has 32 bytes")
        append(
            memoryOf: RelayHeader(
                type: RelayRecordType.identityKey.rawValue,
                length: UInt16(RelayRecordType.identityKeyBytes)))
        unsafe append(key)
    }

    /// Appends the record beside which exactly one descriptor rides: that of connection `number`.
    public mutating func appendRelayConnection(_ number: UInt64) {
        append(
            memoryOf: RelayHeader(
                type: RelayRecordType.connection.rawValue, length: UInt16(RelayRecordType.shortBytes)))
        append(memoryOf: number)
    }
}
