import ByteCore
import Glibc
import IdentityWire
import PosixIO
import RelayWire
import Telemetry

@testable import IngestWorker
@testable import PointerEvents
@testable import WebSocketWire

/// One connection of a worker: frames go in as they come off its socket, and what comes out is what the
/// master reads.
final class IntakeRun {
    private var intake = SampleIntake(seed: 7)
    private var connection: VisitorConnection
    private let page: UnsafeMutableRawPointer
    private let counters: CountersPage
    private let id: SignedID
    private(set) var records = RelayedSamples()
    /// The code of the close frame that is sent; nil while nothing was refused.
    private(set) var refusal: UInt16?
    /// What must not happen.
    private(set) var complaint: String?

    /// A connection whose visitor is `id` where it speaks `pointerscope.v1`.
    init(_ subprotocol: WebSocketSubprotocol, id: SignedID) {
        let nowhere = Descriptor(owning: open("/dev/null", O_RDONLY | O_CLOEXEC))
        connection = VisitorConnection(stream: ByteStream(nowhere), number: 9, nowSeconds: 0)
        connection.socket = WebSocketConnection(role: .server, accepting: subprotocol.kinds)
        connection.codec = ConnectionCodec(subprotocol)
        if subprotocol == .pointerscope1 { connection.wire = WireSpeaker(sinceSeconds: 0) }
        page = .allocate(byteCount: CountersPage.byteCount, alignment: 64)
        page.initializeMemory(as: UInt8.self, repeating: 0, count: CountersPage.byteCount)
        CountersPage.initialize(page)
        counters = CountersPage(memory: page)
        self.id = id
    }

    deinit { page.deallocate() }

    /// Takes frames from the start of `bytes`, as the worker does; returns how many bytes are done with.
    func receive(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
        // As in a worker's receive buffer: more is readable behind them, whatever it holds.
        let room = UnsafeMutableRawBufferPointer.allocate(
            byteCount: bytes.count + MaskedText.slack, alignment: 1)
        defer { room.deallocate() }
        room.copyBytes(from: bytes)
        for index in bytes.count..<room.count { room[index] = UInt8(truncatingIfNeeded: 0x30 + index % 11) }
        let consumed = take(UnsafeMutableRawBufferPointer(rebasing: room[..<bytes.count]))
        // What is left is kept as it now stands.
        bytes.copyBytes(from: room[..<bytes.count])
        return consumed
    }

    private func take(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
        var rest = bytes
        var taken: UInt64 = 0
        while refusal == nil {
            let end = intake.takeRunAndMessages(
                &rest, slack: MaskedText.slack, from: &connection, index: 0, receivedNanoseconds: 77,
                counters: counters, taken: &taken)
            switch end {
            case .greeting(let message, let kind): take(message, kind)
            case .outcome(let outcome): note(outcome)
            case .other:
                let step = connection.socket.next(rest)
                rest = UnsafeMutableRawBufferPointer(rebasing: rest[step.consumed...])
                switch step.event {
                case .message(let message, let opcode): take(message, MessageKind(opcode))
                case .needMore: return bytes.count - rest.count
                case .violation(let code, _): refusal = code.rawValue
                case .nothing: break
                case .deflated, .ping, .pong, .close, .ended: complaint = "frames that were not sent"
                }
            }
        }
        return bytes.count
    }

    private func take(_ message: UnsafeRawBufferPointer, _ kind: MessageKind) {
        let isKnown = connection.wire?.contents.pointee.isKnown ?? true
        note(
            isKnown
                ? intake.receive(
                    message, kind, from: &connection, index: 0, receivedNanoseconds: 77, counters: counters)
                : intake.greet(
                    message, kind, as: id, redeemed: 0, instance: 1, from: &connection, index: 0,
                    receivedNanoseconds: 77, counters: counters))
    }

    private func note(_ outcome: SampleIntake.Outcome) {
        if case .refused(let code, _) = outcome { refusal = code }
    }

    /// Hands all records on; the master must be able to read them.
    func finish() {
        let copy = ExactCopy(intake.queue.readable)
        var reader = RelayReader(from: .worker)
        var rest = copy.readable
        do throws(RelayError) {
            while let (record, consumed) = try reader.next(rest) {
                records.take(record)
                rest = UnsafeRawBufferPointer(rebasing: rest[consumed...])
            }
        } catch {
            complaint = "the master reads \(error)"
        }
        if !rest.isEmpty { complaint = complaint ?? "half a record" }
        let received = counters.value(.eventsReceived)
        if received != records.samples.count {
            complaint = complaint ?? "\(received) samples were counted, not \(records.samples.count)"
        }
    }
}

/// Samples out of the records of a worker, with the texts that stand there for numbers.
struct RelayedSamples {
    private(set) var samples: [SimpleSample] = []
    private var ids: [UInt32: [UInt8]] = [:]
    private var texts: [RelayText: [UInt32: [UInt8]]] = [:]

    mutating func take(_ record: RelayRecord) {
        switch record {
        case .sample(let sample): take(sample.pointee, tail: nil)
        case .tailedSample(let sample, let tail): take(sample.pointee, tail: tail.pointee)
        case .join(let join): ids[join.slot] = Array(join.id)
        case .text(let kind, let index, let bytes): texts[kind, default: [:]][index] = Array(bytes)
        case .noText(let kind, let index): texts[kind]?[index] = nil
        case .hello, .leave, .moving, .closed, .connection, .moved, .adopt, .adopted, .arrived, .identityKey:
            break
        }
    }

    private mutating func take(_ sample: PointerSample, tail: SampleTail?) {
        let decoded = tail.map { tail in
            var decoded = DecodedTail()
            decoded.tail = tail
            return decoded
        }
        let nobody = UnsafeRawBufferPointer(start: nil, count: 0)
        var simple = SimpleSample(DecodedSample(sample: sample, id: nobody, page: nobody), tail: decoded)
        simple.id = ids[sample.slot] ?? []
        if sample.fields.contains(.page) { simple.page = texts[.page]?[sample.page] }
        guard let tail else { return samples.append(simple) }
        if tail.fields.contains(.name) { simple.name = texts[.name]?[tail.name] }
        if tail.fields.contains(.element) { simple.element = texts[.element]?[tail.element] }
        samples.append(simple)
    }
}
