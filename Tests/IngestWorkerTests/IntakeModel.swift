import ByteCore
import PointerEvents
import RelayWire

/// What an intake should make of messages in the test's own format, said plainly.
struct IntakeModel {
    struct Connection {
        var number: Int
        var ids: [String] = []
        var id: String?
        var x: Int32 = 0
        var y: Int32 = 0
        var page: String?
    }

    private(set) var connections: [Connection]
    private let visitorLimit: Int
    private var next: Int

    init(connections count: Int, visitorLimit: Int) {
        connections = (0..<count).map { Connection(number: $0) }
        self.visitorLimit = visitorLimit
        next = count
    }

    /// What the master is told, in words, or the close code.
    enum Verdict: Equatable {
        case accepted([String])
        case refused(UInt16)
    }

    mutating func receive(_ records: [DeltaRecord], from index: Int) -> Verdict {
        var connection = connections[index]
        var samples: [(id: String, words: String)] = []
        for record in records {
            if let id = record.id {
                guard (1...64).contains(id.utf8.count) else { return .refused(1008) }
                connection.id = id
            }
            guard let id = connection.id else { return .refused(1008) }
            switch record.position {
            case .at(let x, let y): (connection.x, connection.y) = (x, y)
            case .by(let x, let y):
                connection.x &+= Int32(x)
                connection.y &+= Int32(y)
            }
            if case .told(let path) = record.page { connection.page = path }
            if record.page == .again, connection.page == nil { return .refused(1008) }
            let page = record.page == .unsaid ? "" : " on \(connection.page ?? "")"
            let words = "\(record.kind) \(connection.x) \(connection.y)\(page)"
            samples.append((id, "\(connection.number) \(id): \(words)"))
        }
        if samples.count > 4096 { return .refused(1009) }
        var joins: [String] = []
        var room = visitorLimit - connections.reduce(0) { $0 + $1.ids.count }
        for (id, _) in samples where !connection.ids.contains(id) {
            if room == 0 { return .refused(1013) }
            if connection.ids.count == 256 { return .refused(1008) }
            connection.ids.append(id)
            room -= 1
            joins.append("\(connection.number) \(id): join")
        }
        connections[index] = connection
        return .accepted(joins.sorted() + samples.map(\.words))
    }

    /// A connection ends, and another one takes its place.
    mutating func replace(_ index: Int) -> [String] {
        let old = connections[index]
        connections[index] = Connection(number: next)
        next += 1
        return old.ids.map { "\(old.number) \($0): leave" }.sorted()
    }
}

/// Reads what an intake has queued, in the words of the model.
struct IntakeListener: ~Copyable {
    private var reader = RelayReader(from: .worker)
    private var speakers: [UInt32: String] = [:]
    private var pages: [UInt32: String] = [:]

    /// Joins first and leaves last, sorted, with the samples between them in order.
    mutating func hear(_ bytes: [UInt8]) throws -> [String] {
        var joins: [String] = []
        var samples: [String] = []
        var leaves: [String] = []
        var rest = ByteBuffer(capacity: bytes.count)
        bytes.withUnsafeBytes { rest.append($0) }
        while let (record, consumed) = try reader.next(rest.readable) {
            switch record {
            case .sample(let sample):
                samples.append(words(of: sample.pointee))
            case .join(let join):
                speakers[join.slot] = "\(join.connection) \(String(decoding: join.id, as: UTF8.self))"
                joins.append("\(speakers[join.slot] ?? ""): join")
            case .leave(let slot, _, _):
                leaves.append("\(speakers.removeValue(forKey: slot) ?? "nobody"): leave")
            case .text(_, let index, let path): pages[index] = String(decoding: path, as: UTF8.self)
            case .noText(_, let index): pages[index] = nil
            case .hello, .closed, .connection, .moving, .moved, .adopt, .adopted, .arrived,
                .identityKey, .tailedSample:
                break
            }
            rest.consume(consumed)
        }
        return joins.sorted() + samples + leaves.sorted()
    }

    private func words(of sample: PointerSample) -> String {
        let page = sample.fields.contains(.page) ? " on \(pages[sample.page] ?? "an unknown page")" : ""
        let position = "\(Int32(sample.x)) \(Int32(sample.y))"
        return "\(speakers[sample.slot] ?? "nobody"): \(sample.kind) \(position)\(page)"
    }
}
