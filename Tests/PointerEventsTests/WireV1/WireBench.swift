import ByteCore
import TestSupport
import Testing

@testable import PointerEvents

/// A decoder and the state of one connection, with messages in memory of exactly their size.
struct WireBench: ~Copyable {
    /// What became of one message.
    struct Outcome: Equatable {
        /// The samples, as viewers get them, of the visitor `u`.
        var samples: [String] = []
        var notes = WireV1Notes()
        var refusal: SampleRefusal?
    }

    var decoder = WireV1Decoder()
    private(set) var state: WireV1State
    /// Samples of messages that went the short way.
    private(set) var taken = 0

    init(fault: WireV1Mutant? = nil) {
        decoder.fault = fault
        state = [UInt8(ascii: "u")].withUnsafeBytes { WireV1State(id: $0) }
    }

    /// Decodes a message, and commits what was accepted.
    mutating func receive(_ message: [UInt8], _ kind: MessageKind = .binary) -> Outcome {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: message.count, alignment: 1)
        memory.copyBytes(from: message)
        var outcome = Outcome()
        // Most messages go a short way, which has to say the same.
        var shortState = state
        let moves = kind == .text ? [] : takeMoves(message, &shortState)
        if moves.isEmpty, shortState != state { Issue.record("a message that was not taken left a trace") }
        switch decoder.decode(UnsafeRawBufferPointer(memory), kind, after: state) {
        case .refused(let refusal): outcome.refusal = refusal
        case .accepted(let count):
            outcome.notes = decoder.notes
            for index in 0..<count {
                let sample = decoder.sample(at: index)
                let hasTail = sample.sample.fields.contains(.tail)
                outcome.samples.append(encode(sample, tail: hasTail ? decoder.tail(at: index) : nil))
            }
            // What the decoder keeps of a message must not lie in it.
            for index in memory.indices { memory[index] = 0xEE }
            decoder.commit(to: &state)
        }
        if !moves.isEmpty, decoder.fault == nil,
            moves != outcome.samples || shortState != state || !outcome.notes.isEmpty
        {
            Issue.record("taken as \(moves), not as \(outcome.samples)")
        }
        taken += moves.count
        memory.deallocate()
        return outcome
    }

    /// The samples that the short way makes of a message, as viewers get them.
    private func takeMoves(_ message: [UInt8], _ state: inout WireV1State) -> [String] {
        // Masked with whatever its bytes come to, in memory of the size that may be looked at.
        let key = message.reduce(0x9E37_79B9 as UInt32) { $0 &* 31 &+ UInt32($1) }
        let masked = UnsafeMutableRawBufferPointer.allocate(
            byteCount: message.count + WireV1State.slack, alignment: 1)
        defer { masked.deallocate() }
        for index in masked.indices {
            let mask = UInt8(truncatingIfNeeded: key >> UInt32(index % 4 * 8))
            masked[index] = index < message.count ? message[index] ^ mask : 0xD7
        }
        let before = Array(masked)
        defer {
            if Array(masked) != before { Issue.record("a message was changed where it is only read") }
        }
        let records = UnsafeMutablePointer<PointerSample>.allocate(capacity: message.count / 2 + 1)
        defer { records.deallocate() }
        guard let start = masked.baseAddress else { return [] }
        let count = state.takeMoves(
            start, byteCount: message.count, key: key, to: records, slot: 7, receivedNanoseconds: 8)
        return (0..<count).map { index in
            let sample = records[index]
            if sample.slot != 7 || sample.receivedNanoseconds != 8 || sample.length != 64 {
                Issue.record("a record is not as the queue wants it")
            }
            return encode(sample, id: [UInt8(ascii: "u")])
        }
    }
}

/// A decoded sample with its tail as the JSON that viewers get.
func encode(_ decoded: DecodedSample, tail: DecodedTail?) -> String {
    guard let tail else { return encode(decoded) }
    var prefix = ByteBuffer()
    var page = ByteBuffer()
    var name = ByteBuffer()
    var element = ByteBuffer()
    prefix.appendIDPrefix(id: decoded.id)
    page.appendJSONString(decoded.page)
    name.appendJSONString(tail.name)
    element.appendJSONString(tail.element)
    var text = ByteBuffer(capacity: 16)
    text.appendSampleJSON(
        decoded.sample, tail: tail.tail, idPrefix: prefix.readable, page: page.readable, name: name.readable,
        element: element.readable)
    return String(decoding: text.readable, as: UTF8.self)
}

/// A string with its quotes, as it stands in JSON.
func quoted(_ text: String) -> String {
    var buffer = ByteBuffer()
    Array(text.utf8).withUnsafeBytes { buffer.appendJSONString($0) }
    return String(decoding: buffer.readable, as: UTF8.self)
}
