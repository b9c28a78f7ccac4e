import PointerEvents
import RelayWire
import Telemetry

/// From a message's bytes to records in the queue, whichever format the connection speaks.
struct SampleIntake: ~Copyable {
    /// What became of a message.
    enum Outcome {
        case accepted
        case refused(closeCode: UInt16, reason: StaticString)
    }

    var queue = RelayQueue()
    private var json = JSONPointerDecoder()
    var interner: SampleInterner

    /// `visitorLimit` bounds the (connection, id) pairs that are spoken for at a time.
    init(seed: UInt64, visitorLimit: Int = RelayLimits.slotsPerChannel) {
        interner = SampleInterner(seed: seed, visitorLimit: visitorLimit)
    }

    /// Bytes allocated for what comes and goes.
    var storageBytes: Int { queue.storageBytes + interner.byteCount + json.byteCount }

    /// Gives back what was taken for those who have gone, and for large messages.
    mutating func releaseFree() {
        interner.releaseFree()
        json.releaseFree()
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
        }
    }

    /// Ends everyone a connection spoke for; behind its last sample, in front of its `closed`.
    mutating func leave(_ connection: inout VisitorConnection) {
        interner.leave(&connection.speakers, into: &queue)
    }
}
