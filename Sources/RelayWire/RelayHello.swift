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

    /// Appends the record beside which exactly one descriptor rides: that of connection `number`, which
    /// `isFirst` of those whose descriptors one message carries.
    public mutating func appendRelayConnection(_ number: UInt64, isFirst: Bool) {
        append(
            memoryOf: RelayHeader(
                type: RelayRecordType.connection.rawValue, detail: isFirst ? 1 : 0,
                length: UInt16(RelayRecordType.shortBytes)))
        append(memoryOf: number)
    }

    /// Appends the record of a connection that another worker had, beside which its descriptor rides in a
    /// message of its own; none where it `isAlone`.
    public mutating func appendRelayAdopt(
        _ number: UInt64, state: UnsafeRawBufferPointer, isAlone: Bool = false
    ) {
        precondition(state.count <= RelayLimits.movedStateBytes)
        let bytes = RelayRecordType.movedBytes(state.count)
        append(
            memoryOf: RelayHeader(
                type: RelayRecordType.adopt.rawValue, detail: isAlone ? 1 : 0, length: 0,
                slot: UInt32(bytes)))
        append(memoryOf: number)
        append(memoryOf: UInt64(state.count))
        unsafe append(state)
        for _ in (RelayRecordType.stateOffset + state.count)..<bytes { append(0 as UInt8) }
    }
}
