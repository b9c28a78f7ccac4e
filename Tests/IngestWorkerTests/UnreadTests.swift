import PosixIO
import Testing
import WebSocketWire

@testable import IngestWorker

/// The poller tells of a connection once, when something comes: all of that is read, however it came.
@Suite struct UnreadTests {
    private func isToldOfNewsOnly(_ visitor: Visitor, of bench: WorkerBench) -> Bool {
        bench.connection(of: visitor)?.pointee.watched.contains(.onlyNews) ?? false
    }

    /// A page's few bytes are told of once, and nothing is asked about them afterwards.
    @Test func whoIsReadToItsEndIsToldOfOnce() throws {
        let bench = try WorkerBench()
        let visitor = try bench.connect()
        for x in 0..<5 {
            visitor.say(Visitor.samples(of: "a", "move", from: x, count: 1))
            #expect(try bench.worker.poller.wait(timeoutMilliseconds: 0) == 1)
            bench.worker.work(on: 1, at: bench.worker.now)
            #expect(try bench.worker.poller.wait(timeoutMilliseconds: 0) == 0)
            #expect(isToldOfNewsOnly(visitor, of: bench))
        }
        bench.masterReadsAll()
        #expect(bench.heard["a"] == [0, 1, 2, 3, 4])
    }

    /// Who has more than one read takes is told of until all was read, though nothing more comes.
    @Test func whatOneReadLeavesIsReadByTheNext() throws {
        let bench = try WorkerBench()
        let visitor = try bench.connect()
        let count = 3 * WorkerLimits.receiveBytes / 40
        visitor.say((0..<count).flatMap { Visitor.samples(of: "a", "move", from: $0, count: 1) })
        #expect(visitor.hasSaidAll)
        bench.turn()
        #expect(!isToldOfNewsOnly(visitor, of: bench))
        bench.settle()
        bench.masterReadsAll()
        #expect(bench.heard["a"]?.count == count)
        #expect(isToldOfNewsOnly(visitor, of: bench))
    }

    /// The end behind the last message is seen, though it came with it; so is one behind nothing.
    @Test(arguments: [0, 1, 2000]) func theEndIsSeenBehindWhatWasSaid(count: Int) throws {
        let bench = try WorkerBench()
        let visitor = try bench.connect()
        visitor.say((0..<count).flatMap { Visitor.samples(of: "a", "move", from: $0, count: 1) })
        #expect(visitor.hasSaidAll)
        visitor.hangUp()
        bench.settle()
        bench.masterReadsAll()
        #expect(bench.heard["a"]?.count ?? 0 == count)
        #expect(bench.token(of: visitor) == nil)
        #expect(bench.present.isEmpty)
    }

    /// What is told of while a connection waits for its turn is read after it, though the turn went to what
    /// was left of a read before.
    @Test func whatComesDuringAWaitIsReadAfterIt() throws {
        let bench = try WorkerBench()
        let visitor = try bench.connect()
        let message = Visitor.samples(of: "a", "move", from: 7, count: 1)
        visitor.say(Array(message.prefix(10)))
        bench.settle()
        let token = try #require(bench.token(of: visitor))
        let connection = try #require(bench.connection(of: visitor))
        connection.pointee.wait = .turn(told: .never)
        visitor.say(Array(message.dropFirst(10)))
        bench.turn()
        #expect(try bench.worker.poller.wait(timeoutMilliseconds: 0) == 0)
        connection.pointee.wait = .none
        connection.pointee.hasRest = true
        bench.worker.readAndEnqueueRest(token, connection)
        bench.settle()
        bench.masterReadsAll()
        #expect(bench.heard["a"] == [7])
    }

    /// What is on its way when a connection is closed is read and dropped, so that its peer is not reset.
    @Test func whoIsClosedIsReadToItsEnd() throws {
        let bench = try WorkerBench()
        let visitor = try bench.connect()
        connectionIsBusy(visitor, of: bench)
        visitor.say(Visitor.samples(of: "a", "move", from: 0, count: 1))
        bench.turn()
        bench.worker.beginClose(try #require(bench.token(of: visitor)), .goingAway, "the server stops")
        bench.settle()
        #expect(visitor.hearClose() == 1001)
        visitor.hangUp()
        bench.settle()
        #expect(bench.token(of: visitor) == nil)
    }

    /// Has a connection wait for its turn, so that it is told of something and not read.
    private func connectionIsBusy(_ visitor: Visitor, of bench: WorkerBench) {
        bench.connection(of: visitor)?.pointee.wait = .turn(told: .never)
    }
}
