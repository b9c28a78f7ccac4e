import ByteCore
import PointerEvents

/// The records that are not the hot path's.
extension RelayReader {
    /// A whole sample that was not handed on by the short way: it has a tail, or something is wrong with it.
    func tailedSample(
        _ header: RelayHeader, _ whole: UnsafeRawBufferPointer
    ) throws(RelayError) -> RelayRecord {
        guard whole.count == RelayRecordType.tailedSampleBytes, let start = whole.baseAddress,
            slots.contains(header.slot), unsafe hasSoundValues(start, fields: header.detail),
            header.detail & SampleFields.page.rawValue == 0
                || pages.contains(unsafe pageIndex(whole))
        else { throw unsafe sampleError(header, whole) }
        let tail = unsafe (start + RelayRecordType.sampleBytes).assumingMemoryBound(to: SampleTail.self)
        let said = unsafe tail.pointee
        let sum = said.scrollX * 0 + said.scrollY * 0 + said.documentWidth * 0 + said.documentHeight * 0
        guard sum == 0, said.documentWidth >= 0, said.documentHeight >= 0,
            said.fields.rawValue & 0x80 == 0,
            said.pointerType == 0 || PointerType(rawValue: said.pointerType) != nil
        else { throw .badSample }
        if said.fields.contains(.name), !names.contains(said.name) { throw .textUnknown(.name, said.name) }
        if said.fields.contains(.element), !elements.contains(said.element) {
            throw .textUnknown(.element, said.element)
        }
        return unsafe .tailedSample(start.assumingMemoryBound(to: PointerSample.self), tail)
    }

    /// What is wrong with a whole sample that was not handed on.
    private func sampleError(_ header: RelayHeader, _ whole: UnsafeRawBufferPointer) -> RelayError {
        guard header.slot < RelayLimits.slotsPerChannel else {
            return .outOfRange(type: header.type, index: header.slot)
        }
        guard slots.contains(header.slot) else { return .slotVacant(header.slot) }
        guard let start = whole.baseAddress, unsafe hasSoundValues(start, fields: header.detail) else {
            return .badSample
        }
        return unsafe .textUnknown(.page, pageIndex(whole))
    }

    private func pageIndex(_ whole: UnsafeRawBufferPointer) -> UInt32 {
        unsafe whole.load(fromByteOffset: RelayRecordType.pageOffset, as: UInt32.self)
    }

    mutating func join(
        _ header: RelayHeader, _ whole: UnsafeRawBufferPointer
    ) throws(RelayError) -> RelayJoin {
        guard header.slot < RelayLimits.slotsPerChannel else {
            throw .outOfRange(type: header.type, index: header.slot)
        }
        guard !slots.contains(header.slot) else { throw .slotTaken(header.slot) }
        guard header.detail <= 1 else { throw .badSample }
        let received = unsafe whole.load(fromByteOffset: 16, as: Int64.self)
        guard received >= 0, received < RelayLimits.receivedNanoseconds else { throw .badSample }
        let count = unsafe whole.load(fromByteOffset: 24, as: UInt32.self)
        guard count >= 1, count <= Limits.idBytes else { throw .badText(type: header.type) }
        let id = unsafe text(whole, at: RelayRecordType.joinIDOffset, count: Int(count))
        guard unsafe UTF8Validator.isValid(id) else { throw .badText(type: header.type) }
        slots.insert(header.slot)
        return unsafe RelayJoin(
            slot: header.slot, connection: connection(whole), receivedNanoseconds: received, id: id,
            stamp: whole.load(fromByteOffset: RelayRecordType.joinStampOffset, as: UInt64.self),
            instance: whole.load(fromByteOffset: RelayRecordType.joinInstanceOffset, as: UInt64.self),
            isMoved: header.detail == 1)
    }

    mutating func leave(
        _ header: RelayHeader, _ whole: UnsafeRawBufferPointer
    ) throws(RelayError) -> RelayRecord {
        guard slots.contains(header.slot) else { throw .slotVacant(header.slot) }
        guard header.detail <= 2 else { throw .badSample }
        slots.remove(header.slot)
        let connection = unsafe connection(whole)
        if header.detail == 2 { return .moving(slot: header.slot, connection: connection) }
        return .leave(slot: header.slot, connection: connection, mayReturn: header.detail == 1)
    }

    /// A connection that moves, whose length its header has been judged by.
    func move(
        _ header: RelayHeader, _ whole: UnsafeRawBufferPointer
    ) throws(RelayError) -> RelayMove {
        guard header.detail <= 1 else { throw .badSample }
        let count = unsafe Int(whole.load(fromByteOffset: 16, as: UInt32.self))
        guard RelayRecordType.movedBytes(count) == whole.count else {
            throw .wrongLength(type: header.type, length: UInt16(truncatingIfNeeded: count))
        }
        return unsafe RelayMove(
            connection: connection(whole), isAlone: header.detail == 1,
            state: text(whole, at: RelayRecordType.stateOffset, count: count))
    }

    /// A connection that the worker has accepted itself.
    func arrival(
        _ header: RelayHeader, _ whole: UnsafeRawBufferPointer
    ) throws(RelayError) -> RelayArrival {
        let address = unsafe IPAddress(
            high: whole.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
            low: whole.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
        // Who has no address is nobody to judge.
        guard header.detail == 0 || header.detail == 1 || header.detail == 3 else { throw .badSample }
        return unsafe RelayArrival(
            connection: connection(whole), place: header.slot,
            address: header.detail == 0 ? nil : address, awaitsVerdict: header.detail == 3)
    }

    mutating func text(
        _ header: RelayHeader, _ whole: UnsafeRawBufferPointer
    ) throws(RelayError) -> RelayRecord {
        guard let kind = RelayText(rawValue: header.detail) else { throw .badText(type: header.type) }
        guard header.slot < RelayLimits.textsPerChannel else {
            throw .outOfRange(type: header.type, index: header.slot)
        }
        let count = unsafe Int(whole.load(fromByteOffset: 8, as: UInt16.self))
        if count == Int(RelayRecordType.noText), whole.count == RelayRecordType.shortBytes {
            insert(kind, header.slot)
            return .noText(kind, index: header.slot)
        }
        guard kind.byteCounts.contains(count), RelayRecordType.textBytes(count) == whole.count else {
            throw .badText(type: header.type)
        }
        let bytes = unsafe text(whole, at: RelayRecordType.textOffset, count: count)
        guard unsafe UTF8Validator.isValid(bytes) else { throw .badText(type: header.type) }
        insert(kind, header.slot)
        return unsafe .text(kind, index: header.slot, bytes: bytes)
    }

    private mutating func insert(_ kind: RelayText, _ index: UInt32) {
        switch kind {
        case .page: pages.insert(index)
        case .name: names.insert(index)
        case .element: elements.insert(index)
        }
    }

    private func text(
        _ whole: UnsafeRawBufferPointer, at offset: Int, count: Int
    ) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: whole[offset..<offset + count])
    }
}
