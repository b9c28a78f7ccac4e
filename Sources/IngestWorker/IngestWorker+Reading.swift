import ByteCore
import PointerEvents
import PosixIO
import ProxyWire
import RelayWire
import Telemetry
import WebSocketWire

/// What connections send: read in turns, taken whole, and not read while the master cannot take it.
extension IngestWorker {
    mutating func connectionReady(_ event: ReadyEvent) {
        let token = event.token
        guard var connection = unsafe connections.find(token) else { return }
        if unsafe event.isReady(for: connection.pointee.writeAwaits) {
            flush(token)
            guard let still = unsafe connections.find(token) else { return }
            unsafe connection = still
        }
        guard unsafe connection.pointee.wait == .none else { return unsafe toldAgain(token, connection) }
        guard unsafe event.isReady(for: connection.pointee.readAwaits) else { return }
        // One message's worth a turn, so that a loud visitor does not starve the others.
        switch unsafe connection.pointee.phase {
        case .closing: drain(token)
        case .proxyHeader, .handshake, .body, .keptAlive, .open: unsafe attend(token, connection)
        }
    }

    /// Reads from a connection, unless the queue has no room for what it brings; false where it cannot be
    /// read on now, or is over.
    @discardableResult
    mutating func read(_ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>) -> Bool {
        guard unsafe !mustWait(connection, intake.queue.load) else {
            pause(token)
            return false
        }
        unsafe connection.pointee.bringsUnfoldable = false
        let before = tally
        (extraWork, inflatedBytes, otherFrames) = (0, 0, 0)
        defer { turnWork &+= work(since: before) }
        intake.queue.setMark()
        guard unsafe receive(token, connection) else { return false }
        // The rest of what is begun has often come meanwhile, and nobody is to wait with half a message.
        if unsafe connection.pointee.phase == .open, unsafe !connection.pointee.spill.isEmpty,
            unsafe !connection.pointee.hasRest, unsafe !receive(token, connection)
        {
            // Where nothing more has come, what came before counts still.
            guard unsafe connections.find(token)?.pointee.phase.isHeard ?? false else { return false }
        }
        let samples = intake.queue.countSinceMark
        if budget.isOverdrawn(taking: samples, now: now), samples >= WorkerLimits.greedySamples {
            conflate()
        }
        guard unsafe charge(before, token, connection) else { return false }
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
    mutating func receive(_ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>) -> Bool {
        if unsafe connection.pointee.hasRest {
            unsafe connection.pointee.hasRest = false
            return unsafe consume(connection.pointee.spill.contents, token, connection)
        }
        let kept = unsafe connection.pointee.spill.count
        // Behind the start of a frame its rest alone is read, so that what is kept ends with it.
        let most = unsafe kept == 0 ? connection.pointee.mostAtOnce : connection.pointee.neededBytes - kept
        let room = unsafe UnsafeMutableRawBufferPointer(rebasing: receiveBuffer[..<min(most, readLimit)])
        switch unsafe connection.pointee.stream.read(into: room) {
        case .wouldBlock(let interest):
            unsafe connection.pointee.readAwaits = interest
            unsafe connection.pointee.rates?.hasCaughtUp()
            watch(token)
            return false
        case .endOfFile, .failed:
            if kept > 0, unsafe connection.pointee.phase == .proxyHeader {
                closeUnheard(token, .malformed)
            } else {
                drop(token)
            }
            return false
        case .bytes(let count):
            if unsafe connection.pointee.readAwaits != .readable {
                unsafe connection.pointee.readAwaits = .readable
                watch(token)
                guard unsafe connections.find(token) != nil else { return false }
            }
            // A head has its time in all, however it trickles in.
            if unsafe connection.pointee.phase == .open {
                unsafe connection.pointee.sinceSeconds = nowSeconds
            }
            unsafe connection.pointee.isPinged = false
            hasFilledRoom = count == room.count
            counters.add(.bytesReceived, UInt64(count))
            let bytes = unsafe UnsafeMutableRawBufferPointer(rebasing: room[..<count])
            if kept == 0 { return unsafe consume(bytes, token, connection) }
            unsafe connection.pointee.spill.append(UnsafeRawBufferPointer(bytes))
            return unsafe consume(connection.pointee.spill.contents, token, connection)
        }
    }

    /// Takes everything whole out of `bytes` and keeps the rest; false where nothing more will count.
    @inline(__always)
    private mutating func consume(
        _ bytes: UnsafeMutableRawBufferPointer, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        if unsafe connection.pointee.phase == .open {
            return unsafe takeFrames(bytes, token, connection)
        }
        var rest = unsafe bytes
        while let count = unsafe takeRequest(rest, token, connection) {
            unsafe rest = UnsafeMutableRawBufferPointer(rebasing: rest[count...])
        }
        guard let connection = unsafe connections.find(token), unsafe connection.pointee.phase == .open else {
            return sendAnswers(token)
        }
        return unsafe takeFrames(rest, token, connection)
    }

    /// The same where frames go both ways.
    @inline(__always)
    private mutating func takeFrames(
        _ bytes: UnsafeMutableRawBufferPointer, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        var rest = unsafe bytes
        var messages: UInt64 = 0
        // What was kept of a frame stands in memory of its own.
        let slack = unsafe bytes.baseAddress == receiveBuffer.baseAddress ? MaskedText.slack : 0
        let end = unsafe intake.takeMessages(
            &rest, slack: slack, from: &connection.pointee, index: token.index,
            receivedNanoseconds: now, counters: counters, taken: &messages)
        counters.add(.messagesReceived, messages)
        // Nothing is left and nothing was kept, as nearly always.
        if unsafe rest.isEmpty, case .other = end, unsafe connection.pointee.keepsNothing,
            let needed = unsafe connection.pointee.socket.bytesForFrame
        {
            unsafe connection.pointee.neededBytes = needed
            unsafe connection.pointee.unfinishedSinceSeconds = VisitorConnection.never
            return true
        }
        return unsafe takeOtherFrames(
            rest, after: end, hasFinished: messages > 0, slack: slack, token, connection)
    }

    /// The same behind messages whose run came to its `end`, and `hasFinished` where there were any.
    @inline(never)
    private mutating func takeOtherFrames(
        _ bytes: UnsafeMutableRawBufferPointer, after end: SampleIntake.RunEnd, hasFinished: Bool,
        slack: Int, _ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        var rest = unsafe bytes
        var end = end
        var messages: UInt64 = 0
        defer { counters.add(.messagesReceived, messages) }
        var hasAnswers = false
        var hasFinished = hasFinished
        reading: while true {
            let outcome: SampleIntake.Outcome
            switch end {
            case .greeting(let message, let kind):
                unsafe outcome = takeAlone(message, kind, token, connection)
            case .outcome(let said):
                outcome = said
            case .other:
                let step = unsafe connection.pointee.socket.next(rest)
                unsafe rest = UnsafeMutableRawBufferPointer(rebasing: rest[step.consumed...])
                switch step.event {
                case .message(let message, let opcode):
                    messages &+= 1
                    unsafe outcome = takeAlone(message, MessageKind(opcode), token, connection)
                case .deflated(let message, let opcode):
                    messages &+= 1
                    unsafe outcome = inflate(message, opcode, token, connection)
                case .needMore(let total):
                    unsafe connection.pointee.neededBytes = max(total, rest.count + 1)
                    break reading
                case .ping, .pong, .nothing:
                    if unsafe takeOther(step.event, connection) { hasFinished = true }
                    if unsafe connection.pointee.outbound != nil { hasAnswers = true }
                    outcome = .accepted
                case .close(let code, _):
                    finishPeerClose(token, code)
                    return false
                case .violation(let code, let reason):
                    unsafe noteLimit(code, of: connection)
                    refuse(token, code, reason)
                    return false
                case .ended: return false
                }
            }
            switch outcome {
            case .accepted: break
            case .noted(let notes, let isCorrection):
                guard unsafe heed(notes, isCorrection: isCorrection, token, connection) else { return false }
                if unsafe connection.pointee.outbound != nil { hasAnswers = true }
            case .refused(let code, let reason):
                refuse(token, CloseCode(rawValue: code), reason)
                return false
            }
            if inflatedBytes >= WorkerLimits.inflatedAtOnce, unsafe !rest.isEmpty {
                unsafe connection.pointee.hasRest = true
                break reading
            }
            unsafe end = intake.takeMessages(
                &rest, slack: slack, from: &connection.pointee, index: token.index,
                receivedNanoseconds: now, counters: counters, taken: &messages)
        }
        // Nothing is left and nothing was kept, as nearly always.
        if unsafe rest.isEmpty, !hasAnswers, unsafe connection.pointee.keepsNothing {
            unsafe connection.pointee.unfinishedSinceSeconds = VisitorConnection.never
            return true
        }
        hasFinished = hasFinished || messages > 0
        return unsafe finishReading(rest, token, connection, hasAnswers: hasAnswers, hasFinished: hasFinished)
    }

    /// Takes one message that is not one of a run.
    @inline(never)
    mutating func takeAlone(
        _ message: UnsafeRawBufferPointer, _ kind: MessageKind, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> SampleIntake.Outcome {
        let unfoldable = intake.queue.unfoldableBytes
        let outcome = unsafe take(message, kind, token, connection)
        if intake.queue.unfoldableBytes > unfoldable { unsafe connection.pointee.bringsUnfoldable = true }
        return outcome
    }

    /// Keeps what is left, answers what is to be answered, and counts what is kept; false where nothing more
    /// will count.
    @inline(never)
    private mutating func finishReading(
        _ rest: UnsafeMutableRawBufferPointer, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>, hasAnswers: Bool, hasFinished: Bool
    ) -> Bool {
        unsafe connection.pointee.spill.keep(UnsafeRawBufferPointer(rest))
        unsafe connection.pointee.setUnfinished(hasFinished: hasFinished, nowSeconds: nowSeconds)
        if hasAnswers {
            // All pings and hellos of a read are answered at once, so that they cost two writes however many
            // they are.
            guard handOn(before: token) else { return false }
            flush(token)
        }
        account(for: token, isFresh: hasFinished)
        return unsafe connections.find(token)?.pointee.phase == .open
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
                unsafe connection.pointee.spill.clear()
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
