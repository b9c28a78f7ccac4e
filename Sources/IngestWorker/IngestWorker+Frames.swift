import ByteCore
import PointerEvents
import PosixIO
import RelayWire
import Telemetry
import WebSocketWire

/// The frames of connections: messages in runs, and all others one by one.
extension IngestWorker {
    /// Takes everything whole out of `bytes`, behind which `slack` more are readable, and keeps the rest;
    /// false where nothing more will count.
    @inline(__always)
    mutating func takeFrames(
        _ bytes: UnsafeMutableRawBufferPointer, slack: Int, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        guard let start = bytes.baseAddress else {
            return unsafe takeOtherFrames(bytes, slack: slack, token, connection)
        }
        let run = unsafe intake.takeRun(
            from: start, count: bytes.count, slack: slack, of: &connection.pointee, receivedNanoseconds: now,
            counters: counters)
        counters.add(.messagesReceived, UInt64(truncatingIfNeeded: run.count))
        // Nothing is left and nothing was kept, as nearly always.
        if unsafe run.end == start + bytes.count, unsafe connection.pointee.isBetweenMessages { return true }
        return unsafe takeOtherFrames(
            run.rest(of: bytes), behindMessages: run.count > 0, isUnlike: run.isUnlike, slack: slack, token,
            connection)
    }

    /// The same behind a run, and `behindMessages` where that had any; `isUnlike` where another template
    /// might have done for what stands in front now.
    @inline(never)
    private mutating func takeOtherFrames(
        _ bytes: UnsafeMutableRawBufferPointer, behindMessages: Bool = false, isUnlike: Bool = true,
        slack: Int, _ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        var rest = unsafe bytes
        var messages: UInt64 = 0
        var end = unsafe intake.takeMessages(
            &rest, slack: slack, isUnlike: isUnlike, from: &connection.pointee, index: token.index,
            receivedNanoseconds: now, counters: counters, taken: &messages)
        defer { counters.add(.messagesReceived, messages) }
        var (hasAnswers, hasFinished) = (false, behindMessages)
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
            unsafe end = intake.takeRunAndMessages(
                &rest, slack: slack, from: &connection.pointee, index: token.index,
                receivedNanoseconds: now, counters: counters, taken: &messages)
        }
        // Nothing is left and nothing was kept, as nearly always.
        if unsafe rest.isEmpty, !hasAnswers, unsafe connection.pointee.keepsNothing {
            unsafe connection.pointee.unfinishedSinceSeconds = VisitorConnection.never
            return true
        }
        return unsafe finishReading(
            rest, token, connection, hasAnswers: hasAnswers, hasFinished: hasFinished || messages > 0)
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
        unsafe connection.pointee.keepRest(UnsafeRawBufferPointer(rest))
        unsafe connection.pointee.setUnfinished(hasFinished: hasFinished, nowSeconds: nowSeconds)
        if hasAnswers {
            // All pings and hellos of a turn are answered at its end, behind one write to the master.
            if unsafe connection.pointee.outbound?.count ?? 0 < WorkerLimits.answerBytes {
                answering.append(token)
            } else {
                guard handOn(before: token) else { return false }
                flush(token)
            }
        }
        account(for: token, isFresh: hasFinished)
        return unsafe connections.find(token)?.pointee.phase == .open
    }

    /// Writes the answers of this turn, and before them to the master what they are answers to.
    mutating func sendAnswers() {
        guard !answering.isEmpty else { return }
        flushChannels()
        for token in answering { flush(token) }
        answering.removeAll(keepingCapacity: true)
    }
}
