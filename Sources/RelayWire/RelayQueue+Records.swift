import ByteCore
import PointerEvents

/// The records that are never folded.
extension RelayQueue {
    /// A visitor spoke on `connection` for the first time; `slot` is theirs until its leave.
    ///
    /// `id` is 1 to 64 bytes of UTF-8; `receivedNanoseconds` is CLOCK_MONOTONIC; `stamp` and `instance` are
    /// those of a signed id: when the token redeemed was made (epoch ms, 0 for none), and the page load. One
    /// that `isMoved` came along with a connection that another worker had.
    public mutating func appendJoin(
        slot: UInt32, connection: UInt64, receivedNanoseconds: Int64, id: UnsafeRawBufferPointer,
        stamp: UInt64 = 0, instance: UInt64 = 0, isMoved: Bool = false
    ) {
        precondition(slot < RelayLimits.slotsPerChannel && (1...Limits.idBytes).contains(id.count))
        let bytes = RelayRecordType.joinBytes
        let offset = beginRecord(.join, detail: isMoved ? 1 : 0, bytes: bytes, slot: slot)
        unsafe base.storeBytes(of: connection, toByteOffset: offset + 8, as: UInt64.self)
        unsafe base.storeBytes(of: receivedNanoseconds, toByteOffset: offset + 16, as: Int64.self)
        unsafe base.storeBytes(of: UInt64(id.count), toByteOffset: offset + 24, as: UInt64.self)
        unsafe copy(id, to: offset + RelayRecordType.joinIDOffset)
        unsafe base.storeBytes(
            of: stamp, toByteOffset: offset + RelayRecordType.joinStampOffset, as: UInt64.self)
        unsafe base.storeBytes(
            of: instance, toByteOffset: offset + RelayRecordType.joinInstanceOffset, as: UInt64.self)
    }

    /// The visitor of `slot` is no longer spoken for; the slot may be given to another afterwards.
    ///
    /// `mayReturn` where the page said that it is being left: the visitor may be on its way to the next one.
    public mutating func appendLeave(slot: UInt32, connection: UInt64, mayReturn: Bool = false) {
        appendShort(.leave, detail: mayReturn ? 1 : 0, slot: slot, connection: connection)
    }

    /// The visitor of `slot` goes on at another worker; the connection's `moved` has to follow.
    public mutating func appendMoving(slot: UInt32, connection: UInt64) {
        appendShort(.leave, detail: 2, slot: slot, connection: connection)
    }

    /// The connection is another worker's from here on: behind its last sample and its visitors' `moving`.
    ///
    /// The `descriptor`, whose owner the queue's writer becomes, rides with the record; without one it is
    /// about visitors that have no connection. `state` is at most `RelayLimits.movedStateBytes` long.
    public mutating func appendMoved(connection: UInt64, state: UnsafeRawBufferPointer, descriptor: Int32?) {
        precondition(state.count <= RelayLimits.movedStateBytes)
        let bytes = RelayRecordType.movedBytes(state.count)
        let offset = beginRecord(
            .moved, detail: descriptor == nil ? 1 : 0, bytes: bytes, slot: UInt32(bytes), isLong: true)
        unsafe base.storeBytes(of: connection, toByteOffset: offset + 8, as: UInt64.self)
        unsafe base.storeBytes(of: UInt32(state.count), toByteOffset: offset + 16, as: UInt32.self)
        unsafe copy(state, to: offset + RelayRecordType.stateOffset)
        if let descriptor { riders.append(Rider(offset: offset, descriptor: descriptor)) }
    }

    /// The worker has taken `connection` over: in front of its joins, and before anything of it is read.
    public mutating func appendAdopted(connection: UInt64) {
        appendShort(.adopted, slot: 0, connection: connection)
    }

    /// From here on `index` means these bytes among the channel's texts of this kind.
    public mutating func appendText(_ kind: RelayText, index: UInt32, bytes: UnsafeRawBufferPointer) {
        precondition(index < RelayLimits.textsPerChannel && kind.byteCounts.contains(bytes.count))
        let length = RelayRecordType.textBytes(bytes.count)
        let offset = beginRecord(.text, detail: kind.rawValue, bytes: length, slot: index)
        unsafe base.storeBytes(of: UInt16(bytes.count), toByteOffset: offset + 8, as: UInt16.self)
        unsafe copy(bytes, to: offset + RelayRecordType.textOffset)
    }

    /// From here on `index` means no text of this kind.
    public mutating func appendNoText(_ kind: RelayText, index: UInt32) {
        precondition(index < RelayLimits.textsPerChannel)
        let offset = beginRecord(
            .text, detail: kind.rawValue, bytes: RelayRecordType.shortBytes, slot: index)
        unsafe base.storeBytes(of: RelayRecordType.noText, toByteOffset: offset + 8, as: UInt16.self)
    }

    /// The worker has let go of `connection`; its leaves must have been appended before.
    public mutating func appendClosed(connection: UInt64) {
        appendShort(.closed, slot: 0, connection: connection)
    }

    /// The worker has accepted a connection itself: in front of all that it brings.
    public mutating func appendArrived(_ arrival: RelayArrival) {
        let how: UInt8 = arrival.address == nil ? 0 : arrival.awaitsVerdict ? 3 : 1
        let offset = beginRecord(
            .arrived, detail: how, bytes: RelayRecordType.arrivedBytes, slot: arrival.place)
        unsafe base.storeBytes(of: arrival.connection, toByteOffset: offset + 8, as: UInt64.self)
        guard let address = arrival.address else { return }
        unsafe base.storeBytes(of: address.high, toByteOffset: offset + 16, as: UInt64.self)
        unsafe base.storeBytes(of: address.low, toByteOffset: offset + 24, as: UInt64.self)
    }

    mutating func appendHello() {
        let offset = beginRecord(.hello, bytes: RelayRecordType.helloBytes, slot: 0)
        unsafe base.storeBytes(of: RelayHello.current, toByteOffset: offset + 8, as: RelayHello.self)
    }

    private mutating func appendShort(
        _ type: RelayRecordType, detail: UInt8 = 0, slot: UInt32, connection: UInt64
    ) {
        let offset = beginRecord(type, detail: detail, bytes: RelayRecordType.shortBytes, slot: slot)
        unsafe base.storeBytes(of: connection, toByteOffset: offset + 8, as: UInt64.self)
    }

    /// Appends a record of zeros with its header, and says where it is.
    private mutating func beginRecord(
        _ type: RelayRecordType, detail: UInt8 = 0, bytes: Int, slot: UInt32, isLong: Bool = false
    ) -> Int {
        if end + bytes > limit { makeRoom(bytes) }
        let offset = end
        unsafe UnsafeMutableRawBufferPointer(start: base + offset, count: bytes).initializeMemory(
            as: UInt8.self, repeating: 0)
        let header = RelayHeader(
            type: type.rawValue, detail: detail, length: isLong ? 0 : UInt16(bytes), slot: slot)
        unsafe base.storeBytes(of: header, toByteOffset: offset, as: RelayHeader.self)
        end += bytes
        unfoldable += bytes
        return offset
    }

    private func copy(_ text: UnsafeRawBufferPointer, to offset: Int) {
        guard let source = text.baseAddress else { return }
        unsafe (base + offset).copyMemory(from: source, byteCount: text.count)
    }
}
