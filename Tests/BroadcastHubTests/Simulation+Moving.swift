import ByteCore
import TestSupport

@testable import BroadcastHub
@testable import FramesShape

/// Moving to another hub in the middle of everything, as to another process.
extension Simulation {
    /// Now and then everything goes on with a hub that was read from what this one was written into.
    func moveHub() {
        guard moving?.once(in: 15) == true, failure == nil else { return noteFigures() }
        var snapshot = ByteBuffer()
        HubSnapshot.write(hub, into: &snapshot)
        do throws(SnapshotFault) {
            let budget = ByteBudget(limit: hub.ledger.budget.limit)
            let moved = try HubSnapshot.read(
                snapshot.readable, limits: hub.limits, budget: budget, hashSeed: UInt64(moves))
            mistake.plant(in: moved)
            if moved.ledger.budget.held != hub.ledger.budget.held {
                fail("\(moved.ledger.budget.held) bytes are carried, not \(hub.ledger.budget.held)")
            }
            checkSame(snapshot.readable, moved)
            hub = moved
            moves += 1
        } catch {
            fail("the snapshot is refused: \(error)")
        }
        noteFigures()
    }

    /// What was read and is written again is the same, but for how much text the lists have room for.
    private func checkSame(_ snapshot: UnsafeRawBufferPointer, _ moved: BroadcastHub) {
        guard mistake.isNone else { return }
        var again = ByteBuffer()
        HubSnapshot.write(moved, into: &again)
        if !again.readable.elementsEqual(snapshot) { fail("what was read is written otherwise") }
    }

    /// What an operator could ask for at this moment.
    private func noteFigures() {
        let counters = hub.counters
        for (what, number) in [
            ("head", hub.headN), ("ring bytes", UInt64(hub.ringBytes)), ("ring start", hub.ring.firstN),
            ("tick bytes", UInt64(hub.tickTextBytes)), ("pages", UInt64(hub.pages.count)),
            ("relayed", counters.relayed), ("offered", counters.offered), ("delivered", counters.delivered),
            ("conflated", counters.conflated), ("pending", counters.pending), ("bytes", counters.bytes),
            ("returns", counters.returns), ("texts", UInt64(hub.texts.bytes)), ("joins", counters.joins),
            ("kills", counters.kills), ("keyframes", counters.keyframes),
            ("frames", counters.frames), ("dropped", counters.droppedSegments),
            ("present", UInt64(counters.present)), ("viewers", UInt64(counters.viewers)),
            ("next tick", UInt64(bitPattern: hub.nextTick(now: now) ?? -1)),
        ] as [(StaticString, UInt64)] { note(what, number) }
        for hop in [DelayHop.relayed, .encoded] {
            let figures = hub.recentDelays(hop, now: now)
            note("longest delay", UInt64(bitPattern: figures?.maximum ?? -1))
            note("median delay", UInt64(bitPattern: figures?.median ?? -1))
            note("sum of delays", hub.delayTotals(hop).nanoseconds)
        }
        // Not each time: it is most of what this costs.
        guard answers.count % 3 == 0 else { return }
        hub.forEachVisitor(now: now) { visitor in
            note("id", Array(visitor.idJSON))
            note("name", Array(visitor.nameJSON ?? UnsafeRawBufferPointer(start: nil, count: 0)))
            note("page", Array(visitor.pageJSON ?? UnsafeRawBufferPointer(start: nil, count: 0)))
            note("since", UInt64(bitPattern: visitor.sinceMilliseconds))
            note("last", UInt64(bitPattern: visitor.lastMilliseconds))
            note("rate", visitor.rate.bitPattern)
        }
    }

    private func note(_ what: StaticString, _ number: UInt64) { answers.append((what, number)) }

    /// Bytes that the hub gave.
    func note(_ what: StaticString, _ bytes: [UInt8]) {
        note(what, bytes.withUnsafeBytes { Hash64.hash($0, seed: 1) })
    }

    /// Where this history's answers part from another's of the same seed; nil where they never do.
    func difference(from other: Simulation) -> String? {
        for (index, (one, another)) in zip(answers, other.answers).enumerated()
        where one.number != another.number || one.what.utf8Start != another.what.utf8Start {
            return "answer \(index), \(one.what): \(one.number), should be \(another.number)"
        }
        let counts = (answers.count, other.answers.count)
        return counts.0 == counts.1 ? nil : "\(counts.0) answers, not \(counts.1)"
    }
}

extension Mistake {
    var isNone: Bool { if case .none = self { true } else { false } }
}
