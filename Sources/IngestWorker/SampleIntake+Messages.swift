import PointerEvents
import RelayWire
import Telemetry
import WebSocketWire

/// The hot path: from what was read of a connection to records in the queue, message by message.
extension SampleIntake {
    /// Why a run of messages ended.
    @safe enum RunEnd {
        /// What stands in front now is for `WebSocketConnection.next` to judge, or nothing does.
        case other
        /// This is the first message of a visitor who has to be greeted.
        case greeting(UnsafeRawBufferPointer, MessageKind)
        /// The message before has more to say than that it was accepted.
        case outcome(Outcome)
    }

    /// Takes whole messages out of the front of `rest` for as long as each is one frame and was accepted;
    /// adds how many they were to `taken`.
    mutating func takeMessages(
        _ rest: inout UnsafeMutableRawBufferPointer, from connection: inout VisitorConnection, index: UInt32,
        receivedNanoseconds: Int64, counters: borrowing CountersPage, taken: inout UInt64
    ) -> RunEnd {
        let unfoldable = queue.unfoldableBytes
        defer { if queue.unfoldableBytes > unfoldable { connection.bringsUnfoldable = true } }
        switch connection.codec {
        case .json:
            while let whole = unsafe connection.socket.wholeMessage(rest) {
                unsafe rest = UnsafeMutableRawBufferPointer(rebasing: rest[whole.consumed...])
                taken &+= 1
                if takeUsual(
                    whole, from: connection.speakers.lastHeard, receivedNanoseconds: receivedNanoseconds,
                    counters: counters)
                {
                    continue
                }
                let outcome = unsafe receive(
                    whole.message, whole.isText ? .text : .binary, from: &connection, index: index,
                    receivedNanoseconds: receivedNanoseconds, counters: counters)
                guard case .accepted = outcome else { return .outcome(outcome) }
            }
        case .wire:
            guard let visitor = unsafe connection.wire?.contents else {
                preconditionFailure("only visitors that speak it have this codec")
            }
            while let whole = unsafe connection.socket.wholeMessage(rest) {
                unsafe rest = UnsafeMutableRawBufferPointer(rebasing: rest[whole.consumed...])
                taken &+= 1
                let kind: MessageKind = whole.isText ? .text : .binary
                guard unsafe visitor.pointee.isKnown else { return unsafe .greeting(whole.message, kind) }
                if unsafe takeMoves(
                    whole, from: visitor, receivedNanoseconds: receivedNanoseconds, counters: counters)
                {
                    continue
                }
                let outcome = unsafe receive(
                    whole.message, kind, from: &connection, index: index,
                    receivedNanoseconds: receivedNanoseconds, counters: counters)
                guard case .accepted = outcome else { return .outcome(outcome) }
            }
        }
        return .other
    }

    /// Takes a message of one usual move by who was heard last on its connection; false where it is another
    /// one, or there is no room for it as it is.
    @inline(__always)
    private mutating func takeUsual(
        _ whole: WholeMessage, from slot: UInt32, receivedNanoseconds: Int64,
        counters: borrowing CountersPage
    ) -> Bool {
        let count = unsafe whole.message.count
        guard whole.isText, count <= Self.usualBytes, slot != SpeakerTable.none,
            let usual = unsafe UsualSample(whole.message), usual.end == count,
            unsafe interner.table.isSlot(slot, of: usual.id),
            let room = unsafe queue.roomForSamples(1)
        else { return false }
        var sample = PointerSample(x: usual.x, y: usual.y)
        sample.slot = slot
        sample.receivedNanoseconds = receivedNanoseconds
        unsafe room.storeBytes(of: sample, as: PointerSample.self)
        queue.appendedMoves(1)
        counters.add(.eventsReceived)
        return true
    }

    /// Takes a message that brings nothing but compact moves; false where it is another one, or there is no
    /// room for them as it is.
    @inline(__always)
    private mutating func takeMoves(
        _ whole: WholeMessage, from visitor: UnsafeMutablePointer<WireSpeaker.Contents>,
        receivedNanoseconds: Int64, counters: borrowing CountersPage
    ) -> Bool {
        let message = unsafe whole.message
        guard !whole.isText, let room = unsafe queue.roomForSamples(message.count / 2) else { return false }
        let slot = unsafe visitor.pointee.slot
        let count = unsafe visitor.pointee.state.takeMoves(
            message, to: room, slot: slot, receivedNanoseconds: receivedNanoseconds)
        guard count > 0 else { return false }
        queue.appendedMoves(count)
        counters.add(.eventsReceived, UInt64(count))
        return true
    }

    /// What a usual move takes at most: its keys, an id of 64 bytes, and numbers of 19 each, with some room.
    private static var usualBytes: Int { 160 }
}
