import ByteCore
import PointerEvents
import PosixIO
import RelayWire
import Telemetry

@testable import IngestWorker

extension SampleIntake {
    /// Takes a message in whichever format, the way `receive` takes JSON.
    mutating func take<Decoder: PointerDecoder & ~Copyable>(
        _ message: [UInt8], _ kind: MessageKind, with decoder: inout Decoder, _ state: inout Decoder.State,
        from speakers: inout SpeakerList, index: UInt32, counters: borrowing CountersPage
    ) -> UInt16? {
        // In memory of exactly its size, so that a sanitizer sees whoever reads on.
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: message.count, alignment: 1)
        defer { memory.deallocate() }
        memory.copyBytes(from: message)
        let outcome = interner.take(
            UnsafeRawBufferPointer(memory), kind, with: &decoder, &state, from: &speakers, index: index,
            receivedNanoseconds: 1234, into: &queue, counters: counters)
        guard case .refused(let code, _) = outcome else { return nil }
        return code
    }

    mutating func leave(_ speakers: inout SpeakerList) { interner.leave(&speakers, into: &queue) }
}

/// An intake and the connections whose messages it takes, in the test's own format.
final class IntakeBench {
    var intake: SampleIntake
    private var decoder: DeltaDecoder
    private var states: [DeltaState]
    private var lists: [SpeakerList]
    private var connections: UInt64
    private let page: SharedPage
    let counters: CountersPage

    init(
        connections: Int, visitorLimit: Int = 1000, fault: IntakeFault? = nil,
        decoderFault: DeltaDecoder.Fault? = nil
    ) throws {
        intake = SampleIntake(seed: 7, visitorLimit: visitorLimit)
        intake.interner.fault = fault
        decoder = DeltaDecoder(fault: decoderFault)
        states = Array(repeating: DeltaState(), count: connections)
        lists = (0..<connections).map { SpeakerList(connection: UInt64($0)) }
        self.connections = UInt64(connections)
        page = try SharedPage(name: "test")
        counters = CountersPage(memory: page.memory)
    }

    /// The close code, or nil where the message was accepted.
    func receive(_ message: [UInt8], _ kind: MessageKind = .binary, from index: Int) -> UInt16? {
        intake.take(
            message, kind, with: &decoder, &states[index], from: &lists[index], index: UInt32(index),
            counters: counters)
    }

    /// The connection ends, and another one takes its place.
    func replace(_ index: Int) {
        intake.leave(&lists[index])
        lists[index] = SpeakerList(connection: connections)
        states[index] = DeltaState()
        connections += 1
    }

    /// Everything queued since the last call.
    func drain() -> [UInt8] {
        let bytes = Array(intake.queue.readable)
        intake.queue.wrote(bytes.count)
        return bytes
    }

    /// What a refused message must leave as it was.
    struct Snapshot: Equatable {
        var states: [DeltaState]
        var lists: [[UInt64]]
        var queued: Int
        var received: UInt64
    }

    var snapshot: Snapshot {
        Snapshot(
            states: states,
            lists: lists.map { [$0.connection, UInt64($0.first), UInt64($0.lastHeard), UInt64($0.count)] },
            queued: intake.queue.count, received: counters.value(.eventsReceived))
    }
}
