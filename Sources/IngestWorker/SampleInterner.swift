import ByteCore
import IdentityWire
import PointerEvents
import RelayWire
import Telemetry

/// From decoded samples to records: who and where become numbers, which the master is told first.
///
/// A refused message leaves no trace: every id of a message has its slot before the first record is appended,
/// slots taken for a message that turns out not to be acceptable are given back, and what its format keeps of
/// a connection is written down only when it was accepted.
@safe struct SampleInterner: ~Copyable {
    private static let leastSlots = 64

    var table: SpeakerTable
    var pages: TextNumbers
    var names: TextNumbers
    var elements: TextNumbers
    /// What visitors' identities are signed with; nobody but the visitor speaks for a signed id.
    var identityKey: IdentityKey?
    /// The slot of each sample of the message in hand.
    private(set) var slots = UnsafeMutablePointer<UInt32>.allocate(capacity: leastSlots)
    private var slotCapacity = leastSlots
    /// The place in its message of the last sample for whose visitor there was no slot.
    private(set) var refusedPosition = 0
    /// Texts that were not told, as their connection had told too many.
    var withheld: UInt64 = 0
    /// (connection, id) pairs spoken for at a time.
    let visitorLimit: Int
    /// Who may have more than one of them.
    var places: PlaceShares
    /// What a test breaks on purpose, to see that its model notices.
    var fault: IntakeFault?

    /// `seed` is random a process.
    init(seed: UInt64, visitorLimit: Int, sharedPlaces: Int) {
        places = PlaceShares(pot: sharedPlaces)
        self.visitorLimit = min(visitorLimit, RelayLimits.slotsPerChannel)
        table = SpeakerTable(seed: seed)
        pages = TextNumbers(seed: seed &* 0xD6E8_FEB8_6659_FD93)
        names = TextNumbers(seed: seed &* 0xA076_1D64_78BD_642F)
        elements = TextNumbers(seed: seed &* 0xE703_7ED1_A0B4_28DB)
    }

    deinit { unsafe slots.deallocate() }

    /// Bytes allocated for what comes and goes.
    var byteCount: Int { table.byteCount + slotCapacity * MemoryLayout<UInt32>.stride }

    /// Gives back what was taken for those who have gone, and for large messages.
    mutating func releaseFree() {
        table.releaseFree()
        if slotCapacity > Self.leastSlots { reallocateSlots(Self.leastSlots) }
    }

    /// Takes one message of the connection at `index` in the worker's table.
    ///
    /// It is in the format of `decoder` and builds upon `state`.
    @inline(__always)
    mutating func take<Decoder: PointerDecoder & ~Copyable>(
        _ message: UnsafeRawBufferPointer, _ kind: MessageKind, with decoder: inout Decoder,
        _ state: inout Decoder.State, from speakers: inout SpeakerList, index: UInt32,
        receivedNanoseconds: Int64, into queue: inout RelayQueue, counters: borrowing CountersPage
    ) -> SampleIntake.Outcome {
        let count: Int
        switch unsafe decoder.decode(message, kind, after: state) {
        case .accepted(let samples): count = samples
        case .refused(let refusal): return .refused(closeCode: refusal.closeCode, reason: refusal.reason)
        }
        if count > slotCapacity {
            guard count <= Limits.samplesPerMessage else {
                let refusal = SampleRefusal.tooManySamples
                return .refused(closeCode: refusal.closeCode, reason: refusal.reason)
            }
            growSlots(toHold: count)
        }
        let newest = speakers.first
        let lastHeard = speakers.lastHeard
        guard resolveSlots(count, of: &speakers, index: index, from: decoder) else {
            if fault == .commitsRefused { decoder.commit(to: &state) }
            return takeBack(&speakers, to: newest, lastHeard: lastHeard)
        }
        if speakers.first != newest {
            announceJoins(of: speakers, since: newest, receivedNanoseconds, into: &queue)
        }
        counters.add(.eventsReceived, UInt64(count))
        for position in 0..<count {
            let slot = unsafe slots[position]
            append(position, of: decoder, slot: slot, receivedNanoseconds, &speakers.texts, into: &queue)
        }
        decoder.commit(to: &state)
        return .accepted
    }

    /// Takes one message of a connection that speaks for the visitor of `slot` and nobody else.
    @inline(__always)
    mutating func take<Decoder: PointerDecoder & ~Copyable>(
        _ message: UnsafeRawBufferPointer, _ kind: MessageKind, with decoder: inout Decoder,
        _ state: inout Decoder.State, slot: UInt32, texts: inout TextAllowance, receivedNanoseconds: Int64,
        into queue: inout RelayQueue, counters: borrowing CountersPage
    ) -> SampleIntake.Outcome {
        switch unsafe decoder.decode(message, kind, after: state) {
        case .accepted(let count):
            counters.add(.eventsReceived, UInt64(count))
            for position in 0..<count {
                append(position, of: decoder, slot: slot, receivedNanoseconds, &texts, into: &queue)
            }
            decoder.commit(to: &state)
            return .accepted
        case .refused(let refusal): return .refused(closeCode: refusal.closeCode, reason: refusal.reason)
        }
    }

    /// Appends one sample of the message in hand; what it says in texts the master is told first.
    @inline(__always)
    private mutating func append<Decoder: PointerDecoder & ~Copyable>(
        _ position: Int, of decoder: borrowing Decoder, slot: UInt32, _ receivedNanoseconds: Int64,
        _ texts: inout TextAllowance, into queue: inout RelayQueue
    ) {
        let decoded = decoder.sample(at: position)
        var sample = decoded.sample
        sample.slot = slot
        sample.receivedNanoseconds = receivedNanoseconds
        if sample.fields.isDisjoint(with: [.page, .tail]) { return queue.append(sample) }
        if sample.fields.contains(.page) {
            sample.page = unsafe Self.index(
                decoded.page, .page, in: &pages, &texts, &withheld, now: receivedNanoseconds, into: &queue)
        }
        guard sample.fields.contains(.tail) else { return queue.append(sample) }
        append(sample, decoder.tail(at: position), &texts, into: &queue)
    }

    @inline(never)
    private mutating func append(
        _ sample: PointerSample, _ decoded: DecodedTail, _ texts: inout TextAllowance,
        into queue: inout RelayQueue
    ) {
        let now = sample.receivedNanoseconds
        var tail = decoded.tail
        if tail.fields.contains(.name) {
            tail.name = unsafe Self.index(
                decoded.name, .name, in: &names, &texts, &withheld, now: now, into: &queue)
        }
        if tail.fields.contains(.element) {
            tail.element = unsafe Self.index(
                decoded.element, .element, in: &elements, &texts, &withheld, now: now, into: &queue)
        }
        queue.append(sample, tail: tail)
    }

    /// Takes a slot for a visitor whom this server has given its id, and tells the master; nil where there is
    /// no room.
    mutating func join(
        _ id: SignedID, redeemed stamp: UInt64, instance: UInt64, _ speakers: inout SpeakerList,
        index: UInt32, receivedNanoseconds: Int64, into queue: inout RelayQueue
    ) -> UInt32? {
        guard table.count < visitorLimit else { return nil }
        return unsafe id.bytes.withUnsafeBytes { bytes in
            let slot = unsafe table.add(connection: index, id: bytes, next: speakers.first)
            speakers.first = slot
            places.added(to: Int(speakers.count))
            speakers.count += 1
            unsafe queue.appendJoin(
                slot: slot, connection: speakers.connection, receivedNanoseconds: receivedNanoseconds,
                id: bytes, stamp: stamp, instance: instance)
            return slot
        }
    }

    /// Finds or takes the slot of every sample, for which there is room; false where a limit forbids it.
    @inline(__always)
    private mutating func resolveSlots<Decoder: PointerDecoder & ~Copyable>(
        _ count: Int, of speakers: inout SpeakerList, index: UInt32, from decoder: borrowing Decoder
    ) -> Bool {
        for position in 0..<count {
            let id = unsafe decoder.sample(at: position).id
            let last = speakers.lastHeard
            if last != SpeakerTable.none, unsafe table.isSlot(last, of: id) {
                unsafe slots[position] = last
                continue
            }
            guard let slot = unsafe findOrJoin(id, &speakers, index) else {
                refusedPosition = position
                return false
            }
            unsafe slots[position] = slot
            speakers.lastHeard = slot
        }
        return true
    }

    /// The slot of somebody other than who was heard last; kept out of the way of those who speak for one.
    @inline(never)
    private mutating func findOrJoin(
        _ id: UnsafeRawBufferPointer, _ speakers: inout SpeakerList, _ index: UInt32
    ) -> UInt32? {
        unsafe table.find(connection: index, id: id) ?? join(id, &speakers, index)
    }

    @inline(never)
    private mutating func growSlots(toHold count: Int) {
        var capacity = slotCapacity
        while capacity < count { capacity *= 2 }
        reallocateSlots(capacity)
    }

    /// Makes room for another number of slots; what is in them is of no use any more.
    private mutating func reallocateSlots(_ capacity: Int) {
        unsafe slots.deallocate()
        unsafe slots = .allocate(capacity: capacity)
        slotCapacity = capacity
    }

    private mutating func join(
        _ id: UnsafeRawBufferPointer, _ speakers: inout SpeakerList, _ index: UInt32
    ) -> UInt32? {
        guard speakers.count < speakers.ceiling, table.count < visitorLimit, hasPlace(speakers) else {
            return nil
        }
        if let identityKey, unsafe SignedID(id, key: identityKey) != nil { return nil }
        speakers.first = unsafe table.add(connection: index, id: id, next: speakers.first)
        if !speakers.isLeased { places.added(to: Int(speakers.count)) }
        speakers.count += 1
        return speakers.first
    }

    /// The id of a visitor that this server has given one.
    func signedID(of slot: UInt32) -> SignedID? { unsafe SignedID(vouchedFor: table.id(of: slot)) }

    @inline(never)
    private mutating func announceJoins(
        of speakers: SpeakerList, since end: UInt32, _ receivedNanoseconds: Int64,
        into queue: inout RelayQueue
    ) {
        var slot = speakers.first
        while slot != end {
            unsafe queue.appendJoin(
                slot: slot, connection: speakers.connection, receivedNanoseconds: receivedNanoseconds,
                id: table.id(of: slot))
            slot = table.next(after: slot)
        }
    }

    /// Ends everyone a connection spoke for; behind its last sample, in front of its `closed`. `mayReturn`
    /// where the page said that it is being left.
    mutating func leave(
        _ speakers: inout SpeakerList, mayReturn: Bool = false, into queue: inout RelayQueue
    ) {
        while speakers.first != SpeakerTable.none {
            let slot = speakers.first
            speakers.first = table.next(after: slot)
            queue.appendLeave(slot: slot, connection: speakers.connection, mayReturn: mayReturn)
            table.remove(slot)
            if !speakers.isLeased { places.removed(from: Int(speakers.count)) }
            speakers.count -= 1
        }
        speakers.lastHeard = SpeakerTable.none
        speakers.count = 0
    }
}

/// Ways to leave a trace of a refused message that tests must notice.
enum IntakeFault: CaseIterable {
    /// Its slots are not given back.
    case keepsSlots
    /// Who was heard last stays one of it.
    case keepsLastHeard
    /// Its decoder is told that it was accepted.
    case commitsRefused
}
