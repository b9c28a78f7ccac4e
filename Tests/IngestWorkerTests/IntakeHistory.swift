import PointerEvents
import TestSupport

@testable import IngestWorker

/// Messages good and bad, one after another, in an intake that is held against a plain model, and against a
/// twin that never sees the bad ones.
struct IntakeHistory: ~Copyable {
    private var random: SplitMix64
    private let bench: IntakeBench
    private let twin: IntakeBench
    private var model: IntakeModel
    private var listener = IntakeListener()
    private let connections: Int
    private let ids: Int
    /// How many messages were refused, by code.
    private(set) var refused: [UInt16: Int] = [:]

    init(seed: UInt64, fault: IntakeFault? = nil, decoderFault: DeltaDecoder.Fault? = nil) throws {
        var random = SplitMix64(seed: seed)
        let connections = 1 + random.below(4)
        // Some histories come to the limit of all visitors, some to that of one connection.
        let ids = random.pick([3, 20, 400])
        let limit = random.pick([4, 30, 1000])
        let bench = try IntakeBench(
            connections: connections, visitorLimit: limit, fault: fault, decoderFault: decoderFault)
        let twin = try IntakeBench(connections: connections, visitorLimit: limit)
        self.random = random
        self.connections = connections
        self.ids = ids
        self.bench = bench
        self.twin = twin
        model = IntakeModel(connections: connections, visitorLimit: limit)
    }

    /// The first step at which they differ, and how.
    mutating func firstDifference(steps: Int) throws -> String? {
        for step in 0..<steps {
            let index = random.below(connections)
            var difference: String?
            switch random.below(20) {
            case 0:
                bench.replace(index)
                twin.replace(index)
                difference = try compare(with: model.replace(index))
            case 1: bench.intake.releaseFree()
            default: difference = try receive(message(), from: index)
            }
            if let difference { return "step \(step), connection \(index): \(difference)" }
        }
        return nil
    }

    private mutating func receive(_ message: Message, from index: Int) throws -> String? {
        let before = bench.snapshot
        let code = bench.receive(message.bytes, message.kind, from: index)
        let verdict = message.records.map { model.receive($0, from: index) } ?? .refused(message.code)
        guard case .accepted(let words) = verdict else {
            if let code { refused[code, default: 0] += 1 }
            if code.map(IntakeModel.Verdict.refused) != verdict {
                return "\(code.map(String.init) ?? "accepted"), and should be \(verdict)"
            }
            return bench.snapshot == before ? nil : "\(bench.snapshot), and was \(before)"
        }
        if let code { return "refused with \(code)" }
        if let code = twin.receive(message.bytes, message.kind, from: index) {
            return "refused with \(code) without those before it"
        }
        return try compare(with: words)
    }

    private mutating func compare(with words: [String]) throws -> String? {
        let bytes = bench.drain()
        if bytes != twin.drain() { return "other records than without the messages that were refused" }
        let heard = try listener.hear(bytes)
        return heard == words ? nil : "\(heard), and should be \(words)"
    }

    // MARK: Messages

    private struct Message {
        var bytes: [UInt8]
        var kind = MessageKind.binary
        /// What is well written; nil where it is not, and then `code` says so.
        var records: [DeltaRecord]?
        var code: UInt16 = 1008
    }

    private mutating func message() -> Message {
        var records = (0..<random.pick([0, 1, 1, 2, 8, 40])).map { _ in record() }
        if random.once(in: 30) { records += (0..<300).map { DeltaRecord(id: "v\($0 % ids)") } }
        let bytes = DeltaRecord.message(records)
        switch random.below(12) {
        case 0: return Message(bytes: bytes, kind: .text, code: 1003)
        case 1: return cut(records, at: random.below(bytes.count + 1))
        case 2 where !records.isEmpty:
            let bad = random.below(records.count)
            var spoiled = bytes
            spoiled[DeltaRecord.message(Array(records[..<bad])).count] |= 0x80
            return Message(bytes: spoiled)
        case 3 where !records.isEmpty:
            records[random.below(records.count)].id = String(repeating: "i", count: 65)
        case 4 where random.once(in: 20):
            records = [DeltaRecord(id: "v0")] + records
            records += Array(repeating: DeltaRecord(), count: 4096 - records.count + random.below(2))
        default: break
        }
        return Message(bytes: DeltaRecord.message(records), records: records)
    }

    private func cut(_ records: [DeltaRecord], at count: Int) -> Message {
        let bytes = Array(DeltaRecord.message(records)[..<count])
        let whole = DeltaRecord.wholeRecords(of: records, in: count)
        return Message(bytes: bytes, records: whole.map { Array(records[..<$0]) })
    }

    private mutating func record() -> DeltaRecord {
        var record = DeltaRecord(kind: random.pick(PointerKind.allCases))
        if random.once(in: 3) { record.id = "v\(random.below(ids))" }
        if random.once(in: 4) {
            record.position = .at(Int32(random.below(4000)), Int32(random.below(4000)) - 100)
        } else {
            record.position = .by(Int8(random.below(256) - 128), Int8(random.below(256) - 128))
        }
        if random.once(in: 4) { record.page = random.once(in: 3) ? .again : .told("/p\(random.below(9))") }
        return record
    }
}

extension DeltaRecord {
    /// How many records the first `count` bytes of a message hold; nil where they end within one.
    static func wholeRecords(of records: [DeltaRecord], in count: Int) -> Int? {
        var end = 1
        for (index, record) in records.enumerated() {
            if end == count { return index }
            end += record.bytes.count
        }
        return end == count ? records.count : nil
    }
}
