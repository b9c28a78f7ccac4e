import ByteCore
import IdentityWire
import PointerEvents
import PosixIO
import RelayWire

@testable import IngestWorker

/// What a master says to the worker, and what it hears of it, in words.
extension WorkerBench {
    static let key: IdentityKey = {
        guard let key = IdentityKey(bytes: [UInt8](repeating: 9, count: 32)) else {
            fatalError("a key has 32 bytes")
        }
        return key
    }()

    /// Both hellos, and the key that identities are signed with.
    func greetAsMaster() {
        var first = ByteBuffer(capacity: 128)
        first.appendRelayHello()
        Self.key.bytes.withUnsafeBytes { first.appendRelayIdentityKey($0) }
        _ = data.write(first.readable)
        order(.hello)
        settle()
    }

    func order(_ record: ControlRecord) {
        var bytes = ByteBuffer(capacity: 64)
        bytes.appendControl(record)
        _ = control.write(bytes.readable)
    }

    /// All that the master is told until nothing more comes.
    func masterHears(_ ears: inout MasterEars) throws -> [String] {
        var words: [String] = []
        while true {
            let count = inbound.appendInPlace(minimum: 65_536) { room in
                if case .bytes(let count) = data.read(into: room) { return count }
                return 0
            }
            while let (record, consumed) = try reader.next(inbound.readable) {
                if let word = ears.word(for: record) { words.append(word) }
                inbound.consume(consumed)
            }
            if count == 0 { return words }
            settle()
        }
    }
}

/// What a master remembers of one channel: slots and texts.
struct MasterEars {
    private var speakers: [UInt32: String] = [:]
    private var texts: [[UInt32: String]] = [[:], [:], [:]]

    mutating func word(for record: RelayRecord) -> String? {
        switch record {
        case .join(let join):
            let id = String(decoding: join.id, as: UTF8.self)
            speakers[join.slot] = "\(join.connection) \(id)"
            return join.isMoved
                ? "\(join.connection) \(id): join, moved"
                : "\(join.connection) \(id): join \(join.stamp) \(join.instance)"
        case .sample(let sample): return words(for: sample.pointee, SampleTail())
        case .tailedSample(let sample, let tail): return words(for: sample.pointee, tail.pointee)
        case .leave(let slot, _, let mayReturn):
            return "\(speakers.removeValue(forKey: slot) ?? "nobody"): leave\(mayReturn ? " for now" : "")"
        case .text(let kind, let index, let bytes):
            texts[Int(kind.rawValue)][index] = String(decoding: bytes, as: UTF8.self)
            return nil
        case .noText(let kind, let index):
            texts[Int(kind.rawValue)][index] = "nowhere"
            return nil
        case .closed(let connection): return "\(connection) closed"
        case .moving(let slot, _): return "\(speakers.removeValue(forKey: slot) ?? "nobody"): moves"
        case .moved(let move): return "\(move.connection) moved"
        case .adopted(let connection): return "\(connection) adopted"
        case .arrived(let arrival):
            return "\(arrival.connection) arrived\(arrival.awaitsVerdict ? ", and waits" : "")"
        case .hello, .connection, .adopt, .identityKey: return nil
        }
    }

    private func words(for sample: PointerSample, _ tail: SampleTail) -> String {
        var words = "\(speakers[sample.slot] ?? "nobody"): \(sample.kind) \(Int(sample.x)) \(Int(sample.y))"
        func text(_ kind: RelayText, _ index: UInt32) -> String { texts[Int(kind.rawValue)][index] ?? "?" }
        if sample.fields.contains(.page) { words += " on \(text(.page, sample.page))" }
        if tail.fields.contains(.name) { words += " called \(text(.name, tail.name))" }
        if tail.fields.contains(.element) { words += " at \(text(.element, tail.element))" }
        return words
    }
}
