import PosixIO
import RelayWire
import Testing

@testable import ClusterSupervisor
@testable import IngestWorker

/// Connections that were with a worker and are with none, and one that is nearly left behind.
@Suite struct StrayTests {
    /// A connection that is with no worker: the one it had has handed it over and is gone for good, and the
    /// other has no room.
    private func strayBesideAnother() throws -> (bench: MoveBench, stray: Visitor, other: Visitor) {
        var setup = MoveBench.Setup()
        setup.capacity = 1
        let bench = try MoveBench(seats: 2, seed: 1, setup)
        let old = bench.seats[0]
        let stray = try bench.connect(old)
        let other = try bench.connect(bench.seats[1])
        stray.say(Visitor.samples(of: "ann", "move", from: 1, count: 1))
        bench.turn(old)
        try bench.cluster.stop(bench.cluster.number(of: old.index), bench.poller, now: bench.now)
        for _ in 0..<2 { bench.turn(old) }
        bench.kill(old)
        bench.noticeDeaths()
        #expect(bench.cluster.strays.count == 1)
        return (bench, stray, other)
    }

    @Test func whoHasNoWorkerIsGivenToTheFirstThatHasRoom() throws {
        let (bench, stray, other) = try strayBesideAnother()
        for _ in 0..<400 {
            bench.now += 5_000_000
            bench.pass()
        }
        #expect(bench.cluster.strays.count == 1 && !stray.isCut)
        other.hangUp()
        stray.say(Visitor.samples(of: "ann", "move", from: 2, count: 1))
        bench.settle()
        #expect(bench.heard["ann"] == [1, 2] && bench.seen == ["ann comes"] && bench.complaint == nil)
    }

    /// Where nobody makes room its page is better off elsewhere, and later.
    @Test func whoHasNoWorkerIsLetGoAfterTenSeconds() throws {
        let (bench, stray, other) = try strayBesideAnother()
        let since = bench.now
        while bench.now - since < 9_900_000_000 {
            bench.now += 50_000_000
            bench.pass()
        }
        _ = stray.hear()
        #expect(!stray.isCut && bench.seen == ["ann comes"])
        bench.now += 1_200_000_000
        bench.settle()
        #expect(stray.awaitEnd() && bench.seen == ["ann comes", "ann leaves"] && bench.complaint == nil)
        #expect(bench.cluster.refusals.map(\.count) == [1, 0, 0, 0])
        _ = other.hear()
        #expect(!other.isCut)
    }

    /// Where descriptors are few a worker is asked for a part of what it has, and what it cannot hand over
    /// yet is moved with the last part.
    @Test func whatIsLeftOfAPartMoves() throws {
        let bench = try MoveBench(seats: 2, seed: 1)
        let (old, new) = (bench.seats[0], bench.seats[1])
        let open = try bench.connect(old)
        let poster = try bench.call(old)
        let body = #"{"id":"poster","x":1,"y":1}"#
        let request =
            "POST /events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        poster.say(Array(request.utf8.dropLast(3)))
        for _ in 0..<2 { bench.turn(old) }
        old.process?.isEmptiedInParts = true
        old.process?.movesAsked = 2
        bench.order(.move(count: 2), to: old)
        for _ in 0..<20 {
            bench.now += 5_000_000
            bench.pass()
        }
        #expect(old.worker.connections.count == 1)
        poster.say(Array(request.utf8.suffix(3)))
        bench.settle()
        #expect(old.worker.connections.count == 0 && new.worker.connections.count == 2)
        #expect(!open.isCut && bench.complaint == nil)
    }
}
