import PointerEvents
import PosixIO
import RelayWire
import Telemetry
import TestSupport
import Testing

@testable import IngestWorker

/// A message that is refused has no effect at all: not on who speaks, not on what the master is told, not on
/// what the next message of a format that keeps state builds upon.
@Suite struct MessageRollbackTests {
    @Test func messagesBuildUponOneAnother() throws {
        let bench = try IntakeBench(connections: 2)
        var listener = IntakeListener()
        let first = [
            DeltaRecord(id: "ann", position: .at(800, 400), page: .told("/a")),
            DeltaRecord(position: .by(-5, 7)),
        ]
        #expect(bench.receive(DeltaRecord.message(first), from: 0) == nil)
        #expect(
            try listener.hear(bench.drain()) == [
                "0 ann: join", "0 ann: move 800 400 on /a", "0 ann: move 795 407",
            ])
        // Another connection has a state of its own.
        #expect(bench.receive(DeltaRecord.message([DeltaRecord(position: .by(1, 1))]), from: 1) == 1008)
        let second = DeltaRecord(position: .by(5, 3), page: .again, kind: .click)
        #expect(bench.receive(DeltaRecord.message([second]), from: 0) == nil)
        #expect(try listener.hear(bench.drain()) == ["0 ann: click 800 410 on /a"])
    }

    /// Ways to be refused, each with some that is good in front of the fault.
    enum Fault: CaseIterable {
        case badByte, longID, tooManySamples, tooManyIDs, tooManyVisitors, text

        var code: UInt16 {
            switch self {
            case .badByte, .longID, .tooManyIDs: 1008
            case .tooManySamples: 1009
            case .tooManyVisitors: 1013
            case .text: 1003
            }
        }

        var bytes: [UInt8] {
            let good = DeltaRecord(id: "eve", position: .at(9, 9), page: .told("/eve"))
            var records = [good, DeltaRecord(position: .by(1, 1))]
            switch self {
            case .badByte: return DeltaRecord.message(records) + [0x80, 1, 1] + good.bytes
            case .longID: records.append(DeltaRecord(id: String(repeating: "i", count: 65)))
            case .tooManySamples: records += Array(repeating: DeltaRecord(), count: 4095)
            // The connection has said two ids; all together have room for 300.
            case .tooManyIDs: records += (0..<254).map { DeltaRecord(id: "many\($0)") }
            case .tooManyVisitors: records += (0..<200).map { DeltaRecord(id: "crowd\($0)") }
            case .text: break
            }
            return DeltaRecord.message(records)
        }
    }

    @Test(arguments: Fault.allCases)
    func aRefusedMessageLeavesNoTrace(fault: Fault) throws {
        let limit = fault == .tooManyVisitors ? 200 : 300
        let bench = try IntakeBench(connections: 1, visitorLimit: limit)
        let twin = try IntakeBench(connections: 1, visitorLimit: limit)
        let before = [
            DeltaRecord(id: "ann", position: .at(800, 400), page: .told("/a")), DeltaRecord(id: "ben"),
            DeltaRecord(id: "ann", position: .by(1, 1)),
        ]
        for each in [bench, twin] {
            #expect(each.receive(DeltaRecord.message(before), from: 0) == nil)
            _ = each.drain()
        }
        let snapshot = bench.snapshot
        #expect(bench.receive(fault.bytes, fault == .text ? .text : .binary, from: 0) == fault.code)
        #expect(bench.snapshot == snapshot)
        let after = [
            DeltaRecord(position: .by(1, 1), page: .again), DeltaRecord(id: "eve", page: .told("/eve")),
        ]
        for each in [bench, twin] { #expect(each.receive(DeltaRecord.message(after), from: 0) == nil) }
        #expect(bench.drain() == twin.drain())
        #expect(bench.snapshot == twin.snapshot)
    }

    /// A message that ends within a record is refused, and what comes behind it is as without it.
    @Test func everyMessageCutAtEveryByte() throws {
        let messages: [[DeltaRecord]] = [
            [DeltaRecord(id: "ann", position: .at(1, -2), page: .told("/a"))],
            [DeltaRecord(position: .by(3, 4)), DeltaRecord(id: "ben", page: .again, kind: .down)],
            [
                DeltaRecord(id: "ann", page: .told("")),
                DeltaRecord(id: "cid", position: .by(-1, 0), kind: .leave),
            ],
            [DeltaRecord(page: .again, kind: .scroll)],
        ]
        for upTo in messages.indices {
            let bytes = DeltaRecord.message(messages[upTo])
            for count in bytes.indices {
                let bench = try IntakeBench(connections: 1)
                let twin = try IntakeBench(connections: 1)
                for message in messages[..<upTo] {
                    for each in [bench, twin] {
                        #expect(each.receive(DeltaRecord.message(message), from: 0) == nil)
                    }
                }
                let whole = DeltaRecord.wholeRecords(of: messages[upTo], in: count)
                #expect(bench.receive(Array(bytes[..<count]), from: 0) == (whole == nil ? 1008 : nil))
                if let whole {
                    let shorter = DeltaRecord.message(Array(messages[upTo][..<whole]))
                    #expect(twin.receive(shorter, from: 0) == nil)
                }
                for message in messages[upTo...] {
                    for each in [bench, twin] {
                        #expect(each.receive(DeltaRecord.message(message), from: 0) == nil)
                    }
                }
                #expect(bench.drain() == twin.drain())
                #expect(bench.snapshot == twin.snapshot)
            }
        }
    }

    /// JSON takes the same way.
    @Test func everyMessageOfJSONCutAtEveryByte() throws {
        let counters = try SharedPage(name: "test")
        let page = CountersPage(memory: counters.memory)
        let message = Array(#"[{"id":"ann","x":1,"y":2,"p":"/a"},{"id":"b\u0065n","x":3.5,"y":-4e1}]"#.utf8)
        var intake = SampleIntake(seed: 7)
        var twin = SampleIntake(seed: 7)
        var decoder = JSONPointerDecoder()
        var speakers = SpeakerList(connection: 1)
        var nothing: Void = ()
        for count in message.indices {
            let cut = Array(message[..<count])
            let code = intake.take(
                cut, .text, with: &decoder, &nothing, from: &speakers, index: 0, counters: page)
            #expect(code == 1007)
            #expect(speakers.first == SpeakerTable.none && speakers.lastHeard == SpeakerTable.none)
        }
        var others = SpeakerList(connection: 1)
        let code = intake.take(
            message, .text, with: &decoder, &nothing, from: &speakers, index: 0, counters: page)
        #expect(code == nil)
        #expect(
            twin.take(message, .text, with: &decoder, &nothing, from: &others, index: 0, counters: page)
                == nil)
        #expect(Array(intake.queue.readable) == Array(twin.queue.readable))
    }

    @Test func historiesAgreeWithTheModel() throws {
        var refused: [UInt16: Int] = [:]
        for seed in 0..<150 {
            var history = try IntakeHistory(seed: UInt64(seed))
            if let difference = try history.firstDifference(steps: 60) {
                Issue.record("seed \(seed): \(difference)")
                return
            }
            refused.merge(history.refused, uniquingKeysWith: +)
        }
        // Each way to be refused has come up.
        for code: UInt16 in [1003, 1008, 1009, 1013] { #expect(refused[code, default: 0] > 5) }
    }

    /// A model that notices nothing proves nothing: each of these must be seen.
    @Test(arguments: IntakeFault.allCases)
    func everyMutantIsCaught(fault: IntakeFault) throws {
        for seed in 0..<200 {
            var history = try IntakeHistory(seed: UInt64(seed), fault: fault)
            if try history.firstDifference(steps: 60) != nil { return }
        }
        Issue.record("\(fault) went unnoticed")
    }

    @Test(arguments: DeltaDecoder.Fault.allCases)
    func everyMutantOfTheDecoderIsCaught(fault: DeltaDecoder.Fault) throws {
        for seed in 0..<200 {
            var history = try IntakeHistory(seed: UInt64(seed), decoderFault: fault)
            if try history.firstDifference(steps: 60) != nil { return }
        }
        Issue.record("\(fault) went unnoticed")
    }

    @Test func asManySamplesAsTheLimitAndNoMore() throws {
        let bench = try IntakeBench(connections: 1)
        var records = Array(repeating: DeltaRecord(position: .by(1, 0)), count: Limits.samplesPerMessage)
        records[0].id = "ann"
        #expect(bench.receive(DeltaRecord.message(records), from: 0) == nil)
        #expect(bench.counters.value(.eventsReceived) == 4096)
        #expect(bench.receive(DeltaRecord.message(records + [DeltaRecord()]), from: 0) == 1009)
        #expect(bench.counters.value(.eventsReceived) == 4096)
    }
}
