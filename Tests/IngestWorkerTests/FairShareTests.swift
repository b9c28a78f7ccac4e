import PointerEvents
import RelayWire
import Telemetry
import Testing

@testable import IngestWorker

/// A worker whose visitors do not keep to their share.
@Suite struct FairShareTests {
    private static func message(_ ids: Range<Int>) -> [UInt8] {
        let samples = ids.map { #"{"id":"v\#($0)","x":1,"y":1}"# }
        return Visitor.frame(Array("[\(samples.joined(separator: ","))]".utf8))
    }

    private func open(_ bench: WorkerBench) -> UInt64 { bench.counters.value(.connectionsOpen) }

    @Test func whoSpeaksForManyIsTheFirstForWhomThereIsNoRoom() throws {
        let bench = try WorkerBench(sharedPlaces: 1_024)
        let greedy = try (0..<6).map { _ in try bench.connect() }
        for (index, visitor) in greedy.enumerated() {
            visitor.say(Self.message(index * 200..<(index + 1) * 200))
            bench.settle()
        }
        let codes = greedy.map { $0.hearClose() }
        #expect(codes[..<3].allSatisfy { $0 == nil })
        #expect(codes.contains(1013))
        // Everyone who speaks for one finds a place, whatever the others have.
        for number in 0..<100 {
            let visitor = try bench.connect()
            visitor.say(Self.message(10_000 + number..<10_001 + number))
            bench.settle()
            #expect(visitor.hearClose() == nil)
        }
        // Who goes gives theirs back.
        for visitor in greedy { visitor.hangUp() }
        bench.settle()
        #expect(bench.worker.intake.interner.places.taken == 0)
        let whole = try bench.connect()
        whole.say(Self.message(0..<256))
        bench.settle()
        #expect(whole.hearClose() == nil)
    }

    @Test func theMasterMayHaveNoPlace() throws {
        let bench = try WorkerBench()
        bench.greetAsMaster()
        var ears = MasterEars()
        let (late, other) = (try bench.connect(), try bench.connect())
        for (visitor, id) in [(late, "late"), (other, "other")] {
            visitor.say(Visitor.samples(of: id, "move", from: 0, count: 1))
            bench.settle()
        }
        _ = try bench.masterHears(&ears)
        // Slots that nobody has, and that somebody else has.
        let wrong: [(number: UInt64, slot: UInt32)] = [
            (late.number, 1), (late.number, 77), (99, 0), (late.number, .max),
        ]
        for (number, slot) in wrong { bench.order(.noPlace(connection: number, slot: slot)) }
        bench.settle()
        #expect(open(bench) == 2)
        bench.order(.noPlace(connection: late.number, slot: 0))
        bench.settle()
        #expect(late.hearClose() == 1013 && other.hearClose() == nil)
        #expect(try bench.masterHears(&ears) == ["1 late: leave"])
        #expect(bench.counters.value(.messagesRefused1013) == 1)
    }

    @Test func ofAFloodEachReadsNewestMoveGoesOn() throws {
        // What one connection may bring is another test's.
        var limits = IngestLimits()
        (limits.eventsPerSecond, limits.bytesPerSecond) = (0, 0)
        let bench = try WorkerBench(limits: limits)
        let (loud, quiet) = (try bench.connect(), try bench.connect())
        let budget = WorkerLimits.sampleBurst
        var said = 0
        func flood(_ count: Int) {
            for _ in 0..<count {
                loud.say(Visitor.samples(of: "loud", "move", from: said, count: 1_000))
                said += 1_000
                bench.settle()
                for _ in 0..<4 { bench.masterReads(65_536) }
            }
        }
        flood(budget / 1_000)
        #expect(bench.heard["loud"]?.count == said, "what there is room for goes on as it is")
        // By the clock of the first time that all was taken there is as much again.
        flood(60)
        loud.say(Visitor.samples(of: "loud", "click", from: -2, count: 2))
        quiet.say(Visitor.samples(of: "quiet", "move", from: 0, count: WorkerLimits.greedySamples - 1))
        bench.settle()
        for _ in 0..<4 { bench.masterReads(65_536) }
        let heard = try #require(bench.heard["loud"])
        #expect(heard.suffix(3) == [Double(said - 1), -2, -1])
        #expect(heard.count < 2 * budget + 1_200)
        #expect(bench.heard["quiet"]?.count == WorkerLimits.greedySamples - 1)
        // Nobody is missing from the sum.
        let received = bench.counters.value(.eventsReceived)
        #expect(received == UInt64(said + 2 + WorkerLimits.greedySamples - 1))
        #expect(
            received == bench.worker.intake.queue.foldedCount + UInt64(heard.count)
                + UInt64(WorkerLimits.greedySamples - 1))
        #expect(bench.counters.value(.readsConflated) > 0)
    }

    @Test func whoTellsEverNewTextsLosesTheirOwn() throws {
        let bench = try WorkerBench()
        bench.greetAsMaster()
        var ears = MasterEars()
        let (greedy, usual) = (try bench.connect(), try bench.connect())
        func say(_ visitor: Visitor, _ id: String, _ page: String) throws -> String? {
            visitor.say(Visitor.frame(Array(#"{"id":"\#(id)","x":1,"y":1,"p":"\#(page)"}"#.utf8)))
            bench.settle()
            return try bench.masterHears(&ears).last
        }
        for number in 0..<512 {
            #expect(try say(greedy, "g", "/\(number)") == "1 g: move 1 1 on /\(number)")
        }
        for number in 512..<520 { #expect(try say(greedy, "g", "/\(number)") == "1 g: move 1 1 on nowhere") }
        #expect(try say(greedy, "g", "/7") == "1 g: move 1 1 on /7", "one that is known costs nothing")
        #expect(try say(usual, "u", "/512") == "2 u: move 1 1 on /512")
        #expect(try say(greedy, "g", "/512") == "1 g: move 1 1 on /512")
        bench.worker.flushChannels()
        #expect(bench.counters.value(.textsWithheld) == 8)
        #expect(bench.counters.value(.eventsReceived) == 523)
    }
}
