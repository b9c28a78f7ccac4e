import ByteCore
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

    /// Takes the messages that stand at `start`, as many as are like one another: of JSON in their text, of
    /// `pointerscope.v1` in bringing nothing but moves. They are within `count` bytes, behind which `slack`
    /// more are readable.
    @inline(__always)
    mutating func takeRun(
        from start: UnsafeMutableRawPointer, count: Int, slack: Int, of connection: inout VisitorConnection,
        receivedNanoseconds: Int64, counters: borrowing CountersPage
    ) -> TakenRun {
        guard case .json = connection.codec else {
            return unsafe takeMoves(
                from: start, count: count, slack: slack, of: &connection,
                receivedNanoseconds: receivedNanoseconds, counters: counters)
        }
        // Nothing that is too near the end of what is readable.
        return unsafe takeAlike(
            from: start, readable: max(0, count &+ slack &- MaskedText.slack), of: &connection,
            receivedNanoseconds: receivedNanoseconds, counters: counters)
    }

    /// Takes a run, and whole messages behind it, out of the front of `rest`.
    @inline(never)
    mutating func takeRunAndMessages(
        _ rest: inout UnsafeMutableRawBufferPointer, slack: Int, from connection: inout VisitorConnection,
        index: UInt32, receivedNanoseconds: Int64, counters: borrowing CountersPage, taken: inout UInt64
    ) -> RunEnd {
        guard let start = rest.baseAddress, unsafe !rest.isEmpty else { return .other }
        let run = unsafe takeRun(
            from: start, count: rest.count, slack: slack, of: &connection,
            receivedNanoseconds: receivedNanoseconds, counters: counters)
        unsafe rest = run.rest(of: rest)
        taken &+= UInt64(truncatingIfNeeded: run.count)
        return unsafe takeMessages(
            &rest, slack: slack, isUnlike: run.isUnlike, from: &connection, index: index,
            receivedNanoseconds: receivedNanoseconds, counters: counters, taken: &taken)
    }

    /// Takes whole messages out of the front of `rest`, behind which `slack` more bytes are readable, for as
    /// long as each is one frame and was accepted; adds how many they were to `taken`.
    ///
    /// A run ended in front of them; `isUnlike` where another template might have done for them.
    @inline(never)
    mutating func takeMessages(
        _ rest: inout UnsafeMutableRawBufferPointer, slack: Int, isUnlike: Bool,
        from connection: inout VisitorConnection, index: UInt32, receivedNanoseconds: Int64,
        counters: borrowing CountersPage, taken: inout UInt64
    ) -> RunEnd {
        guard case .json = connection.codec else {
            return unsafe takeWire(
                &rest, slack: slack, from: &connection, index: index,
                receivedNanoseconds: receivedNanoseconds, counters: counters, taken: &taken)
        }
        var isUnlike = isUnlike
        while let whole = unsafe connection.socket.wholeMessage(rest) {
            unsafe rest = UnsafeMutableRawBufferPointer(rebasing: rest[whole.consumed...])
            taken &+= 1
            let outcome = unsafe receiveOfRun(
                whole.message, whole.isText ? .text : .binary, from: &connection, index: index,
                receivedNanoseconds: receivedNanoseconds, counters: counters)
            guard case .accepted = outcome else { return .outcome(outcome) }
            if isUnlike { unsafe learn(whole.message, for: &connection) }
            guard let start = rest.baseAddress, unsafe !rest.isEmpty else { break }
            let run = unsafe takeRun(
                from: start, count: rest.count, slack: slack, of: &connection,
                receivedNanoseconds: receivedNanoseconds, counters: counters)
            unsafe rest = run.rest(of: rest)
            taken &+= UInt64(truncatingIfNeeded: run.count)
            isUnlike = run.isUnlike
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
            guard let masked = unsafe frames.next(rest) else { return .other }
            let message = unsafe masked.unmasked()
            unsafe rest = masked.rest(of: rest)
            taken &+= 1
            guard unsafe visitor.pointee.isKnown else { return unsafe .greeting(message, .binary) }
            let outcome = unsafe receiveOfRun(
                message, .binary, from: &connection, index: index,
                receivedNanoseconds: receivedNanoseconds, counters: counters)
            guard case .accepted = outcome else { return .outcome(outcome) }
            guard let start = rest.baseAddress else { return .other }
            let run = unsafe takeMoves(
                from: start, count: rest.count, slack: slack, of: &connection,
                receivedNanoseconds: receivedNanoseconds, counters: counters)
            unsafe rest = run.rest(of: rest)
            taken &+= UInt64(truncatingIfNeeded: run.count)
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

    /// Takes messages that bring nothing but compact moves, from `start` on, up to the first one that is
    /// another, or for whose records there is no room as it is.
    @inline(never)
    private mutating func takeMoves(
        from start: UnsafeMutableRawPointer, count: Int, slack: Int, of connection: inout VisitorConnection,
        receivedNanoseconds: Int64, counters: borrowing CountersPage
    ) -> TakenRun {
        let room = unsafe queue.room
        guard let visitor = unsafe connection.wire?.contents, unsafe visitor.pointee.isKnown,
            let records = room.baseAddress
        else { return unsafe TakenRun(end: start, count: 0, isUnlike: false) }
        let frames = connection.socket.wholeFrames
        let slot = unsafe visitor.pointee.slot
        // Nothing that is too near the end of what is readable.
        let readable = count &+ min(0, slack &- max(WireV1State.slack, WholeFrames.slack))
        guard readable > 0 else { return unsafe TakenRun(end: start, count: 0, isUnlike: false) }
        let end = unsafe start + readable
        var place = unsafe start
        var record = unsafe records
        let recordsEnd = unsafe records + room.count
        var taken = 0
        while let masked = unsafe frames.next(from: place, to: end) {
            guard unsafe masked.count / 2 * MemoryLayout<PointerSample>.size <= recordsEnd - record else {
                break
            }
            let moves = unsafe visitor.pointee.state.takeMoves(
                masked.payload, byteCount: masked.count, key: masked.key, to: record, slot: slot,
                receivedNanoseconds: receivedNanoseconds)
            guard moves > 0 else { break }
            unsafe record += moves &* MemoryLayout<PointerSample>.size
            unsafe place = masked.payload + masked.count
            taken &+= 1
        }
        let byteCount = unsafe record - records
        let samples = byteCount / MemoryLayout<PointerSample>.size
        queue.appendedFoldable(samples, byteCount: byteCount)
        counters.add(.eventsReceived, UInt64(truncatingIfNeeded: samples))
        return unsafe TakenRun(end: place, count: taken, isUnlike: false)
    }
}
