import IdentityWire
import PointerEvents
import RelayWire
import Telemetry

/// From a message's bytes to records in the queue, whichever format the connection speaks.
struct SampleIntake: ~Copyable {
    /// What became of a message.
    enum Outcome {
        case accepted
        /// Accepted, and it said something that is to be answered or counted.
        case noted(WireV1Notes, isCorrection: Bool)
        case refused(closeCode: UInt16, reason: StaticString)
    }

    var queue = RelayQueue()
    var json = JSONPointerDecoder()
    private var wire = WireV1Decoder()
    var templates = TemplatePool()
    var interner: SampleInterner
    /// Whom visitors' posts speak for; no connection of the master's has such a number.
    var leases = SpeakerList(connection: SpeakerList.leased | UInt64.random(in: .min ... .max))

    /// `visitorLimit` bounds the (connection, id) pairs that are spoken for at a time, and `sharedPlaces`
    /// those of them that are not the first of their connection.
    init(
        seed: UInt64, visitorLimit: Int = RelayLimits.slotsPerChannel,
        sharedPlaces: Int = RelayLimits.slotsPerChannel
    ) {
        interner = SampleInterner(seed: seed, visitorLimit: visitorLimit, sharedPlaces: sharedPlaces)
    }

    /// Bytes allocated for what comes and goes.
    var storageBytes: Int { queue.storageBytes + interner.byteCount + json.byteCount + wire.byteCount }

    /// Gives back what was taken for those who have gone, and for large messages.
    mutating func releaseFree() {
        interner.releaseFree()
        json.releaseFree()
        wire.releaseFree()
    }

    /// Forgets texts that nobody has said for a while; to be called once a second.
    mutating func forgetUnsaidTexts(atSecond second: Int64) {
        interner.forgetUnsaidTexts(atSecond: second, into: &queue)
    }

    /// Takes one message of a connection; `index` is the connection's place in the worker's table.
    mutating func receive(
        _ message: UnsafeRawBufferPointer, _ kind: MessageKind, from connection: inout VisitorConnection,
        index: UInt32, receivedNanoseconds: Int64, counters: borrowing CountersPage
    ) -> Outcome {
        switch connection.codec {
        case .json:
            var nothing: Void = ()
            return unsafe interner.take(
                message, kind, with: &json, &nothing, from: &connection.speakers, index: index,
                receivedNanoseconds: receivedNanoseconds, into: &queue, counters: counters)
        case .wire:
            guard let visitor = unsafe connection.wire?.contents, unsafe visitor.pointee.isKnown else {
                preconditionFailure("who has not said who they are is greeted first")
            }
            let wasBehindGap = unsafe visitor.pointee.state.isBehindGap
            let outcome = unsafe interner.take(
                message, kind, with: &wire, &visitor.pointee.state, slot: visitor.pointee.slot,
                texts: &connection.speakers.texts, receivedNanoseconds: receivedNanoseconds, into: &queue,
                counters: counters)
            guard case .accepted = outcome, !wire.notes.isEmpty else { return outcome }
            // What a byte cannot say of a gap is a multiple of what it can; anything else is another gap.
            let isCorrection =
                wasBehindGap && !wire.notes.needsResync && wire.notes.missing % WireV1Notes.numbers == 0
            return .noted(wire.notes, isCorrection: isCorrection)
        }
    }

    /// Takes the first message of a visitor whose id is known: it joins, and is there with one sample.
    ///
    /// `stamp` is that of the token that it redeemed, 0 without one, and `instance` the page load's number.
    mutating func greet(
        _ message: UnsafeRawBufferPointer, _ kind: MessageKind, as id: SignedID, redeemed stamp: UInt64,
        instance: UInt64, from connection: inout VisitorConnection, index: UInt32,
        receivedNanoseconds: Int64, counters: borrowing CountersPage
    ) -> Outcome {
        guard let visitor = unsafe connection.wire?.contents else {
            preconditionFailure("only visitors that speak it say hello")
        }
        var state = unsafe id.bytes.withUnsafeBytes { unsafe WireV1State(id: $0) }
        // What is wrong with it is found before anybody joins.
        if case .refused(let refusal) = unsafe wire.decode(message, kind, after: state) {
            return .refused(closeCode: refusal.closeCode, reason: refusal.reason)
        }
        guard
            let slot = interner.join(
                id, redeemed: stamp, instance: instance, &connection.speakers, index: index,
                receivedNanoseconds: receivedNanoseconds, into: &queue)
        else {
            return .refused(closeCode: 1013, reason: "no room for more visitors; try again later")
        }
        let outcome = unsafe interner.take(
            message, kind, with: &wire, &state, slot: slot, texts: &connection.speakers.texts,
            receivedNanoseconds: receivedNanoseconds, into: &queue, counters: counters)
        unsafe visitor.pointee.state = state
        unsafe visitor.pointee.isKnown = true
        unsafe visitor.pointee.slot = slot
        guard case .accepted = outcome else { return outcome }
        return .noted(wire.notes, isCorrection: false)
    }

    /// Ends everyone a connection spoke for; behind its last sample, in front of its `closed`. `mayReturn`
    /// where the page said that it is being left.
    mutating func leave(_ connection: inout VisitorConnection, mayReturn: Bool = false) {
        interner.leave(&connection.speakers, mayReturn: mayReturn, into: &queue)
    }
}
