import PointerEvents
import PosixIO
import Tables

/// What visitors send, and when.
extension VisitorCrowd {
    /// The run begins at `now` (monotonic nanoseconds); who arrives when is settled.
    mutating func began(at now: Int64) {
        begin = now
        for index in 0..<count {
            place(index, from: arrival(of: index))
            if unsafe at(index).pointee.state == .ended { deadlinesOver(index) }
        }
    }

    private mutating func deadlinesOver(_ index: Int) {
        if plan.hasOwnTimes { deadlines.set(index, to: DeadlineQueue.never) }
    }

    /// When a visitor's next sample is due, in nanoseconds of the run.
    @inline(__always)
    func due(of index: Int) -> Int64 {
        if plan.rate == .natural {
            return unsafe motion.dueNanoseconds(
                cursor: at(index).pointee.cursor, base: at(index).pointee.base)
        }
        if plan.rate == .asked { return unsafe paces[index].nextMessage }
        return unsafe schedule.dueNanoseconds(of: index, round: at(index).pointee.round)
    }

    /// When something is due next, in monotonic nanoseconds; `.max` if nothing more is.
    var nextDueNanoseconds: Int64 {
        guard begin > 0 else { return .max }
        switch plan.rate {
        case .unpaced: return begin
        case .natural, .asked: return deadlines.earliest.deadline
        case .perVisitor: return begin &+ schedule.dueNanoseconds(of: slot)
        }
    }

    /// Sends what is due at `now` of the run's `duration`, a bounded number at a time; returns whether more
    /// is due already.
    mutating func sendDue(now: Int64) -> Bool {
        let elapsed = min(now &- begin, plan.durationNanoseconds &- 1)
        switch plan.rate {
        case .perVisitor: return sendSlots(elapsed)
        case .natural: return sendPoints(elapsed)
        case .asked: return sendAsked(elapsed)
        case .unpaced: return flood(now: now)
        }
    }

    private mutating func sendSlots(_ elapsed: Int64) -> Bool {
        var budget = LoadLimits.burstsPerTurn
        while schedule.dueNanoseconds(of: slot) <= elapsed {
            guard budget > 0 else { return true }
            budget -= 1
            let (round, index) = slot.quotientAndRemainder(dividingBy: schedule.visitorCount)
            slot += 1
            guard index < count else { continue }
            let visitor = unsafe at(index)
            // One who is away continues in a later round; one who is stuck is behind, and catches up itself.
            if unsafe visitor.pointee.isPresent,
                unsafe visitor.pointee.round <= UInt32(truncatingIfNeeded: round)
            {
                tally.offered += Int64(plan.burst)
            }
            guard unsafe visitor.pointee.round == UInt32(truncatingIfNeeded: round),
                unsafe visitor.pointee.state == .open, unsafe !visitor.pointee.isBlocked
            else { continue }
            sendBurst(index, due: schedule.dueNanoseconds(of: slot - 1))
        }
        return false
    }

    private mutating func sendPoints(_ elapsed: Int64) -> Bool {
        var budget = LoadLimits.burstsPerTurn
        while true {
            let (index, deadline) = deadlines.earliest
            guard deadline &- begin <= elapsed else { return false }
            guard budget > 0 else { return true }
            budget -= 1
            let visitor = unsafe at(index)
            guard unsafe visitor.pointee.state == .open, unsafe !visitor.pointee.isBlocked else {
                // Counted and sent when the socket is there again, with the time it was due.
                deadlines.set(index, to: DeadlineQueue.never)
                continue
            }
            tally.offered += Int64(plan.burst)
            sendBurst(index, due: deadline &- begin)
            if unsafe visitor.pointee.state == .open, unsafe !visitor.pointee.isBlocked {
                deadlines.set(index, to: begin &+ due(of: index))
            }
        }
    }

    /// A visitor can send from now on: what was due before goes out first.
    mutating func afterOpening(_ index: Int, now: Int64) {
        guard begin > 0, index < count, plan.mode == .pace, plan.rate != .unpaced else { return }
        let elapsed = min(now &- begin, plan.durationNanoseconds &- 1)
        let visitor = unsafe at(index)
        if plan.rate == .asked { return schedule(index, from: elapsed) }
        if plan.rate == .natural {
            if unsafe visitor.pointee.state == .open { deadlines.set(index, to: begin &+ due(of: index)) }
            return
        }
        // What the schedule has not come to yet is not counted as offered yet.
        while unsafe visitor.pointee.state == .open, unsafe !visitor.pointee.isBlocked,
            case let due = due(of: index), due <= elapsed,
            unsafe Int(visitor.pointee.round) * schedule.visitorCount + index < slot
        {
            sendBurst(index, due: due)
        }
    }

    /// Encodes and writes what is due at one time for one visitor; where the socket takes nothing, it is as
    /// if it had not been tried.
    private mutating func sendBurst(_ index: Int, due: Int64) {
        let visitor = unsafe at(index)
        let before = unsafe (visitor.pointee.sent, visitor.pointee.cursor, visitor.pointee.base)
        let said = plan.format == .v1 ? unsafe encoders[index] : WireV1Encoder()
        encode(index, due: due)
        guard unsafe !put(encoded, of: index, samples: plan.burst, due: due) else {
            unsafe visitor.pointee.round &+= 1
            return
        }
        unsafe (visitor.pointee.sent, visitor.pointee.cursor, visitor.pointee.base) = before
        if plan.format == .v1 { unsafe encoders[index] = said }
        if plan.rate == .natural, unsafe visitor.pointee.state == .open { tally.offered -= Int64(plan.burst) }
    }

    /// Writes what a visitor has to send; false where its socket takes nothing now, or is gone.
    @inline(__always)
    mutating func put(_ bytes: UnsafeRawBufferPointer, of index: Int, samples: Int, due: Int64) -> Bool {
        let visitor = unsafe at(index)
        switch unsafe visitor.pointee.stream!.write(bytes) {
        case .bytes(let count):
            lastWritten = MonotonicClock.now()
            lag.record(nanoseconds: lastWritten &- begin &- due)
            tally.sent += Int64(samples)
            tally.writes += 1
            tally.bytesOut += Int64(bytes.count)
            if count < bytes.count {
                unsafe visitor.pointee.keep(
                    outbound: UnsafeRawBufferPointer(rebasing: bytes[count...]))
                block(index)
            }
            return true
        case .wouldBlock: block(index)
        case .endOfFile: fail(index, Fault(.lost))
        case .failed(let code): fail(index, Fault(.lost, code))
        }
        return false
    }

    /// What was made for one write.
    @inline(__always)
    var encoded: UnsafeRawBufferPointer {
        unsafe plan.format == .v1 ? wire.bytes : frames.bytes
    }

    /// Makes the frames of one write.
    @inline(__always)
    mutating func encode(_ index: Int, due: Int64) {
        if plan.format == .v1 { return encodeWire(index, due: due) }
        let visitor = unsafe at(index)
        let number = share.visitors.lowerBound + index
        frames.removeAll()
        for _ in 0..<plan.coalesce {
            let (first, point) = next(index, due: due)
            if plan.batch == 1 {
                unsafe frames.append(
                    visitor: number, sequence: first, dueMicroseconds: due / 1000, point: point,
                    maskKey: visitor.pointee.maskKey)
            } else {
                unsafe frames.appendArray(
                    visitor: number, sequence: first, count: plan.batch, dueMicroseconds: due / 1000,
                    point: point, maskKey: visitor.pointee.maskKey)
            }
        }
    }

    /// Counts the samples of a visitor's next frame: the number of the first, and where they are.
    @inline(__always)
    mutating func next(_ index: Int, due: Int64) -> (first: UInt32, point: TrackPoint) {
        let visitor = unsafe at(index)
        let number = share.visitors.lowerBound + index
        let first = unsafe visitor.pointee.sent &+ 1
        unsafe visitor.pointee.sent &+= UInt32(truncatingIfNeeded: plan.batch)
        guard plan.rate == .natural else {
            return unsafe (
                first,
                motion.place(
                    visitor: number, sequence: first, now: due, cursor: &visitor.pointee.cursor,
                    base: &visitor.pointee.base)
            )
        }
        let point = unsafe motion.point(cursor: visitor.pointee.cursor)
        unsafe motion.advance(
            visitor: number, cursor: &visitor.pointee.cursor, base: &visitor.pointee.base)
        return (first, point)
    }

    /// The sending is over at `now`: what fell due by then was offered, whoever could not send it.
    mutating func endSending(now: Int64) {
        guard begin > 0, plan.mode == .pace, plan.rate != .unpaced, plan.rate != .asked else { return }
        let elapsed = min(now &- begin, plan.durationNanoseconds)
        guard plan.rate == .natural else { return omitSlots(dueBefore: elapsed) }
        for index in 0..<count where unsafe at(index).pointee.isPresent {
            omitPoints(of: index, dueBefore: elapsed)
        }
    }

    /// Slots that this side did not come to: it fell behind its own schedule.
    private mutating func omitSlots(dueBefore elapsed: Int64) {
        let end = schedule.firstSlot(notBefore: elapsed, from: slot)
        guard end > slot else { return }
        for index in 0..<count where unsafe at(index).pointee.isPresent {
            // The first of its rounds in a slot from `slot`, or from `end`, on.
            let first = max(slot - index + count - 1, 0) / count
            let behind = max(end - index + count - 1, 0) / count
            let omitted = unsafe Int64(max(behind - max(first, Int(at(index).pointee.round)), 0) * plan.burst)
            tally.offered += omitted
            tally.omitted += omitted
        }
        slot = end
    }

    /// Natural times: what fell due for one who could not send it.
    mutating func omitPoints(of index: Int, dueBefore elapsed: Int64) {
        while due(of: index) < elapsed {
            tally.offered += Int64(plan.burst)
            unsafe motion.advance(
                visitor: share.visitors.lowerBound + index, cursor: &at(index).pointee.cursor,
                base: &at(index).pointee.base)
        }
    }

    /// Gives connections that have room their turns of a flood, one write each, due as soon as the one before
    /// was done; returns whether any had.
    private mutating func flood(now: Int64) -> Bool {
        guard tally.open > tally.blocked, now &- begin < plan.durationNanoseconds else { return false }
        lastWritten = now
        for _ in 0..<min(LoadLimits.burstsPerTurn, count) {
            let index = nextToFlood
            nextToFlood = nextToFlood + 1 == count ? 0 : nextToFlood + 1
            let visitor = unsafe at(index)
            guard unsafe visitor.pointee.state == .open, unsafe !visitor.pointee.isBlocked else { continue }
            let before = tally.sent
            sendBurst(index, due: lastWritten &- begin)
            tally.offered += tally.sent - before
        }
        return tally.open > tally.blocked
    }
}
