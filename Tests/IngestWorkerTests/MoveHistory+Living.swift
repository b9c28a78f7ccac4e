import RelayWire
import TestSupport

@testable import ClusterSupervisor
@testable import IngestWorker
@testable import SupervisorCore

/// What happens, and what has to come of it.
extension MoveHistory {
    /// Lives one history; what broke a rule, or nil.
    static func firstViolation(
        seed: UInt64, fault: ClusterFault? = nil, handoverFault: HandoverFault? = nil
    ) throws -> (what: String?, moves: Int) {
        let history = try MoveHistory(seed: seed, fault: fault, handoverFault: handoverFault)
        try history.comeJSON("a")
        try history.comeJSON("b", deflates: true)
        try history.comeWire(5)
        try history.comeWire(6)
        let bench = history.bench
        let isCutShort = history.isEventful && bench.random.once(in: 4)
        for _ in 0..<(isCutShort ? bench.random.below(400) : 400) where bench.complaint == nil {
            history.step()
        }
        if isCutShort {
            history.stop()
        } else {
            history.finish()
            history.judge()
            history.hangUp()
        }
        return (bench.complaint, bench.moves)
    }

    /// Something happens: somebody speaks, connections move, or one of them works.
    func step() {
        switch bench.random.below(24) {
        case 0..<11: speak(bench.random.pick(talkers))
        case 11..<13: pickSeat { bench.cluster.move(1 + bench.random.below(3), from: $0.index, bench.poller) }
        case 13..<17:
            pickSeat { if $0.index != unread { bench.masterReads($0, onlyOnce: bench.random.once(in: 2)) } }
        case 17..<23:
            bench.now += Int64(bench.random.below(3)) * 1_000_000
            pickSeat { bench.turn($0) }
        default: if isEventful { befall() }
        }
        if isEventful, bench.random.once(in: 150) { unread = bench.random.pick([nil, 0, 1, 2]) }
        bench.checkOwners()
    }

    private func pickSeat(_ body: (MoveSeat) -> Void) {
        if !bench.seats.isEmpty { body(bench.random.pick(bench.seats)) }
    }

    /// Something that happens seldom.
    private func befall() {
        let number = 1 + bench.random.below(4)
        switch bench.random.below(16) {
        case 0..<3:
            guard deathsLeft > 0 else { return }
            deathsLeft -= 1
            pickSeat { bench.random.once(in: 2) ? fallUntold($0) : bench.kill($0) }
        case 3..<5: bench.noticeDeaths()
        case 5..<8: bench.pass()
        case 8: pickSeat { bench.dropDescriptor(of: $0) }
        case 9: try? bench.cluster.stop(number, bench.poller, now: bench.now)
        case 10: try? bench.cluster.restart(number, bench.poller, now: bench.now)
        case 11: try? bench.cluster.scale(to: number, bench.poller, now: bench.now)
        case 12: bench.cluster.core.evenOut(after: 0, now: bench.now)
        case 13: passTime()
        case 14: pickSeat { bench.masterHearsControl($0) }
        default: if talkers.count < 6 { comeLate() }
        }
    }

    /// Some time, in which workers do what they do: one that was told to stop does, and is not killed.
    private func passTime() {
        for _ in 0..<3 {
            bench.now += Int64(bench.random.below(500)) * 1_000_000
            for seat in bench.seats { bench.turn(seat) }
        }
    }

    /// The master has not read for so long what a worker says that it cannot say more; it takes somebody
    /// over, and dies.
    private func fallUntold(_ seat: MoveSeat) {
        guard let other = bench.seats.first(where: { $0 !== seat && !$0.connections.isEmpty }) else {
            return bench.kill(seat)
        }
        for _ in 0..<60 where seat.isAlive && seat.worker.intake.queue.isEmpty {
            for talker in talkers { speak(talker) }
            bench.turn(seat)
            if seat.isAlive { seat.worker.flushChannels() }
        }
        bench.cluster.move(2, from: other.index, bench.poller)
        for _ in 0..<3 {
            bench.turn(other)
            bench.masterReads(other)
            for talker in talkers { speak(talker) }
            bench.turn(seat)
        }
        if seat.isAlive { bench.kill(seat) }
    }

    /// Sends some bytes, cut anywhere.
    func speak(_ talker: Talker) {
        talker.visitor.push()
        guard !talker.unsaid.isEmpty, talker.visitor.hasSaidAll else { return }
        let most = 1 + bench.random.below(120)
        talker.visitor.say(Array(talker.unsaid.prefix(most)))
        talker.unsaid.removeFirst(min(most, talker.unsaid.count))
        if bench.random.once(in: 60) { talker.hear() }
    }

    private func hearAll() {
        for talker in talkers {
            talker.visitor.push()
            talker.hear()
        }
    }

    /// Says all that is left, and lets everybody come to an end, with all workers there.
    func finish() {
        for _ in 0..<20_000 where bench.complaint == nil {
            let left = talkers.filter { !$0.visitor.isCut && !($0.unsaid.isEmpty && $0.visitor.hasSaidAll) }
            guard !left.isEmpty else { break }
            for talker in left { speak(talker) }
            step()
            if bench.random.once(in: 20) { bench.pass() }
            hearAll()
            if bench.seats.isEmpty || bench.cluster.runningCount == 0 { bringBack() }
        }
        bringBack()
        if talkers.contains(where: { !$0.visitor.isCut && !$0.visitor.hasSaidAll }) {
            bench.referee.complain("somebody is not listened to")
        }
    }

    /// Starts those that were stopped, one after the other.
    private func bringBack() {
        bench.settle(hearAll)
        for number in bench.cluster.numbers {
            let isStopped = bench.cluster.core.places.contains { $0.number == number && $0.life == .stopped }
            guard isStopped, bench.complaint == nil else { continue }
            try? bench.cluster.restart(number, bench.poller, now: bench.now)
            bench.settle(hearAll)
        }
    }

    /// Everybody was heard as they spoke, and who was cut off was so with the worker they had.
    func judge() {
        bench.checkOwners()
        bench.checkCounts()
        let there = Set(bench.seats.flatMap { $0.connections.map(\.number) })
        for talker in talkers {
            let pongs = talker.hear()
            let number = talker.visitor.number
            let isCut = !there.contains(number)
            if isCut, !talker.visitor.awaitEnd() { bench.referee.complain("\(number) is nowhere") }
            if isCut, !bench.mayEnd.contains(number) { bench.referee.complain("\(number) was cut off") }
            if !isCut, pongs != talker.pings {
                bench.referee.complain("\(number) was told \(pongs) of \(talker.pings)")
            }
            judgeWords(of: talker, isCut: isCut)
        }
    }

    private func judgeWords(of talker: Talker, isCut: Bool) {
        for id in talker.ids {
            let expected = talker.expected[id] ?? []
            let heard = bench.heard[id] ?? []
            if isCut ? !expected.starts(with: heard) : heard != expected {
                bench.referee.complain("\(id) said \(expected), and was heard to say \(heard)")
            }
            let seen = bench.seen.filter { $0.hasPrefix("\(id) ") }
            let came = expected.isEmpty ? [] : ["\(id) comes"]
            if isCut ? !(seen.isEmpty || seen == ["\(id) comes", "\(id) leaves"]) : seen != came {
                bench.referee.complain("\(id) was seen: \(seen)")
            }
        }
    }

    /// Everybody hangs up, and each of them leaves once.
    func hangUp() {
        for talker in talkers { talker.visitor.hangUp() }
        bench.settle(hearAll)
        hearAll()
        bench.checkCounts()
        for talker in talkers where !talker.visitor.awaitEnd() {
            bench.referee.complain("\(talker.visitor.number) is open still")
        }
        for id in talkers.flatMap(\.ids) {
            let seen = bench.seen.filter { $0.hasPrefix("\(id) ") }
            guard seen.isEmpty || seen == ["\(id) comes", "\(id) leaves"] else {
                return bench.referee.complain("\(id) was seen: \(seen)")
            }
        }
        if bench.referee.present > 0 { bench.referee.complain("somebody is there still") }
    }

    /// The server stops in the middle of it: nothing of anybody is left.
    func stop() {
        bench.cluster.stop(bench.poller, now: bench.now)
        for _ in 0..<400 where bench.complaint == nil && !(bench.cluster.isStopped && bench.seats.isEmpty) {
            bench.now += 20_000_000
            hearAll()
            bench.pass()
        }
        hearAll()
        if !bench.cluster.isStopped { bench.referee.complain("the stop never ends") }
        for talker in talkers where !talker.visitor.awaitEnd() {
            bench.referee.complain("\(talker.visitor.number) is open behind a stop")
        }
        if bench.referee.present > 0 || bench.referee.isAnyMoving {
            bench.referee.complain("somebody is there still")
        }
    }
}
