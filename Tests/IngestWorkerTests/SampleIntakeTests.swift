import ByteCore
import IdentityWire
import PointerEvents
import PosixIO
import RelayWire
import Telemetry
import Testing

@testable import IngestWorker

/// What a worker puts on its data channel for what a connection says.
@Suite struct SampleIntakeTests {
    private final class Bench {
        var intake: SampleIntake
        var connection: VisitorConnection
        let page: SharedPage
        let counters: CountersPage
        var reader = RelayReader(from: .worker)

        init(visitorLimit: Int = 1000) throws {
            intake = SampleIntake(seed: 7, visitorLimit: visitorLimit)
            let pair = try SocketPair()
            connection = VisitorConnection(stream: ByteStream(pair.first), number: 99, nowSeconds: 0)
            page = try SharedPage(name: "test")
            counters = CountersPage(memory: page.memory)
            _ = records()
        }

        func receive(_ message: String, _ kind: MessageKind = .text) -> String {
            let outcome = Array(message.utf8).withUnsafeBytes {
                intake.receive(
                    $0, kind, from: &connection, index: 5, receivedNanoseconds: 1234, counters: counters)
            }
            switch outcome {
            case .accepted: return "accepted"
            case .noted(let notes, _): return "\(notes)"
            case .refused(let code, _): return "\(code)"
            }
        }

        /// Everything queued since the last call, in words.
        func records() -> [String] {
            var words: [String] = []
            var bytes = ByteBuffer(capacity: 65_536)
            bytes.append(intake.queue.readable)
            intake.queue.wrote(intake.queue.count)
            while let (record, consumed) = try? reader.next(bytes.readable) {
                switch record {
                case .hello: words.append("hello")
                case .sample(let sample):
                    words.append("sample \(sample.pointee.slot) \(sample.pointee.x) \(sample.pointee.y)")
                case .join(let join):
                    words.append(
                        "join \(join.slot) \(join.connection) \(String(decoding: join.id, as: UTF8.self))")
                case .tailedSample(let sample, let tail):
                    let tail = tail.pointee
                    words.append(
                        "sample \(sample.pointee.slot) \(sample.pointee.x) \(sample.pointee.y)"
                            + " name \(tail.name) element \(tail.element)")
                case .leave(let slot, let connection, let mayReturn):
                    words.append("leave \(slot) \(connection)\(mayReturn ? " for now" : "")")
                case .text(let kind, let index, let bytes):
                    words.append("\(kind) \(index) \(String(decoding: bytes, as: UTF8.self))")
                case .noText(let kind, let index): words.append("\(kind) \(index) means none")
                case .closed(let connection): words.append("closed \(connection)")
                case .connection, .moving, .moved, .adopt, .adopted, .arrived, .identityKey:
                    words.append("not a worker's")
                }
                bytes.consume(consumed)
            }
            return words
        }
    }

    @Test func whatNobodySaysAnyMoreTheMasterForgetsToo() throws {
        let bench = try Bench()
        let said = #"{"id":"a","x":1,"y":2,"k":"click","p":"/p","n":"Zoë","el":"a.b"}"#
        #expect(bench.receive(said) == "accepted")
        #expect(bench.records().count == 5)
        for second: Int64 in 0..<(2 * WorkerLimits.textSeconds) {
            bench.intake.forgetUnsaidTexts(atSecond: second)
        }
        #expect(bench.records() == ["page 0 means none", "name 0 means none", "element 0 means none"])
        // Said again, they are told again.
        #expect(bench.receive(said) == "accepted")
        #expect(
            bench.records()
                == ["page 0 /p", "name 0 Zoë", "element 0 a.b", "sample 0 1.0 2.0 name 0 element 0"])
    }

    @Test func aVisitorJoinsOnceAndLeavesBehindTheLastSample() throws {
        let bench = try Bench()
        #expect(bench.receive(#"{"id":"ann","x":1,"y":2}"#) == "accepted")
        #expect(bench.receive(#"{"id":"ann","x":3,"y":4.5}"#) == "accepted")
        #expect(bench.records() == ["join 0 99 ann", "sample 0 1.0 2.0", "sample 0 3.0 4.5"])
        bench.intake.leave(&bench.connection)
        #expect(bench.records() == ["leave 0 99"])
        #expect(bench.counters.value(.eventsReceived) == 2)
    }

    @Test func anArrayMaySpeakForMany() throws {
        let bench = try Bench()
        let message = #"[{"id":"a","x":1,"y":1},{"id":"b","x":2,"y":2},{"id":"a","x":3,"y":3,"p":"/x"}]"#
        #expect(bench.receive(message) == "accepted")
        let records = bench.records()
        #expect(Set(records.prefix(2)) == ["join 0 99 a", "join 1 99 b"])
        #expect(
            records.dropFirst(2) == ["sample 0 1.0 1.0", "sample 1 2.0 2.0", "page 0 /x", "sample 0 3.0 3.0"])
        bench.intake.leave(&bench.connection)
        #expect(Set(bench.records()) == ["leave 0 99", "leave 1 99"])
    }

    @Test func namesAndElementsCrossOnce() throws {
        let bench = try Bench()
        let message = #"""
            [{"id":"a","x":1,"y":1,"n":"Ann","el":"a#b"},{"id":"a","x":2,"y":2,"p":"/x","el":""},
             {"id":"b","x":3,"y":3,"n":"Bob","el":"a#b"},{"id":"b","x":4,"y":4,"n":"Ann"}]
            """#
        #expect(bench.receive(message) == "accepted")
        #expect(
            bench.records().dropFirst(2) == [
                "name 0 Ann", "element 0 a#b", "sample 0 1.0 1.0 name 0 element 0",
                "page 0 /x", "element 1 ", "sample 0 2.0 2.0 name 0 element 1",
                "name 1 Bob", "sample 1 3.0 3.0 name 1 element 0", "sample 1 4.0 4.0 name 0 element 0",
            ])
        #expect(bench.counters.value(.eventsReceived) == 4)
    }

    @Test func aSignedIDIsItsVisitorsAlone() throws {
        let bench = try Bench()
        let key = try #require(IdentityKey(bytes: [UInt8](repeating: 7, count: 32)))
        let id = SignedID(random: [UInt8](repeating: 1, count: 9), key: key).bytes
        let signed = String(decoding: id, as: UTF8.self)
        // Of no meaning before there is a key.
        #expect(bench.receive(#"{"id":"\#(signed)","x":1,"y":1}"#) == "accepted")
        bench.intake.leave(&bench.connection)
        _ = bench.records()
        bench.intake.interner.identityKey = key
        #expect(bench.receive(#"{"id":"a","x":1,"y":1}"#) == "accepted")
        _ = bench.records()
        for message in [
            #"{"id":"\#(signed)","x":1,"y":1}"#, #"{"x":1,"y":1,"id":"\u007e\#(signed.dropFirst())"}"#,
            #"[{"id":"b","x":1,"y":1},{"id":"\#(signed)","x":1,"y":1},{"id":"c","x":1,"y":1}]"#,
        ] {
            #expect(bench.receive(message) == "1008")
            #expect(bench.records().isEmpty)
            #expect(bench.connection.speakers.count == 1)
        }
        // What only looks like one is anybody's.
        let other = String(signed.dropLast()) + (signed.hasSuffix("A") ? "B" : "A")
        for id in [other, String(signed.dropLast()), signed + "A", "~"] {
            #expect(bench.receive(#"{"id":"\#(id)","x":1,"y":1}"#) == "accepted")
        }
    }

    @Test func anEmptyArrayIsNothing() throws {
        let bench = try Bench()
        #expect(bench.receive("[]") == "accepted")
        #expect(bench.records().isEmpty)
    }

    @Test func aRefusedMessageLeavesNoTrace() throws {
        let bench = try Bench()
        #expect(bench.receive(#"[{"id":"a","x":1,"y":1},{"id":"b","x":1}]"#) == "1008")
        #expect(bench.receive(#"[{"id":"a","x":1,"y":1},{"#) == "1007")
        #expect(bench.records().isEmpty)
        #expect(bench.connection.speakers.count == 0)
        #expect(bench.counters.value(.eventsReceived) == 0)
    }

    @Test func jsonIsText() throws {
        let bench = try Bench()
        #expect(bench.receive(#"{"id":"a","x":1,"y":1}"#, .binary) == "1003")
        #expect(bench.records().isEmpty)
        #expect(bench.receive(#"{"id":"a","x":1,"y":1}"#) == "accepted")
    }

    /// As many samples as a message of JSON can hold, with an escape in each.
    private static let fullest: (message: String, samples: Int) = {
        let sample = #"{"x":1,"y":2,"id":"\/"}"#
        let most = (Limits.messageBytes - 1) / (sample.utf8.count + 1)
        return ("[\(Array(repeating: sample, count: most).joined(separator: ","))]", most)
    }()

    @Test func theFullestMessageFitsAndWhatItTookIsGivenBack() throws {
        let bench = try Bench()
        #expect(bench.receive(#"{"id":"a","x":1,"y":1}"#) == "accepted")
        _ = bench.records()
        // The queue gives back by itself.
        func bytes() -> Int { bench.intake.storageBytes - bench.intake.queue.storageBytes }
        let before = bytes()
        for _ in 0..<3 {
            #expect(bench.receive(Self.fullest.message) == "accepted")
            #expect(bench.records().count { $0.hasPrefix("sample 1 ") } == Self.fullest.samples)
            #expect(bytes() > before + 256 * 1024)
            bench.intake.releaseFree()
            #expect(bytes() == before)
        }
        #expect(Self.fullest.samples < Limits.samplesPerMessage)
    }

    @Test func withoutRoomForAnotherVisitorNothingCounts() throws {
        let bench = try Bench(visitorLimit: 2)
        #expect(bench.receive(#"{"id":"a","x":1,"y":1}"#) == "accepted")
        _ = bench.records()
        #expect(bench.receive(#"[{"id":"b","x":1,"y":1},{"id":"c","x":1,"y":1}]"#) == "1013")
        #expect(bench.records().isEmpty)
        #expect(bench.receive(#"{"id":"b","x":1,"y":1}"#) == "accepted")
        #expect(bench.receive(#"{"id":"a","x":2,"y":1}"#) == "accepted")
        #expect(bench.records() == ["join 1 99 b", "sample 1 1.0 1.0", "sample 0 2.0 1.0"])
    }

    @Test func theTwoHundredFiftySeventhIDIsRefusedWhole() throws {
        let bench = try Bench()
        let many = (0..<255).map { #"{"id":"v\#($0)","x":1,"y":1}"# }.joined(separator: ",")
        #expect(bench.receive("[\(many)]") == "accepted")
        #expect(bench.records().count == 510)
        #expect(bench.receive(#"[{"id":"one","x":1,"y":1},{"id":"two","x":1,"y":1}]"#) == "1008")
        #expect(bench.records().isEmpty)
        #expect(bench.connection.speakers.count == 255)
        // The place that the refused message gave back is free for another.
        #expect(bench.receive(#"{"id":"three","x":1,"y":1}"#) == "accepted")
        #expect(bench.records() == ["join 255 99 three", "sample 255 1.0 1.0"])
        #expect(bench.receive(#"{"id":"four","x":1,"y":1}"#) == "1008")
        bench.intake.leave(&bench.connection)
        #expect(bench.records().count == 256)
    }
}
