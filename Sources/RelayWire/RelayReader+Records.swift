import ByteCore
import PointerEvents

/// The records that are not the hot path's.
extension RelayReader {
    /// What is wrong with a whole sample that was not handed on.
    func sampleError(_ header: RelayHeader, _ whole: UnsafeRawBufferPointer) -> RelayError {
        guard header.slot < RelayLimits.slotsPerChannel else {
            return .outOfRange(type: header.type, index: header.slot)
        }
        guard slots.contains(header.slot) else { return .slotVacant(header.slot) }
        guard let start = whole.baseAddress, unsafe hasSoundValues(start, fields: header.detail) else {
            return .badSample
        }
        return unsafe .pageUnknown(whole.load(fromByteOffset: RelayRecordType.pageOffset, as: UInt32.self))
    }

    mutating func join(
        _ header: RelayHeader, _ whole: UnsafeRawBufferPointer
    ) throws(RelayError) -> RelayJoin {
        guard header.slot < RelayLimits.slotsPerChannel else {
            throw .outOfRange(type: header.type, index: header.slot)
        }
        guard !slots.contains(header.slot) else { throw .slotTaken(header.slot) }
        let received = unsafe whole.load(fromByteOffset: 16, as: Int64.self)
        guard received >= 0, received < RelayLimits.receivedNanoseconds else { throw .badSample }
        let count = unsafe whole.load(fromByteOffset: 24, as: UInt32.self)
        guard count >= 1, count <= Limits.idBytes else { throw .badText(type: header.type) }
        let id = unsafe text(whole, at: RelayRecordType.joinIDOffset, count: Int(count))
        guard unsafe UTF8Validator.isValid(id) else { throw .badText(type: header.type) }
        slots.insert(header.slot)
        return unsafe RelayJoin(
            slot: header.slot, connection: connection(whole), receivedNanoseconds: received, id: id)
    }

    mutating func page(
        _ header: RelayHeader, _ whole: UnsafeRawBufferPointer
    ) throws(RelayError) -> UnsafeRawBufferPointer {
        guard header.slot < RelayLimits.pagesPerChannel else {
            throw .outOfRange(type: header.type, index: header.slot)
        }
        let count = unsafe Int(whole.load(fromByteOffset: 8, as: UInt16.self))
        guard count <= Limits.pageBytes, RelayRecordType.pageBytes(text: count) == whole.count else {
            throw .badText(type: header.type)
        }
        let bytes = unsafe text(whole, at: RelayRecordType.pageTextOffset, count: count)
        guard unsafe UTF8Validator.isValid(bytes) else { throw .badText(type: header.type) }
        pages.insert(header.slot)
        return unsafe bytes
    }

    private func text(
        _ whole: UnsafeRawBufferPointer, at offset: Int, count: Int
    ) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: whole[offset..<offset + count])
    }
}
