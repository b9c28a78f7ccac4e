import Foundation

@testable import PointerEvents

/// The file of vectors that JavaScript's tests read as well; its key `about` says how.
struct WireVectors {
    /// One connection, from the page to the server.
    struct Connection {
        var name: String
        var messages: [[UInt8]]
        /// What an encoder is told, a list for each message; nil where no encoder makes these bytes.
        var events: [[[Any]]]?
        var samples: [String]?
        var count: Int
        var notes: [WireV1Notes]
        var close: UInt16?
        var fault: String?
    }

    /// One message from the server to the page.
    struct Answer {
        var name: String
        var message: [UInt8]
        /// Each as `welcome 0 id token 60 50`, `rate 30 500` and so on.
        var records: [String]?
        var isCanonical: Bool
        var close: UInt16?
        var fault: String?
    }

    struct Malformed: Error { var what: String }

    var connections: [Connection] = []
    var answers: [Answer] = []

    init() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../Vectors/pointerscope-v1.json")
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
        let connections = json["toServer"] as? [[String: Any]] ?? []
        for vector in connections { self.connections.append(try connection(vector)) }
        for vector in json["toPage"] as? [[String: Any]] ?? [] {
            answers.append(
                Answer(
                    name: vector["name"] as? String ?? "", message: try Self.bytes(vector["message"]),
                    records: (vector["records"] as? [[String: Any]])?.map(Self.record),
                    isCanonical: vector["canonical"] as? Bool ?? true,
                    close: (vector["close"] as? Int).map(UInt16.init), fault: vector["fault"] as? String))
        }
    }

    private func connection(_ vector: [String: Any]) throws -> Connection {
        let messages = try (vector["messages"] as? [Any] ?? []).map { message in
            guard let name = message as? String else { return try Self.bytes(message) }
            guard let other = connections.first(where: { $0.name == name }) else {
                throw Malformed(what: name)
            }
            return other.messages[0]
        }
        let samples = (vector["samples"] as? [[String: Any]])?.map(Self.sample)
        return Connection(
            name: vector["name"] as? String ?? "", messages: messages, events: vector["events"] as? [[[Any]]],
            samples: samples, count: samples?.count ?? vector["count"] as? Int ?? 0,
            notes: (vector["notes"] as? [[String: Any]] ?? []).map(Self.notes),
            close: (vector["close"] as? Int).map(UInt16.init), fault: vector["fault"] as? String)
    }

    /// `00 01 | what it is` and `3 * 00 01 | what they are`, a line each.
    private static func bytes(_ lines: Any?) throws -> [UInt8] {
        guard let lines = lines as? [String] else { throw Malformed(what: "\(lines as Any)") }
        return try lines.flatMap { line in
            guard let end = line.firstIndex(of: "|") else { throw Malformed(what: line) }
            let parts = line[..<end].split(separator: "*")
            guard let hex = parts.last else { return [UInt8]() }
            let bytes = try hex.split(separator: " ").map { digits in
                guard digits.count == 2, let byte = UInt8(digits, radix: 16) else {
                    throw Malformed(what: line)
                }
                return byte
            }
            guard parts.count == 2, let times = Int(parts[0].filter { $0 != " " }) else { return bytes }
            return Array(repeatElement(bytes, count: times).joined())
        }
    }

    private static func sample(_ members: [String: Any]) -> String {
        let keys = ["x", "y", "t", "k", "b", "w", "h", "p", "sx", "sy", "dw", "dh", "pt", "n", "el"]
        let texts = keys.compactMap { key -> String? in
            switch members[key] {
            case nil: return nil
            case let text as String: return "\"\(key)\":" + quoted(text)
            case let number as NSNumber: return "\"\(key)\":\(number)"
            case let other: return "\"\(key)\":\(other as Any)"
            }
        }
        return #"{"id":"u","# + texts.joined(separator: ",") + "}"
    }

    private static func notes(_ members: [String: Any]) -> WireV1Notes {
        var notes = WireV1Notes()
        notes.isVisible = members["visible"] as? Bool
        notes.saidBye = members["bye"] as? Bool ?? false
        notes.missing = UInt64(members["missing"] as? Int ?? 0)
        notes.isDuplicate = members["duplicate"] as? Bool ?? false
        notes.isUnreadable = members["unreadable"] as? Bool ?? false
        notes.needsResync = members["resync"] as? Bool ?? false
        return notes
    }

    private static func record(_ members: [String: Any]) -> String {
        let keys = ["type", "how", "id", "token", "rate", "spread", "reason", "batch"]
        return keys.compactMap { members[$0].map { "\($0)" } }.joined(separator: " ")
    }
}
