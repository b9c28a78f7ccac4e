import ByteCore
import Glibc
import PointerEvents
import PosixIO
import RelayWire
import Telemetry
import Testing

@testable import IngestWorker

/// A worker that accepts itself: when it does, what its master is told, and what it does with the answer.
@Suite struct DoorTests {
    private static let first: UInt64 = 1 << 62

    /// A worker at a listener, and the place of that.
    private func bench() throws -> (WorkerBench, SocketAddress) {
        let listener = try Listener(on: try SocketAddress(parsing: "127.0.0.1:0"))
        let address = listener.address
        let bench = try WorkerBench(listener: listener)
        bench.greetAsMaster()
        return (bench, address)
    }

    private func openDoor(_ bench: WorkerBench, _ how: Listening = .isOpen) {
        bench.order(.listen(how, first: Self.first))
        bench.settle()
    }

    private func call(_ address: SocketAddress, number: UInt64 = first) throws -> Visitor {
        Visitor(stream: ByteStream(try connecting(to: address)), number: number)
    }

    private func heard(_ visitor: Visitor, _ bench: WorkerBench) -> String {
        bench.settle()
        return String(decoding: visitor.hear(), as: UTF8.self)
    }

    @Test func nobodyComesInBeforeTheMasterSaysSo() throws {
        let (bench, address) = try bench()
        var ears = MasterEars()
        let visitor = try call(address)
        visitor.say(Visitor.handshake)
        #expect(heard(visitor, bench) == "" && bench.worker.connections.count == 0)
        openDoor(bench)
        #expect(heard(visitor, bench).hasPrefix("HTTP/1.1 101 "))
        #expect(try bench.masterHears(&ears) == ["\(Self.first) arrived"])
        #expect(bench.counters.value(.connectionsTaken) == 1)
        #expect(bench.counters.value(.connectionsAccepted) == 1)
        #expect(bench.counters.value(.connectionsOpen) == 1)
    }

    @Test func whoeverIsToldToStopTakesNobodyAndGoesOnLater() throws {
        let (bench, address) = try bench()
        openDoor(bench)
        openDoor(bench, [])
        let visitor = try call(address)
        visitor.say(Visitor.handshake)
        #expect(heard(visitor, bench) == "")
        openDoor(bench, [.isOpen, .isShared])
        #expect(heard(visitor, bench).hasPrefix("HTTP/1.1 101 "))
        // Those whose turn it was are watched for again.
        let other = try call(address, number: Self.first + 1)
        other.say(Visitor.handshake)
        #expect(heard(other, bench).hasPrefix("HTTP/1.1 101 "))
    }

    @Test func whoIsJudgedIsNotReadBefore() throws {
        let (bench, address) = try bench()
        var ears = MasterEars()
        openDoor(bench, [.isOpen, .judgesOthers, .judgesLoopback])
        let visitor = try call(address)
        visitor.say(Visitor.handshake)
        #expect(heard(visitor, bench) == "")
        #expect(bench.counters.value(.bytesReceived) == 0)
        #expect(try bench.masterHears(&ears) == ["\(Self.first) arrived, and waits"])
        let place = try #require(bench.token(of: visitor)).index
        // What is about another one, or another place, is about nobody.
        bench.order(.cut(connection: Self.first + 1, place: place))
        bench.order(.cut(connection: Self.first, place: place + 1))
        #expect(heard(visitor, bench) == "" && bench.worker.connections.count == 1)
        bench.order(.letIn(connection: Self.first, place: place))
        #expect(heard(visitor, bench).hasPrefix("HTTP/1.1 101 "))
        // Once it is in, no verdict is about it.
        bench.order(.turnAway(connection: Self.first, place: place))
        #expect(heard(visitor, bench) == "" && bench.worker.connections.count == 1)
    }

    @Test func whoIsTurnedAwayIsToldAndWhoIsCutIsNot() throws {
        let (bench, address) = try bench()
        var ears = MasterEars()
        openDoor(bench, [.isOpen, .judgesOthers, .judgesLoopback])
        let told = try call(address)
        told.say(Visitor.handshake)
        bench.settle()
        bench.order(
            .turnAway(connection: Self.first, place: try #require(bench.token(of: told)).index))
        #expect(heard(told, bench).hasPrefix("HTTP/1.1 429 "))
        told.hangUp()
        let cut = try call(address, number: Self.first + 1)
        bench.settle()
        bench.order(.cut(connection: Self.first + 1, place: try #require(bench.token(of: cut)).index))
        #expect(heard(cut, bench) == "" && bench.worker.connections.count == 0)
        #expect(
            try bench.masterHears(&ears) == [
                "\(Self.first) arrived, and waits", "\(Self.first) closed",
                "\(Self.first + 1) arrived, and waits", "\(Self.first + 1) closed",
            ])
    }

    /// Handed to another worker it would be read there without a verdict.
    @Test func whoWaitsForAVerdictDoesNotMove() throws {
        let (bench, address) = try bench()
        var ears = MasterEars()
        openDoor(bench, [.isOpen, .judgesOthers, .judgesLoopback])
        let visitor = try call(address)
        bench.settle()
        bench.order(.move(count: .max))
        bench.turn()
        bench.turn()
        #expect(try bench.masterHears(&ears) == ["\(Self.first) arrived, and waits"])
        let place = try #require(bench.token(of: visitor)).index
        bench.order(.letIn(connection: Self.first, place: place))
        bench.turn()
        bench.passQuietly(seconds: 1)
        bench.turn()
        bench.worker.flushChannels()
        #expect(try bench.masterHears(&ears) == ["\(Self.first) moved"])
    }

    @Test func whoIsFullLeavesTheOthersToOthers() throws {
        let (bench, address) = try bench()
        openDoor(bench)
        bench.worker.capacity = 2
        let visitors = try (0..<3).map { try call(address, number: Self.first + $0) }
        bench.settle()
        #expect(bench.worker.connections.count == 2)
        visitors[0].hangUp()
        bench.settle()
        bench.settle()
        #expect(bench.worker.connections.count == 2 && bench.counters.value(.connectionsTaken) == 3)
    }

    /// The master gives away a last place while the worker takes it itself.
    @Test func whoIsHandedOverWhenItIsFullIsTurnedAway() throws {
        let (bench, address) = try bench()
        var ears = MasterEars()
        openDoor(bench)
        bench.worker.capacity = 1
        let inside = try call(address)
        inside.say(Visitor.handshake)
        #expect(heard(inside, bench).hasPrefix("HTTP/1.1 101 "))
        let late = try bench.call()
        late.say(Visitor.handshake)
        #expect(heard(late, bench).hasPrefix("HTTP/1.1 503 "))
        late.hangUp()
        bench.settle()
        #expect(bench.counters.value(.connectionsPastCapacity) == 1)
        #expect(bench.worker.connections.count == 1)
        #expect(try bench.masterHears(&ears) == ["\(Self.first) arrived", "\(late.number) closed"])
    }

    @Test func whoStopsTakesNobody() throws {
        let (bench, address) = try bench()
        openDoor(bench)
        bench.worker.stop(within: 1000)
        let visitor = try call(address)
        visitor.say(Visitor.handshake)
        #expect(heard(visitor, bench) == "" && bench.worker.connections.count == 0)
    }
}
