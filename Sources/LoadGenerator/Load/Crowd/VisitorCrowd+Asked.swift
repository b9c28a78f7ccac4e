import PointerEvents
import Tables

/// Visitors who sample as often as the server asks, as pages do.
extension VisitorCrowd {
    /// Takes up what the server asks a connection for.
    mutating func ask(_ index: Int, for rate: UInt8, every milliseconds: UInt32, now: Int64) {
        guard plan.rate == .asked else { return }
        unsafe paces[index].ask(for: rate, every: milliseconds)
        guard begin > 0, index < count, unsafe at(index).pointee.state == .open else { return }
        schedule(index, from: now &- begin)
    }

    /// A visitor's next message is due within the time between two of them.
    mutating func schedule(_ index: Int, from nanoseconds: Int64) {
        // Those whom the server tells at once do not speak at once, whatever their number.
        let phase = Double(UInt32(truncatingIfNeeded: index) &* 0x9E37_79B9) / 0x1p32
        unsafe paces[index].begin(at: nanoseconds, phase: phase)
        if begin > 0 { deadlines.set(index, to: begin &+ due(of: index)) }
    }

    /// Sends the messages that are due; returns whether more are due already.
    mutating func sendAsked(_ elapsed: Int64) -> Bool {
        var budget = LoadLimits.burstsPerTurn
        while true {
            let (index, deadline) = deadlines.earliest
            guard deadline &- begin <= elapsed else { return false }
            guard budget > 0 else { return true }
            budget -= 1
            let visitor = unsafe at(index)
            guard unsafe visitor.pointee.state == .open, unsafe !visitor.pointee.isBlocked else {
                // It begins anew when the socket is there again: a page keeps nothing that is old.
                deadlines.set(index, to: DeadlineQueue.never)
                continue
            }
            sendMessage(index, due: deadline &- begin)
            if unsafe visitor.pointee.state == .open, unsafe !visitor.pointee.isBlocked {
                deadlines.set(index, to: begin &+ due(of: index))
            }
        }
    }

    /// Makes and writes what a visitor has to tell by `due`, if that is anything.
    private mutating func sendMessage(_ index: Int, due: Int64) {
        let visitor = unsafe at(index)
        let before = unsafe (visitor.pointee.sent, visitor.pointee.cursor, visitor.pointee.base)
        let said = unsafe encoders[index]
        wire.removeAll()
        var count = 0
        if unsafe paces[index].rate == 0 {
            // What tells of presence: a press or a click, wherever the pointer is.
            let point = look(index, at: due)
            if point.kind != .move, point.kind != .scroll { append(point, of: index, at: due, &count) }
        } else {
            while count < LoadLimits.askedSamples, let time = unsafe paces[index].takeSample(before: due) {
                append(look(index, at: time), of: index, at: time, &count)
            }
        }
        unsafe paces[index].endMessage(due)
        guard count > 0 else { return }
        unsafe wire.end(maskKey: visitor.pointee.maskKey)
        guard unsafe !put(wire.bytes, of: index, samples: count, due: due) else {
            tally.offered += Int64(count)
            return
        }
        unsafe (visitor.pointee.sent, visitor.pointee.cursor, visitor.pointee.base) = before
        unsafe encoders[index] = said
    }

    private mutating func look(_ index: Int, at time: Int64) -> TrackPoint {
        let visitor = unsafe at(index)
        return unsafe motion.place(
            visitor: share.visitors.lowerBound + index, sequence: visitor.pointee.sent &+ 1, now: time,
            cursor: &visitor.pointee.cursor, base: &visitor.pointee.base)
    }

    private mutating func append(_ point: TrackPoint, of index: Int, at time: Int64, _ count: inout Int) {
        let clock = WireFrames.clock(nanoseconds: begin &+ time)
        if count == 0 {
            unsafe wire.begin(
                visitor: share.visitors.lowerBound + index, time: clock, with: &encoders[index])
        }
        let visitor = unsafe at(index)
        unsafe visitor.pointee.sent &+= 1
        unsafe wire.append(point, sequence: visitor.pointee.sent, time: clock, with: &encoders[index])
        count += 1
    }
}
