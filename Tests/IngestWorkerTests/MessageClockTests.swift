import Telemetry
import Testing

@testable import IngestWorker

/// A message has its time from its first byte, whatever comes in between.
@Suite struct MessageClockTests {
    private static let message = Visitor.samples(of: "ann", "click", from: 0, count: 20)
    private static let ping = Visitor.frame([], opcode: 9)

    @Test func aMessageThatTricklesInHasItsTimeInAll() throws {
        let bench = try WorkerBench()
        let visitor = try bench.connect()
        for (second, byte) in Self.message.prefix(29).enumerated() {
            visitor.say([byte])
            bench.settle()
            bench.pass(seconds: 1)
            #expect(visitor.hearClose() == nil, "after \(second) s")
        }
        visitor.say([Self.message[29]])
        bench.settle()
        bench.pass(seconds: 1)
        #expect(visitor.hearClose() == 1008)
        #expect(bench.counters.value(.messageTimeouts) == 1)
        #expect(bench.worker.held.total == 0)
    }

    @Test(arguments: [0, 5])
    func fragmentsAndPingsBuyNoTime(firstFragment: Int) throws {
        let bench = try WorkerBench()
        let visitor = try bench.connect()
        visitor.say(Visitor.frame([UInt8](repeating: 0x20, count: firstFragment), isFinal: false))
        for _ in 0..<3 {
            bench.settle()
            bench.pass(seconds: 9)
            visitor.say(Self.ping + Visitor.frame([0x20], opcode: 0, isFinal: false))
        }
        bench.settle()
        #expect(visitor.hearClose() == nil)
        bench.pass(seconds: 3)
        #expect(visitor.hearClose() == 1008)
    }

    @Test func everyMessageHasATimeOfItsOwn() throws {
        let bench = try WorkerBench()
        let visitor = try bench.connect()
        let half = Self.message.count / 2
        for _ in 0..<5 {
            visitor.say(Array(Self.message.prefix(half)))
            bench.settle()
            bench.pass(seconds: 20)
            // The end of one and the start of the next come together.
            visitor.say(Array(Self.message.dropFirst(half)) + Self.message.prefix(half))
            bench.settle()
            bench.pass(seconds: 20)
            visitor.say(Array(Self.message.dropFirst(half)))
            bench.settle()
        }
        #expect(visitor.hearClose() == nil)
        bench.masterReads(200_000)
        #expect(bench.heard["ann"]?.count == 200)
        #expect(bench.counters.value(.messageTimeouts) == 0)
        // Nothing is half there any more: only silence ends it now.
        bench.pass(seconds: 46)
        bench.pass(seconds: 9)
        #expect(visitor.hearClose() == 1001)
    }
}
