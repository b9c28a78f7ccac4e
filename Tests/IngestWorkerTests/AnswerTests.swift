import ByteCore
import RelayWire
import Testing
import WebSocketWire

@testable import IngestWorker

/// What pings and hellos are answered with goes out at the end of a turn, behind what was said before it.
@Suite struct AnswerTests {
    private func ping(_ payload: String) -> [UInt8] { Visitor.frame(Array(payload.utf8), opcode: 9) }

    @Test func allWhoPingInATurnAreAnsweredInIt() throws {
        let bench = try WorkerBench()
        let visitors = try (0..<5).map { _ in try bench.connect() }
        for round in 0..<3 {
            for (place, visitor) in visitors.enumerated() {
                let sample = Visitor.samples(of: "v\(place)", "move", from: round, count: 1)
                visitor.say(sample + ping("\(round)"))
            }
            bench.turn()
            for visitor in visitors { #expect(visitor.hear() == [0x8A, 1] + Array("\(round)".utf8)) }
            // All of it was written before the first answer.
            let isDone = bench.worker.intake.queue.isEmpty && bench.worker.answering.isEmpty
            #expect(isDone)
        }
        bench.masterReads(1 << 20)
        for place in 0..<5 { #expect(bench.heard["v\(place)"] == [0, 1, 2]) }
    }

    /// Who pings much waits for no turn's end: what it is answered is bounded.
    @Test func whoPingsMuchIsAnsweredAtOnce() throws {
        let bench = try WorkerBench()
        let visitor = try bench.connect()
        let payload = String(repeating: "p", count: 100)
        let count = 2 * WorkerLimits.answerBytes / 102
        visitor.say((0..<count).flatMap { _ in ping(payload) })
        bench.turn()
        #expect(visitor.hear().count == count * 102)
        #expect(bench.connection(of: visitor)?.pointee.keepsNothing == true)
    }

    @Test func theAnswerComesBeforeTheClose() throws {
        let bench = try WorkerBench()
        let visitor = try bench.connect()
        visitor.say(ping("a") + Visitor.frame(Array("{}".utf8)))
        bench.turn()
        let heard = visitor.hear()
        #expect(heard.starts(with: [0x8A, 1, UInt8(ascii: "a"), 0x88]))
    }

    @Test func whoIsGoneByThenCostsNobodyAnything() throws {
        let bench = try WorkerBench()
        let (gone, other) = (try bench.connect(), try bench.connect())
        gone.say(ping("a"))
        other.say(ping("b"))
        gone.hangUp()
        bench.turn()
        bench.settle()
        #expect(other.hear() == [0x8A, 1, UInt8(ascii: "b")])
        let isDone = bench.worker.answering.isEmpty
        #expect(isDone)
    }
}
