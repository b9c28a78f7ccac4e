import RelayWire
import Telemetry
import Testing
import WebSocketWire

@testable import IngestWorker

/// A master that does not read, and what its worker does meanwhile.
@Suite struct PressureTests {
    /// Of the largest message: every 20 bytes a record of 64 at most, whatever else comes with them.
    private static let messageRecords = 4 * 64 * 1024

    @Test func everyoneIsThereInOrderAndNobodyStarves() throws {
        let bench = try WorkerBench()
        let (messages, perMessage) = (12, 600)
        let names = (0..<24).map { "v\($0)" }
        var visitors: [Visitor] = []
        for _ in names { visitors.append(try bench.connect()) }
        for message in 0..<messages {
            for (visitor, name) in zip(visitors, names) {
                visitor.say(
                    Visitor.samples(of: name, "click", from: message * perMessage, count: perMessage))
            }
        }
        bench.settle()
        let queue = bench.worker.intake.queue.unfoldableBytes
        #expect(queue >= RelayLimits.unfoldableBytes)
        #expect(queue <= RelayLimits.unfoldableCeilingBytes + Self.messageRecords)
        #expect(bench.worker.intake.queue.storageBytes <= 4 * 1024 * 1024)

        let all = messages * perMessage
        var newcomers = 0
        for step in 0..<2000 where names.contains(where: { bench.heard[$0, default: []].count < all }) {
            // Others come all the time, and are heard once before they have to wait as well.
            if step % 8 == 0, newcomers < 20 {
                newcomers += 1
                let newcomer = try bench.call()
                newcomer.say(Visitor.handshake)
                newcomer.say(Visitor.samples(of: "n\(newcomers)", "click", from: 0, count: perMessage))
                visitors.append(newcomer)
            }
            bench.masterReads(65_536)
            for visitor in visitors { visitor.push() }
            bench.settle()
            let counts = names.map { bench.heard[$0, default: []].count }.filter { $0 < all }
            // One is read of up to two messages and a part at a time, and then comes behind all who wait.
            if let most = counts.max(), let least = counts.min(), most - least > 8 * perMessage {
                Issue.record("one has \(most) samples with the master, another \(least)")
                return
            }
        }
        for _ in 0..<200 {
            bench.masterReads(65_536)
            bench.settle()
        }
        let wanted = (0..<all).map(Double.init)
        for name in names where bench.heard[name] != wanted { Issue.record("\(name) is not there in order") }
        for number in 1...newcomers { #expect(bench.heard["n\(number)"]?.count == perMessage) }
        #expect(bench.worker.held.total == 0)
        #expect(bench.counters.value(.readStalls) > 0)
    }

    @Test func whoOnlyMovesIsHeardUntilTheCeiling() throws {
        let bench = try WorkerBench()
        let mover = try bench.connect()
        mover.say(Visitor.samples(of: "mover", "move", from: -1, count: 1))
        bench.settle()
        // Its joining could not be folded, what it says now can.
        mover.say(Visitor.samples(of: "mover", "move", from: 0, count: 1))
        bench.settle()
        var clickers: [Visitor] = []
        func click() throws {
            clickers.append(try bench.connect())
            clickers[clickers.count - 1].say(
                Visitor.samples(of: "c\(clickers.count)", "click", from: 0, count: 1500))
            bench.settle()
        }
        while !bench.worker.intake.queue.isOverUnfoldableLimit { try click() }
        mover.say(Visitor.samples(of: "mover", "move", from: 1, count: 10))
        bench.settle()
        #expect(bench.worker.counters.value(.eventsReceived) == UInt64(clickers.count * 1500 + 12))
        #expect(bench.connection(of: mover)?.pointee.wait == VisitorConnection.Wait.none)
        // Who brought some is not read again.
        clickers[clickers.count - 1].say(Visitor.samples(of: "c", "move", from: 0, count: 1))
        bench.settle()
        #expect(bench.worker.counters.value(.eventsReceived) == UInt64(clickers.count * 1500 + 12))

        while !bench.worker.intake.queue.isAtUnfoldableCeiling { try click() }
        let before = bench.worker.counters.value(.eventsReceived)
        mover.say(Visitor.samples(of: "mover", "move", from: 11, count: 10))
        let late = try bench.call()
        late.say(Visitor.handshake)
        bench.settle()
        #expect(bench.worker.counters.value(.eventsReceived) == before)
        #expect(bench.connection(of: mover)?.pointee.wait == .master)
        // Nobody's time runs while it cannot be heard.
        bench.pass(seconds: 1000)
        for _ in 0..<200 {
            bench.masterReads(65_536)
            bench.settle()
        }
        // What it said before the ceiling was folded into the newest of it.
        #expect(bench.heard["mover"] == [-1, 0] + (10..<21).map(Double.init))
        #expect(bench.heard["c"] == [0])
        #expect(String(decoding: late.hear(), as: UTF8.self).hasPrefix("HTTP/1.1 101 "))
    }

    /// A connection that is closed while it waits is watched for what it waits for then, and for no more.
    @Test func whoIsClosedWhileWaitingDoesNotSpin() throws {
        let bench = try WorkerBench()
        let clicker = try bench.connect()
        clicker.say(Visitor.samples(of: "clicker", "click", from: 0, count: 1500))
        let deaf = try bench.connect()
        for _ in 0..<100_000 where !bench.hasUnread(deaf) {
            deaf.say(Visitor.frame(Array("ping".utf8), opcode: 9))
            bench.settle()
        }
        while !bench.worker.intake.queue.isOverUnfoldableLimit {
            let other = try bench.connect()
            other.say(Visitor.samples(of: "other", "click", from: 0, count: 1500))
            bench.settle()
        }
        deaf.say(Visitor.samples(of: "deaf", "click", from: 0, count: 1))
        bench.settle()
        let token = try #require(bench.token(of: deaf))
        #expect(bench.connection(of: deaf)?.pointee.wait == .master)
        bench.worker.beginClose(token, .goingAway, "the server stops")
        #expect(bench.hasUnread(deaf))
        #expect(deaf.hearClose() == nil)
        bench.settle()
        #expect(deaf.hearClose() == 1001)
        #expect(!bench.hasUnread(deaf))
        bench.settle()
    }
}
