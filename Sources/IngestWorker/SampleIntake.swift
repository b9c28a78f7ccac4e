import ByteCore
import PointerEvents
import RelayWire
import Telemetry

/// From a message's bytes to records in the queue: decode, intern who and where, append.
///
/// A refused message leaves no trace: every id of a message has its slot before the first record is appended,
/// and slots taken for a message that turns out not to be acceptable are given back.
struct SampleIntake: ~Copyable {
    /// What became of a message.
    enum Outcome {
        case accepted
        case refused(closeCode: UInt16, reason: StaticString)
    }

    var queue = RelayQueue()
    private var decoder = JSONPointerDecoder()
    private var speakers: SpeakerTable
    private var pages: PageTable
    /// The slot of each sample of the message in hand.
    private let slots = UnsafeMutablePointer<UInt32>.allocate(capacity: WorkerLimits.samplesPerMessage)

    /// (connection, id) pairs spoken for at a time.
    private let visitorLimit: Int

    init(seed: UInt64, visitorLimit: Int = RelayLimits.slotsPerChannel) {
        self.visitorLimit = min(visitorLimit, RelayLimits.slotsPerChannel)
        speakers = SpeakerTable(seed: seed)
        pages = PageTable(seed: seed &* 0xD6E8_FEB8_6659_FD93)
    }

    deinit { slots.deallocate() }

    /// Bytes allocated for what comes and goes.
    var storageBytes: Int { queue.storageBytes + speakers.byteCount }

    /// Gives back what was taken for those who have gone.
    mutating func releaseFree() { speakers.releaseFree() }

    /// Takes one message of a connection; `index` is the connection's place in the worker's table.
    mutating func receive(
        _ message: UnsafeRawBufferPointer, from connection: inout VisitorConnection, index: UInt32,
        receivedNanoseconds: Int64, counters: borrowing CountersPage
    ) -> Outcome {
        let count: Int
        switch decoder.decode(message) {
        case .accepted(let samples): count = samples
        case .refused(let refusal):
            return .refused(closeCode: refusal.closeCode, reason: refusal.reason)
        }
        let newest = connection.firstSpeaker
        guard resolveSlots(count, of: &connection, index: index) else {
            let isFull = speakers.count >= visitorLimit
            takeBack(to: newest, &connection)
            if isFull {
                return .refused(closeCode: 1013, reason: "no room for more visitors; try again later")
            }
            return .refused(closeCode: 1008, reason: "a connection may speak for at most 256 ids")
        }
        announceJoins(from: connection.firstSpeaker, to: newest, connection.number, receivedNanoseconds)
        counters.add(.eventsReceived, UInt64(count))
        for position in 0..<count {
            let decoded = decoder.sample(at: position)
            var sample = decoded.sample
            sample.slot = slots[position]
            sample.receivedNanoseconds = receivedNanoseconds
            if sample.fields.contains(.page) { sample.page = pageIndex(decoded.page) }
            queue.append(sample)
        }
        return .accepted
    }

    /// Finds or takes the slot of every sample; false when the connection speaks for too many.
    @inline(__always)
    private mutating func resolveSlots(
        _ count: Int, of connection: inout VisitorConnection, index: UInt32
    ) -> Bool {
        for position in 0..<count {
            let id = decoder.sample(at: position).id
            let last = connection.lastSpeaker
            if last != SpeakerTable.none, speakers.isSlot(last, of: id) {
                slots[position] = last
                continue
            }
            guard let slot = speakers.find(connection: index, id: id) ?? join(id, &connection, index) else {
                return false
            }
            slots[position] = slot
            connection.lastSpeaker = slot
        }
        return true
    }

    private mutating func join(
        _ id: UnsafeRawBufferPointer, _ connection: inout VisitorConnection, _ index: UInt32
    ) -> UInt32? {
        guard Int(connection.speakerCount) < Limits.idsPerConnection,
            speakers.count < visitorLimit
        else { return nil }
        connection.firstSpeaker = speakers.add(connection: index, id: id, next: connection.firstSpeaker)
        connection.speakerCount += 1
        return connection.firstSpeaker
    }

    private mutating func takeBack(to newest: UInt32, _ connection: inout VisitorConnection) {
        while connection.firstSpeaker != newest {
            let slot = connection.firstSpeaker
            connection.firstSpeaker = speakers.next(after: slot)
            connection.speakerCount -= 1
            speakers.remove(slot)
        }
        connection.lastSpeaker = newest
    }

    private mutating func announceJoins(
        from first: UInt32, to end: UInt32, _ connection: UInt64, _ receivedNanoseconds: Int64
    ) {
        var slot = first
        while slot != end {
            queue.appendJoin(
                slot: slot, connection: connection, receivedNanoseconds: receivedNanoseconds,
                id: speakers.id(of: slot))
            slot = speakers.next(after: slot)
        }
    }

    private mutating func pageIndex(_ path: UnsafeRawBufferPointer) -> UInt32 {
        switch pages.lookUp(path) {
        case .known(let index): return index
        case .new(let index):
            queue.appendPage(index: index, bytes: path)
            return index
        }
    }

    /// Ends everyone a connection spoke for; behind its last sample, in front of its `closed`.
    mutating func leave(_ connection: inout VisitorConnection) {
        while connection.firstSpeaker != SpeakerTable.none {
            let slot = connection.firstSpeaker
            connection.firstSpeaker = speakers.next(after: slot)
            queue.appendLeave(slot: slot, connection: connection.number)
            speakers.remove(slot)
        }
        connection.lastSpeaker = SpeakerTable.none
        connection.speakerCount = 0
    }
}
