import ByteCore
import PointerEvents
import PosixIO
import ProxyWire
import RelayWire
import Telemetry
import WebSocketWire

/// What connections send: read in turns, and not read while the master cannot take it. The way of a page's
/// few bytes is one piece, and whatever is seldom lies beside it.
extension IngestWorker {
    @inline(never)
    mutating func connectionReady(_ event: ReadyEvent) {
        let token = event.token
        guard let connection = unsafe connections.find(token) else { return }
        if unsafe event.isReady(for: connection.pointee.writeAwaits) { return flushAndAttend(event) }
        if unsafe isToBeRead(event, connection) { unsafe attend(token, connection) }
    }

    /// Writes what waits for a connection that is ready for it, and reads if there is something.
    @inline(never)
    private mutating func flushAndAttend(_ event: ReadyEvent) {
        flush(event.token)
        guard let connection = unsafe connections.find(event.token),
            unsafe isToBeRead(event, connection)
        else { return }
        unsafe attendSeldom(event.token, connection)
    }

    @inline(__always)
    private mutating func isToBeRead(
        _ event: ReadyEvent, _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        guard unsafe connection.pointee.wait == .none else {
            unsafe toldAgain(event.token, connection)
            return false
        }
        guard unsafe event.isReady(for: connection.pointee.readAwaits) else { return false }
        guard unsafe connection.pointee.phase.isHeard else {
            drain(event.token)
            return false
        }
        guard event.isReadInParts, unsafe !connection.pointee.isReadInParts else { return true }
        return unsafe readInParts(event.token, connection)
    }

    /// Has a connection be read until nothing is left; false where it cannot be watched for that.
    @inline(never)
    private mutating func readInParts(
        _ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        unsafe connection.pointee.isReadInParts = true
        watch(token)
        return unsafe connections.find(token) != nil
    }

    /// Reads from a connection, unless the queue has no room for what it brings; false where it cannot be
    /// read on now, or is over.
    @discardableResult
    @inline(__always)
    mutating func read(_ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>) -> Bool {
        guard unsafe !mustWait(connection, intake.queue.load) else {
            pause(token)
            return false
        }
        unsafe connection.pointee.bringsUnfoldable = false
        let before = tally
        (extraWork, inflatedBytes, otherFrames) = (0, 0, 0)
        intake.queue.setMark()
        guard unsafe receive(token, connection), unsafe receiveRest(token, connection) else {
            turnWork &+= work(since: before)
            return false
        }
        let samples = intake.queue.countSinceMark
        if budget.isOverdrawn(taking: samples, now: now), samples >= WorkerLimits.greedySamples {
            conflate()
        }
        let work = work(since: before)
        turnWork &+= work
        guard unsafe charge(work, before, token, connection) else { return false }
        let load = intake.queue.load
        guard load.bytes < WorkerLimits.midTurnFlushBytes, unsafe !mustWait(connection, load) else {
            return unsafe handOnOrPause(token, connection)
        }
        return true
    }

    /// Reads once more of a connection that has begun what is not whole: the rest has often come meanwhile,
    /// and nobody is to wait with half a message. False where nothing more will count.
    @inline(__always)
    private mutating func receiveRest(
        _ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        guard unsafe connection.pointee.spillCount > 0, unsafe connection.pointee.phase == .open,
            unsafe !connection.pointee.hasRest, unsafe !receiveAgain(token, connection)
        else { return true }
        // Where nothing more has come, what came before counts still.
        return unsafe connections.find(token)?.pointee.phase.isHeard ?? false
    }

    /// Writes to the master where much is queued, so that it works while this reads on; false where nothing
    /// is left of the connection, or the queue has no room for what it brings.
    @inline(never)
    private mutating func handOnOrPause(
        _ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        var load = intake.queue.load
        if load.bytes >= WorkerLimits.midTurnFlushBytes {
            // The master may be found gone, which closes every connection.
            guard handOn(before: token) else { return false }
            load = intake.queue.load
        }
        guard unsafe mustWait(connection, load) else { return true }
        pause(token)
        return false
    }

    /// Whether the queue has no room for what a connection is likely to bring, or others were there before.
    @inline(__always)
    private func mustWait(
        _ connection: UnsafeMutablePointer<VisitorConnection>, _ load: RelayQueue.Load
    ) -> Bool {
        if load.isAtUnfoldableCeiling { return true }
        guard unsafe connection.pointee.bringsUnfoldable else { return false }
        return load.isOverUnfoldableLimit || !paused.isEmpty
    }

    /// Reads once and takes everything whole out of it; false where nothing came or nothing more will count.
    @inline(__always)
    private mutating func receive(
        _ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        if unsafe connection.pointee.hasRest { return unsafe takeRest(token, connection) }
        let kept = unsafe connection.pointee.spillCount
        // Behind the start of a frame its rest alone is read, so that what is kept ends with it.
        let most = unsafe kept == 0 ? connection.pointee.mostAtOnce : connection.pointee.neededBytes - kept
        let room = unsafe UnsafeMutableRawBufferPointer(rebasing: receiveBuffer[..<min(most, readLimit)])
        unsafe prefetchSpeaker(of: connection)
        let result = unsafe connection.pointee.stream.receive(into: room)
        guard case .bytes(let count) = result else { return unsafe nothingCame(result, token, connection) }
        // Who got all that was asked for may have left something; who got less knows that nothing is left.
        let isFilled = count == room.count
        if unsafe connection.pointee.hasUnread != isFilled || connection.pointee.readAwaits != .readable,
            unsafe !awaitBytes(token, connection, hasUnread: isFilled)
        {
            return false
        }
        // A head has its time in all, however it trickles in.
        let isOpen = unsafe connection.pointee.phase == .open
        if isOpen { unsafe connection.pointee.sinceSeconds = nowSeconds }
        unsafe connection.pointee.isPinged = false
        hasFilledRoom = isFilled
        counters.add(.bytesReceived, UInt64(truncatingIfNeeded: count))
        let bytes = unsafe UnsafeMutableRawBufferPointer(rebasing: room[..<count])
        if isOpen, kept == 0 { return unsafe takeFrames(bytes, slack: MaskedText.slack, token, connection) }
        return unsafe takeBehindKept(bytes, token, connection)
    }

    /// Has the processor fetch what messages are held against while the kernel hands them over.
    @inline(__always)
    private func prefetchSpeaker(of connection: UnsafeMutablePointer<VisitorConnection>) {
        switch unsafe connection.pointee.codec {
        case .json: unsafe intake.interner.table.prefetch(connection.pointee.speakers.lastHeard)
        case .wire: unsafe connection.pointee.wire?.prefetch()
        }
    }

    /// The same for those to whom it seldom happens.
    @inline(never)
    mutating func receiveAgain(
        _ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        unsafe receive(token, connection)
    }

    /// What follows where a read brought no bytes; always false.
    @inline(never)
    private mutating func nothingCame(
        _ result: IOResult, _ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        if case .wouldBlock(let interest) = result {
            unsafe connection.pointee.readAwaits = interest
            unsafe connection.pointee.hasUnread = false
            unsafe connection.pointee.rates?.hasCaughtUp()
            watch(token)
        } else if unsafe connection.pointee.phase == .proxyHeader, unsafe connection.pointee.spillCount > 0 {
            closeUnheard(token, .malformed)
        } else {
            drop(token)
        }
        return false
    }

    /// Watches a connection for bytes in another manner than before; false where it cannot be.
    @inline(never)
    private mutating func awaitBytes(
        _ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>, hasUnread: Bool
    ) -> Bool {
        unsafe connection.pointee.readAwaits = .readable
        unsafe connection.pointee.hasUnread = hasUnread
        watch(token)
        return unsafe connections.find(token) != nil
    }

    /// Takes what was left of what was read before; what came meanwhile is told of again.
    @inline(never)
    private mutating func takeRest(
        _ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        unsafe connection.pointee.hasRest = false
        guard unsafe awaitBytes(token, connection, hasUnread: true) else { return false }
        return unsafe consume(connection.pointee.spill.contents, token, connection)
    }

    /// Takes bytes that came behind others that are kept, or in front of all frames.
    @inline(never)
    private mutating func takeBehindKept(
        _ bytes: UnsafeMutableRawBufferPointer, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        if unsafe connection.pointee.spillCount == 0 { return unsafe consume(bytes, token, connection) }
        unsafe connection.pointee.spill.append(UnsafeRawBufferPointer(bytes))
        return unsafe consume(connection.pointee.spill.contents, token, connection)
    }

    /// Takes everything whole out of `bytes` and keeps the rest; false where nothing more will count.
    @inline(__always)
    private mutating func consume(
        _ bytes: UnsafeMutableRawBufferPointer, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        var rest = unsafe bytes
        if unsafe connection.pointee.phase != .open {
            while let count = unsafe takeRequest(rest, token, connection) {
                unsafe rest = UnsafeMutableRawBufferPointer(rebasing: rest[count...])
            }
            guard let still = unsafe connections.find(token), unsafe still.pointee.phase == .open else {
                return sendAnswers(token)
            }
        }
        // What was kept of a frame stands in memory of its own.
        let slack = unsafe bytes.baseAddress == receiveBuffer.baseAddress ? MaskedText.slack : 0
        return unsafe takeFrames(rest, slack: slack, token, connection)
    }

    /// Takes what stands in front of all frames, one thing at a time; returns its length, and nil where
    /// frames may come, where more has to come first, and where nothing more will count.
    private mutating func takeRequest(
        _ bytes: UnsafeMutableRawBufferPointer, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Int? {
        switch unsafe connection.pointee.phase {
        case .proxyHeader: return unsafe takeProxyHeader(bytes, token, connection)
        case .handshake: return unsafe openHandshake(bytes, token, connection)
        case .body: return unsafe takeBody(UnsafeRawBufferPointer(bytes), token, connection)
        case .keptAlive:
            guard unsafe !bytes.isEmpty else {
                unsafe connection.pointee.forgetSpill()
                account(for: token, isFresh: true)
                return nil
            }
            unsafe connection.pointee.phase = .handshake
            unsafe connection.pointee.sinceSeconds = nowSeconds
            return 0
        case .open, .closing: return nil
        }
    }
}
