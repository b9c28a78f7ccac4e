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
                &rest, from: &connection, index: index, receivedNanoseconds: receivedNanoseconds,
                counters: counters, taken: &taken)
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
        _ rest: inout UnsafeMutableRawBufferPointer, from connection: inout VisitorConnection,
        index: UInt32, receivedNanoseconds: Int64, counters: borrowing CountersPage, taken: inout UInt64
    ) -> RunEnd {
        guard let visitor = unsafe connection.wire?.contents else {
            preconditionFailure("only visitors that speak it have this codec")
        }
        let frames = connection.socket.wholeFrames
        precondition(!frames.areTexts, "visitors that speak it send binary messages")
        while let masked = unsafe frames.next(rest) {
            let message = unsafe masked.unmasked()
            unsafe rest = masked.rest(of: rest)
            taken &+= 1
            guard unsafe visitor.pointee.isKnown else { return unsafe .greeting(message, .binary) }
            if unsafe takeMoves(
                message, from: visitor, receivedNanoseconds: receivedNanoseconds, counters: counters)
            {
                continue
            }
            let outcome = unsafe receiveOfRun(
                message, .binary, from: &connection, index: index,
                receivedNanoseconds: receivedNanoseconds, counters: counters)
            guard case .accepted = outcome else { return .outcome(outcome) }
        }
        return .other
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

    /// Takes a message that brings nothing but compact moves; false where it is another one, or there is no
    /// room for them as it is.
    @inline(__always)
    private mutating func takeMoves(
        _ message: UnsafeRawBufferPointer, from visitor: UnsafeMutablePointer<WireSpeaker.Contents>,
        receivedNanoseconds: Int64, counters: borrowing CountersPage
    ) -> Bool {
        let room = unsafe queue.room
        guard let records = room.baseAddress,
            message.count / 2 * MemoryLayout<PointerSample>.size <= room.count
        else { return false }
        let slot = unsafe visitor.pointee.slot
        let count = unsafe visitor.pointee.state.takeMoves(
            message, to: records, slot: slot, receivedNanoseconds: receivedNanoseconds)
        guard count > 0 else { return false }
        queue.appendedFoldable(count, byteCount: count &* MemoryLayout<PointerSample>.size)
        counters.add(.eventsReceived, UInt64(count))
        return true
    }
}
