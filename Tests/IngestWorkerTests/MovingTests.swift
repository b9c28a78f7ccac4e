import ByteCore
import Glibc
import PointerEvents
import PosixIO
import RelayChannels
import RelayWire
import Telemetry
import TestSupport
import Testing

@testable import ClusterSupervisor
@testable import IngestWorker

/// Live connections that go from worker to worker.
@Suite struct MovingTests {
    /// Random histories: every byte that was said is heard once, in order, however it was cut when its
    /// connection moved; nobody is seen to come or leave for it; each connection is with one worker, and
    /// falls with no other; in the end nothing of it is left open.
    @Test(arguments: 0..<6 as Range<UInt64>) func nothingIsLostRepeatedOrReordered(lane: UInt64) throws {
        let first = HistoryCount.first
        var (lived, moves) = (0, 0)
        for seed in stride(from: first + lane, to: first + HistoryCount.of(60), by: 6) {
            let history = try MoveHistory.firstViolation(seed: seed)
            moves += history.moves
            lived += 1
            guard let violation = history.what else { continue }
            Issue.record("seed \(seed): \(violation)")
            return
        }
        #expect(moves >= 5 * lived)
    }

    @Test(arguments: ClusterFault.allCases) func faultsOfTheMasterAreNoticed(fault: ClusterFault) throws {
        for seed in 0..<300 as Range<UInt64> {
            if try MoveHistory.firstViolation(seed: seed, fault: fault).what != nil { return }
        }
        Issue.record("\(fault) went unnoticed")
    }

    @Test(arguments: HandoverFault.allCases) func faultsOfWorkersAreNoticed(fault: HandoverFault) throws {
        for seed in 0..<300 as Range<UInt64> {
            if try MoveHistory.firstViolation(seed: seed, handoverFault: fault).what != nil { return }
        }
        Issue.record("\(fault) went unnoticed")
    }

    /// A worker that is emptied hands over all that it has, and those that still arrive.
    @Test func whoIsEmptiedHasNobodyLeft() throws {
        let bench = try MoveBench(seats: 2, seed: 1)
        let (old, new) = (bench.seats[0], bench.seats[1])
        let open = try bench.connect(old)
        let half = try bench.call(old)
        half.say(Array(Visitor.handshake.prefix(40)))
        bench.turn(old)
        bench.order(.move(count: .max), to: old)
        bench.settle()
        #expect(old.worker.connections.count == 0 && new.worker.connections.count == 2)
        let late = try bench.call(old)
        bench.settle()
        #expect(old.worker.connections.count == 0 && new.worker.connections.count == 3)
        half.say(Array(Visitor.handshake.dropFirst(40)))
        late.say(Visitor.handshake)
        open.say(Visitor.samples(of: "ann", "move", from: 1, count: 2))
        bench.settle()
        for visitor in [half, late] {
            #expect(String(decoding: visitor.hear(), as: UTF8.self).hasPrefix("HTTP/1.1 101 "))
        }
        #expect(bench.heard["ann"] == [1, 2])
        #expect(old.counters.value(.connectionsMoved) == 3 && new.counters.value(.connectionsAdopted) == 3)
        #expect(old.counters.value(.connectionsClosed) == 0 && old.counters.value(.connectionsOpen) == 0)
    }

    /// Where there is nobody else, those that come back are served on, and looked at again after a while.
    @Test func whoComesBackIsServedOn() throws {
        let bench = try MoveBench(seats: 1, seed: 1)
        let seat = bench.seats[0]
        let visitor = try bench.connect(seat)
        bench.order(.move(count: .max), to: seat)
        for _ in 0..<40 {
            bench.now += 5_000_000
            bench.turn(seat)
            bench.masterReads(seat)
        }
        #expect((2...4).contains(bench.moves), "\(bench.moves)")
        // What /metrics calls `returned`: all of them.
        #expect(bench.cluster.movesReturned == UInt64(bench.moves))
        visitor.say(Visitor.samples(of: "ann", "move", from: 1, count: 1))
        for _ in 0..<5 { bench.turn(seat) }
        bench.masterReads(seat)
        #expect(bench.heard["ann"] == [1])
        let other = try bench.addSeat()
        bench.settle()
        #expect(seat.worker.connections.count == 0 && other.worker.connections.count == 1)
        #expect(bench.seen == ["ann comes"] && bench.complaint == nil)
        // The last one did not come back.
        let handedOver = seat.counters.value(.connectionsMoved)
        #expect(bench.cluster.movesReturned == handedOver - 1)
    }

    /// What a request has begun to say is answered first; then its connection, which lasts, goes.
    @Test func aPostIsAnsweredFirst() throws {
        let bench = try MoveBench(seats: 2, seed: 1)
        let (old, new) = (bench.seats[0], bench.seats[1])
        let poster = try bench.call(old)
        func request(_ x: Int) -> [UInt8] {
            let body = #"{"id":"poster","x":\#(x),"y":1}"#
            return Array(
                """
                POST /events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r
                Content-Length: \(body.utf8.count)\r\n\r\n\(body)
                """.utf8)
        }
        poster.say(Array(request(1).dropLast(3)))
        bench.turn(old)
        bench.order(.move(count: .max), to: old)
        for _ in 0..<20 {
            bench.now += 5_000_000
            for seat in bench.seats { bench.turn(seat) }
            for seat in bench.seats { bench.masterReads(seat) }
        }
        #expect(old.worker.connections.count == 1)
        poster.say(Array(request(1).suffix(3)))
        bench.settle()
        #expect(old.worker.connections.count == 0 && new.worker.connections.count == 1)
        #expect(String(decoding: poster.hear(), as: UTF8.self).hasPrefix("HTTP/1.1 200 "))
        poster.say(request(2))
        bench.settle()
        #expect(String(decoding: poster.hear(), as: UTF8.self).hasPrefix("HTTP/1.1 200 "))
        // The visitor went along, and is the same one when it posts again.
        #expect(bench.heard["poster"] == [1, 2] && bench.seen == ["poster comes"])
        #expect(old.worker.intake.leases.count == 0 && new.worker.intake.leases.count == 1)
        #expect(old.worker.intake.interner.table.count == 0)
    }

    /// Posters by the thousand go in pieces, and who is there already is not there twice.
    @Test func postersMeetThoseWhoAreThere() throws {
        let bench = try MoveBench(seats: 2, seed: 1)
        let (old, new) = (bench.seats[0], bench.seats[1])
        for (seat, range) in [(old, 0..<600), (new, 500..<510)] {
            for start in stride(from: range.lowerBound, to: range.upperBound, by: 100) {
                let events = (start..<min(start + 100, range.upperBound)).map {
                    #"{"id":"p\#($0)","x":1,"y":1}"#
                }
                let body = Array("[\(events.joined(separator: ","))]".utf8)
                _ = body.withUnsafeBytes {
                    seat.worker.intake.receivePost(
                        $0, nowSeconds: 100, receivedNanoseconds: 1, counters: seat.counters)
                }
            }
        }
        bench.settle()
        bench.order(.move(count: .max), to: old)
        bench.settle()
        #expect(old.worker.intake.leases.count == 0 && new.worker.intake.leases.count == 600)
        #expect(bench.complaint == nil)
        let leaves = bench.seen.filter { $0.hasSuffix(" leaves") }
        // Each of those ten had two who spoke for them.
        #expect(leaves.sorted() == (500..<510).map { "p\($0) leaves" }.sorted())
        #expect(new.counters.value(.postVisitors) == 600)
    }

    /// Whoever dies, a connection is whole in one place: what the new worker has not said it has goes to
    /// another one, and what it has falls with it.
    @Test(arguments: 0..<40 as Range<UInt64>) func aDeathTakesWhatIsItsOwn(seed: UInt64) throws {
        let bench = try MoveBench(seats: 3, seed: seed)
        let old = bench.seats[0]
        let visitors = try (0..<8).map { _ in try bench.connect(old) }
        for (place, visitor) in visitors.enumerated() {
            visitor.say(Visitor.samples(of: "v\(place)", "move", from: 1, count: 1))
        }
        bench.settle()
        bench.order(.move(count: .max), to: old)
        for _ in 0..<bench.random.below(30) {
            bench.now += 1_000_000
            if bench.random.once(in: 2) {
                bench.turn(bench.random.pick(bench.seats))
            } else {
                bench.masterReads(bench.random.pick(bench.seats))
            }
        }
        let victim = bench.random.pick(bench.seats)
        bench.masterReads(victim)
        var lost: Set<UInt64> = []
        victim.worker.forEachConnection { worker, token in
            if let number = worker.connections.find(token)?.pointee.number, victim.adopting[number] == nil {
                lost.insert(number)
            }
        }
        let isQueueEmpty = victim.worker.intake.queue.isEmpty
        bench.kill(victim)
        bench.noticeDeaths()
        for (place, visitor) in visitors.enumerated() where !lost.contains(visitor.number) {
            visitor.say(Visitor.samples(of: "v\(place)", "move", from: 2, count: 3))
        }
        bench.settle()
        // What the victim had queued and not written died with it.
        guard isQueueEmpty else { return }
        for (place, visitor) in visitors.enumerated() {
            let isLost = lost.contains(visitor.number)
            #expect(bench.heard["v\(place)"] == (isLost ? [1] : [1, 2, 3, 4]), "v\(place)")
            #expect(bench.seen.filter { $0 == "v\(place) comes" }.count == 1)
            #expect(bench.seen.filter { $0 == "v\(place) leaves" }.count == (isLost ? 1 : 0))
        }
        #expect(bench.complaint == nil)
    }

    /// One whose connection is on its way with such a record.
    private func visitor(_ number: UInt64, at seat: MoveSeat, _ state: [UInt8]) throws -> Visitor {
        let pair = try SocketPair()
        seat.waiting.append(
            WaitingConnection(
                number: number, descriptor: try pair.second.duplicated().release(), state: state))
        return Visitor(stream: ByteStream(try pair.first.duplicated()), number: number)
    }

    /// What cannot be read is closed with a word to the visitor, and counted.
    @Test func whatCannotBeReadIsRefused() throws {
        let bench = try MoveBench(seats: 1, seed: 1)
        let seat = bench.seats[0]
        var number: UInt64 = 100
        for (state, close) in [
            ([], nil), ([1, 0], nil), ([9, 9, 3, 0, 1], 1012), ([1, 0, 3], 1012), ([1, 0, 1], nil),
        ] as [([UInt8], UInt16?)] {
            number += 1
            let visitor = try visitor(number, at: seat, state)
            bench.cluster.sendAllWaiting(bench.poller)
            bench.settle()
            #expect(visitor.hearClose() == close)
            #expect(visitor.awaitEnd())
        }
        #expect(seat.counters.value(.connectionsUnreadable) == 5)
        #expect(seat.worker.connections.count == 0 && seat.adopting.isEmpty)
    }

    /// A page that is to be told something is told once, by whichever worker.
    @Test func whatPagesAreToldGoesAlong() throws {
        let bench = try MoveBench(seats: 2, seed: 1)
        let (old, new) = (bench.seats[0], bench.seats[1])
        let page = WirePage(try bench.connect(old, saying: WirePage.handshake()))
        page.hello()
        page.send()
        bench.settle()
        #expect(try page.hears() == ["welcome new 60 50"])
        for seat in [old, new] { bench.order(.rate(10, batchMilliseconds: 200), to: seat) }
        bench.order(.closely(connection: page.number, rate: 60, batchMilliseconds: 20), to: old)
        bench.order(.moveAway(spreadMilliseconds: 7), to: old)
        bench.order(.move(count: .max), to: old)
        bench.settle()
        #expect(try page.hears().filter { $0 != "rate 10 200" } == ["rate 60 20", "move away 7"])
        #expect(new.worker.connections.count == 1)
        let asEveryone = ControlRecord.asEveryone
        bench.order(.closely(connection: page.number, rate: asEveryone, batchMilliseconds: 0), to: new)
        bench.settle()
        #expect(try page.hears() == ["rate 10 200"])
        bench.order(.moveAway(spreadMilliseconds: 8), to: new)
        bench.settle()
        #expect(try page.hears() == ["move away 8"])
    }

    /// Who waits for the master's word on a token moves behind it.
    @Test func whoWaitsForTheMastersWordStays() throws {
        let bench = try MoveBench(seats: 2, seed: 1)
        let (old, new) = (bench.seats[0], bench.seats[1])
        let first = WirePage(try bench.connect(old, saying: WirePage.handshake()))
        first.hello()
        first.send()
        bench.settle()
        _ = try first.hears()
        let second = WirePage(try bench.connect(old, saying: WirePage.handshake()))
        second.hello(token: first.token, instance: 2)
        second.send()
        for _ in 0..<3 { bench.turn(old) }
        bench.order(.move(count: .max), to: old)
        for _ in 0..<20 {
            bench.now += 5_000_000
            for seat in bench.seats { bench.turn(seat) }
            for seat in bench.seats { bench.masterReads(seat) }
        }
        #expect(old.worker.connections.count == 1 && new.worker.connections.count == 1)
        bench.order(.admit(connection: second.number), to: old)
        bench.settle()
        #expect(new.worker.connections.count == 2)
        #expect(try second.hears() == ["welcome resumed 60 50"])
    }
}
