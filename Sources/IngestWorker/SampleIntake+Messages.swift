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

    /// Takes whole messages out of the front of `rest`, behind which `slack` more bytes are readable, for as
    /// long as each is one frame and was accepted; adds how many they were to `taken`.
    @inline(__always)
    mutating func takeMessages(
        _ rest: inout UnsafeMutableRawBufferPointer, slack: Int, from connection: inout VisitorConnection,
        index: UInt32, receivedNanoseconds: Int64, counters: borrowing CountersPage, taken: inout UInt64
    ) -> RunEnd {
        guard case .json = connection.codec else {
            return unsafe takeWire(
                &rest, slack: slack, from: &connection, index: index,
                receivedNanoseconds: receivedNanoseconds, counters: counters, taken: &taken)
        }
        let isUnlike = unsafe takeAlike(
            &rest, slack: slack, from: &connection, receivedNanoseconds: receivedNanoseconds,
            counters: counters, taken: &taken)
        if unsafe rest.isEmpty { return .other }
        // What is handed over by address cannot live in registers before it is.
        var left = unsafe rest
        var more: UInt64 = 0
        let end = unsafe takeUnlike(
            &left, slack: slack, isUnlike: isUnlike, from: &connection, index: index,
            receivedNanoseconds: receivedNanoseconds, counters: counters, taken: &more)
        unsafe rest = left
        taken &+= more
        return end
    }

    /// The same of JSON, where the message in front is not like the one before; `isUnlike` where another
    /// template might have done for it.
    @inline(never)
    private mutating func takeUnlike(
        _ rest: inout UnsafeMutableRawBufferPointer, slack: Int, isUnlike: Bool,
        from connection: inout VisitorConnection, index: UInt32, receivedNanoseconds: Int64,
        counters: borrowing CountersPage, taken: inout UInt64
    ) -> RunEnd {
        var isUnlike = isUnlike
        while let whole = unsafe connection.socket.wholeMessage(rest) {
            unsafe rest = UnsafeMutableRawBufferPointer(rebasing: rest[whole.consumed...])
            taken &+= 1
            let outcome = unsafe receiveOfRun(
                whole.message, whole.isText ? .text : .binary, from: &connection, index: index,
                receivedNanoseconds: receivedNanoseconds, counters: counters)
            guard case .accepted = outcome else { return .outcome(outcome) }
            if isUnlike { unsafe learn(whole.message, for: &connection) }
            if unsafe rest.isEmpty { break }
            isUnlike = unsafe takeAlike(
                &rest, slack: slack, from: &connection, receivedNanoseconds: receivedNanoseconds,
                counters: counters, taken: &taken)
        }
        return .other
    }

    /// The same of `pointerscope.v1`.
    @inline(never)
    private mutating func takeWire(
        _ rest: inout UnsafeMutableRawBufferPointer, slack: Int, from connection: inout VisitorConnection,
        index: UInt32, receivedNanoseconds: Int64, counters: borrowing CountersPage, taken: inout UInt64
    ) -> RunEnd {
        guard let visitor = unsafe connection.wire?.contents else {
            preconditionFailure("only visitors that speak it have this codec")
        }
        let frames = connection.socket.wholeFrames
        precondition(!frames.areTexts, "visitors that speak it send binary messages")
        while true {
            if unsafe visitor.pointee.isKnown, let start = rest.baseAddress {
                let run = unsafe takeMoves(
                    from: start, count: rest.count, slack: slack, frames, of: visitor,
                    receivedNanoseconds: receivedNanoseconds, counters: counters)
                taken &+= run.count
                unsafe rest = UnsafeMutableRawBufferPointer(
                    start: run.end, count: rest.count &- (run.end - start))
            }
            guard let masked = unsafe frames.next(rest) else { return .other }
            let message = unsafe masked.unmasked()
            unsafe rest = masked.rest(of: rest)
            taken &+= 1
            guard unsafe visitor.pointee.isKnown else { return unsafe .greeting(message, .binary) }
            let outcome = unsafe receiveOfRun(
                message, .binary, from: &connection, index: index,
                receivedNanoseconds: receivedNanoseconds, counters: counters)
            guard case .accepted = outcome else { return .outcome(outcome) }
        }
    }

    /// Takes a message as any other, and notes whether it brought what cannot be folded.
    @inline(never)
    private mutating func receiveOfRun(
        _ message: UnsafeRawBufferPointer, _ kind: MessageKind, from connection: inout VisitorConnection,
        index: UInt32, receivedNanoseconds: Int64, counters: borrowing CountersPage
    ) -> Outcome {
        let unfoldable = queue.unfoldableBytes
        let outcome = unsafe receive(
            message, kind, from: &connection, index: index, receivedNanoseconds: receivedNanoseconds,
            counters: counters)
        if queue.unfoldableBytes > unfoldable { connection.bringsUnfoldable = true }
        return outcome
    }

    /// Messages that were taken because they bring nothing but moves.
    @safe private struct MovesRun {
        /// Behind the last of them.
        let end: UnsafeMutableRawPointer
        let count: UInt64
    }

    /// Takes messages that bring nothing but compact moves, from `start` on, up to the first one that is
    /// another, or for whose records there is no room as it is.
    @inline(__always)
    private mutating func takeMoves(
        from start: UnsafeMutableRawPointer, count: Int, slack: Int, _ frames: WholeFrames,
        of visitor: UnsafeMutablePointer<WireSpeaker.Contents>, receivedNanoseconds: Int64,
        counters: borrowing CountersPage
    ) -> MovesRun {
        let room = unsafe queue.room
        guard let records = room.baseAddress else { return unsafe MovesRun(end: start, count: 0) }
        let slot = unsafe visitor.pointee.slot
        var place = unsafe start
        let end = unsafe start + count
        // Nothing that is too near the end of what is readable.
        let lastEnd = unsafe end + (slack &- WireV1State.slack)
        var record = unsafe records
        let recordsEnd = unsafe records + room.count
        var taken: UInt64 = 0
        while let masked = unsafe frames.next(
            UnsafeMutableRawBufferPointer(start: place, count: end - place))
        {
            let messageEnd = unsafe masked.payload + masked.count
            guard unsafe messageEnd <= lastEnd,
                unsafe masked.count / 2 * MemoryLayout<PointerSample>.size <= recordsEnd - record
            else { break }
            let moves = unsafe visitor.pointee.state.takeMoves(
                masked.payload, byteCount: masked.count, key: masked.key, to: record, slot: slot,
                receivedNanoseconds: receivedNanoseconds)
            guard moves > 0 else { break }
            unsafe record += moves &* MemoryLayout<PointerSample>.size
            unsafe place = messageEnd
            taken &+= 1
        }
        let byteCount = unsafe record - records
        let samples = byteCount / MemoryLayout<PointerSample>.size
        queue.appendedFoldable(samples, byteCount: byteCount)
        counters.add(.eventsReceived, UInt64(truncatingIfNeeded: samples))
        return unsafe MovesRun(end: place, count: taken)
    }
}
