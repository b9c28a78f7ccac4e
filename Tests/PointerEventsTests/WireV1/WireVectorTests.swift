import ByteCore
import Testing

@testable import PointerEvents

/// The codec beside the vectors.
@Suite struct WireVectorTests {
    private let vectors: WireVectors

    init() throws { vectors = try WireVectors() }

    @Test func everyConnection() {
        #expect(vectors.connections.count > 100)
        for vector in vectors.connections {
            var bench = WireBench()
            var samples: [String] = []
            var count = 0
            var notes: [WireV1Notes] = []
            var refusal: SampleRefusal?
            for message in vector.messages {
                #expect(refusal == nil, "\(vector.name): refused before the last message")
                let outcome = bench.receive(message)
                samples += outcome.samples
                count += outcome.samples.count
                refusal = outcome.refusal
                if refusal == nil { notes.append(outcome.notes) }
            }
            if let expected = vector.samples { #expect(samples == expected, "\(vector.name)") }
            #expect(count == vector.count, "\(vector.name)")
            #expect(notes == vector.notes, "\(vector.name)")
            #expect(refusal?.closeCode == vector.close, "\(vector.name)")
            #expect(refusal.map(Self.name) == vector.fault, "\(vector.name)")
        }
    }

    private static func name(of refusal: SampleRefusal) -> String {
        if case .wire(let fault) = refusal { return "\(fault)" }
        return "\(refusal)"
    }

    /// Every fault there is has its vector.
    @Test func everyFault() {
        let seen = Set((vectors.connections.map(\.fault) + vectors.answers.map(\.fault)).compactMap { $0 })
        for fault in WireV1Fault.allCases { #expect(seen.contains("\(fault)"), "\(fault)") }
    }

    /// The first message is read twice in a server: to learn who comes, and for its samples.
    @Test func theHelloAloneAsWell() throws {
        for vector in vectors.connections {
            guard let first = vector.messages.first else { continue }
            var bench = WireBench()
            let refusal = bench.receive(first).refusal
            try first.withUnsafeBytes { bytes in
                let hello: WireV1Hello
                do throws(SampleRefusal) {
                    hello = try WireV1Hello(parsing: bytes)
                } catch {
                    #expect(error == refusal, "\(vector.name)")
                    return
                }
                // Behind the hello other records may stand that are refused.
                #expect(refusal == nil || refusal == .wire(.helloRepeated), "\(vector.name)")
                let event = try #require(vector.events?.first?.first ?? ["hello", [:] as [String: Any]])
                guard let told = event[1] as? [String: Any], !told.isEmpty else { return }
                #expect(WireEvents.hello(told) == WireEvents.told(hello), "\(vector.name)")
            }
        }
    }

    /// A message cut anywhere is either a shorter one, which ends behind a record, or malformed; what is
    /// refused leaves the state as it was.
    @Test func everyMessageCutAtEveryByte() {
        for vector in vectors.connections where vector.close == nil && vector.samples != nil {
            guard vector.messages.count < 20, let last = vector.messages.last, last.count < 1_000 else {
                continue
            }
            var bench = WireBench()
            for message in vector.messages.dropLast() { _ = bench.receive(message) }
            let before = bench.state
            var wholeOnes = 0
            for count in last.indices {
                var twin = WireBench()
                for message in vector.messages.dropLast() { _ = twin.receive(message) }
                let cut = Array(last[..<count])
                let outcome = twin.receive(cut)
                guard let refusal = outcome.refusal else {
                    wholeOnes += 1
                    continue
                }
                let isNoHello = vector.messages.count == 1 && count == 1
                #expect(refusal == .wire(isNoHello ? .helloMissing : .truncated), "\(vector.name), \(count)")
                #expect(twin.state == before)
                // And the whole one, afterwards, is as if nothing had been.
                var plain = WireBench()
                for message in vector.messages.dropLast() { _ = plain.receive(message) }
                #expect(twin.receive(last) == plain.receive(last), "\(vector.name), \(count)")
                #expect(twin.state == plain.state)
            }
            #expect(wholeOnes <= last.count / 2 + 1)
        }
    }

    @Test func textIsRefused() {
        var bench = WireBench()
        let refusal = bench.receive(vectors.connections[0].messages[0], .text).refusal
        #expect(refusal?.closeCode == 1003)
        #expect(
            bench.receive(Array(repeating: 0x40, count: Limits.messageBytes + 1)).refusal?.closeCode == 1009)
        #expect(!bench.state.place.flags.contains(.begun))
    }

    /// The encoder makes the same bytes of what it is told.
    @Test func everyEncoding() throws {
        var count = 0
        for vector in vectors.connections {
            guard let events = vector.events else { continue }
            var encoder = WireV1Encoder()
            for (told, message) in zip(events, vector.messages) {
                let bytes = try WireEvents.encode(told, with: &encoder)
                #expect(bytes == message, "\(vector.name)")
            }
            count += 1
        }
        #expect(count > 20)
    }

    @Test func everyAnswer() {
        for vector in vectors.answers {
            let read = Self.read(vector.message)
            #expect(read.records == vector.records ?? read.records, "\(vector.name)")
            #expect(read.fault.map { "\($0)" } == vector.fault, "\(vector.name)")
            #expect(read.fault?.closeCode == vector.close, "\(vector.name)")
            if vector.close == nil, vector.isCanonical {
                #expect(read.again == vector.message, "\(vector.name)")
            }
        }
    }

    @Test func everyAnswerCutAtEveryByte() {
        for vector in vectors.answers where vector.close == nil {
            for count in vector.message.indices {
                let read = Self.read(Array(vector.message[..<count]))
                #expect(read.fault == nil || read.fault == .truncated, "\(vector.name), \(count)")
                #expect(read.records.count < vector.records?.count ?? 1 || !vector.isCanonical)
            }
        }
    }

    /// The records of a message, as the vectors name them, and written again.
    private static func read(_ message: [UInt8]) -> (records: [String], again: [UInt8], fault: WireV1Fault?) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: message.count, alignment: 1)
        defer { memory.deallocate() }
        memory.copyBytes(from: message)
        var records: [String] = []
        var again = ByteBuffer()
        var reader = ServerMessageReader(UnsafeRawBufferPointer(memory))
        do throws(WireV1Fault) {
            while let record = try reader.next() {
                again.append(record)
                records.append(name(of: record))
            }
        } catch {
            return (records, Array(again.readable), error)
        }
        return (records, Array(again.readable), nil)
    }

    private static func name(of record: ServerMessage) -> String {
        switch record {
        case .welcome(let welcome):
            let (id, token) = (
                String(decoding: welcome.id, as: UTF8.self), String(decoding: welcome.token, as: UTF8.self)
            )
            return "welcome \(welcome.origin.rawValue) \(id) \(token) \(welcome.samplesPerSecond)"
                + " \(welcome.batchMilliseconds)"
        case .rate(let rate, let batch): return "rate \(rate) \(batch)"
        case .moveAway(let spread): return "moveAway \(spread)"
        case .stop(let reason): return "stop \(reason.rawValue)"
        case .resync: return "resync"
        }
    }

    /// The type takes what a connection is worth, and no more.
    @Test func sizes() {
        #expect(MemoryLayout<WireV1Entry>.stride == 24)
        #expect(MemoryLayout<WireV1State>.stride <= 152)
        for fault in WireV1Fault.allCases {
            #expect(fault.reason.utf8CodeUnitCount <= 123)
            #expect(fault.closeCode == 1007 || fault.closeCode == 1008)
        }
    }
}
