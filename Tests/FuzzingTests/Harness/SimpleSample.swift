import PointerEvents

/// A sample, and a message of samples, as docs/protocol.md describes them, read from a `SimpleJSON`.
struct SimpleSample: Equatable {
    var id: [UInt8] = []
    var x = 0.0
    var y = 0.0
    var clientTime: Double?
    var kind: String?
    var buttons: Double?
    var width: Double?
    var height: Double?
    var page: [UInt8]?
    // What stands in a tail.
    var scrollX: Double?
    var scrollY: Double?
    var documentWidth: Double?
    var documentHeight: Double?
    var pointerType: String?
    var name: [UInt8]?
    var element: [UInt8]?

    /// One that says nothing.
    init(id: [UInt8]) { self.id = id }

    /// What becomes of a whole message.
    enum Verdict: Equatable {
        case accepted([SimpleSample])
        /// With this WebSocket close code.
        case refused(UInt16)
    }

    static func judge(_ message: UnsafeRawBufferPointer) -> Verdict {
        guard message.count <= 65_536 else { return .refused(1009) }
        do throws(SimpleJSON.Fault) {
            let elements: [SimpleJSON]
            switch try SimpleJSONParser.parse(message, deepest: 16) {
            case .array(let all): elements = all
            case let one: elements = [one]
            }
            let samples = elements.map { SimpleSample($0) }
            return samples.contains(nil) ? .refused(1008) : .accepted(samples.compactMap { $0 })
        } catch {
            return .refused(error == .tooDeep ? 1008 : 1007)
        }
    }

    private static let keys: Set = [
        "id", "x", "y", "t", "k", "b", "w", "h", "p", "sx", "sy", "dw", "dh", "pt", "n", "el",
    ]

    /// Nil where it is none.
    private init?(_ value: SimpleJSON) {
        guard case .object(let members) = value else { return nil }
        var seen: Set<String> = []
        for (key, value) in members {
            guard let key else { continue }
            let name = String(decoding: key, as: UTF8.self)
            guard Self.keys.contains(name) else { continue }
            guard seen.insert(name).inserted, take(name, value) else { return nil }
        }
        guard seen.isSuperset(of: ["id", "x", "y"]) else { return nil }
    }

    /// Whether a value is of the type that a key of the tail has; others are ignored there.
    private static func mayMean(_ name: String, _ value: SimpleJSON) -> Bool {
        switch (name, value) {
        case ("pt", .string), ("n", .string), ("el", .string): true
        case ("sx", .number), ("sy", .number), ("dw", .number), ("dh", .number): true
        default: !["pt", "n", "el", "sx", "sy", "dw", "dh"].contains(name)
        }
    }

    /// Takes a member that means something; false where it is not acceptable.
    private mutating func take(_ name: String, _ value: SimpleJSON) -> Bool {
        guard Self.mayMean(name, value) else { return true }
        switch (name, value) {
        case ("id", .string(let text?)):
            id = text
            return (1...64).contains(text.count) && Self.isLine(text)
        case ("n", .string(let text?)):
            self.name = text
            return (1...64).contains(text.count) && Self.isLine(text)
        case ("el", .string(let text?)):
            element = text
            return text.count <= 64 && Self.isLine(text)
        case ("pt", .string(let text?)):
            let word = String(decoding: text, as: UTF8.self)
            pointerType = word
            return ["mouse", "pen", "touch"].contains(word)
        case ("p", .string(let text?)):
            page = text
            return text.count <= 256
        case ("k", .string(let text?)):
            let word = String(decoding: text, as: UTF8.self)
            kind = word
            return ["move", "down", "up", "click", "scroll", "enter", "leave", "cancel"].contains(word)
        case (_, .number(let number)) where number.isFinite: return take(name, number)
        default: return false
        }
    }

    static func isLine(_ text: [UInt8]) -> Bool {
        String(decoding: text, as: UTF8.self).unicodeScalars.allSatisfy {
            $0.properties.generalCategory != .control
        }
    }

    private mutating func take(_ name: String, _ number: Double) -> Bool {
        switch name {
        case "x": x = number
        case "y": y = number
        case "t": clientTime = number
        case "b":
            buttons = number
            return number >= 0 && number <= 65_535 && number == number.rounded()
        case "w":
            width = number
            return number >= 0
        case "h":
            height = number
            return number >= 0
        case "sx": scrollX = number
        case "sy": scrollY = number
        case "dw":
            documentWidth = number
            return number >= 0
        case "dh":
            documentHeight = number
            return number >= 0
        default: return false
        }
        return true
    }

    /// The same of a sample that our decoder made, with its tail where it has one.
    init(_ decoded: DecodedSample, tail: DecodedTail?) {
        let sample = decoded.sample
        id = Array(decoded.id)
        x = sample.x
        y = sample.y
        clientTime = sample.fields.contains(.clientTime) ? sample.clientTime : nil
        kind = sample.fields.contains(.kind) ? "\(sample.kind.word)" : nil
        buttons = sample.fields.contains(.buttons) ? Double(sample.buttons) : nil
        width = sample.fields.contains(.width) ? sample.width : nil
        height = sample.fields.contains(.height) ? sample.height : nil
        page = sample.fields.contains(.page) ? Array(decoded.page) : nil
        if let tail { take(tail) }
    }

    private mutating func take(_ decoded: DecodedTail) {
        let tail = decoded.tail
        let fields = tail.fields
        scrollX = fields.contains(.scrollX) ? tail.scrollX : nil
        scrollY = fields.contains(.scrollY) ? tail.scrollY : nil
        documentWidth = fields.contains(.documentWidth) ? tail.documentWidth : nil
        documentHeight = fields.contains(.documentHeight) ? tail.documentHeight : nil
        pointerType =
            fields.contains(.pointerType) ? PointerType(rawValue: tail.pointerType).map { "\($0)" } : nil
        name = fields.contains(.name) ? Array(decoded.name) : nil
        element = fields.contains(.element) ? Array(decoded.element) : nil
    }
}
