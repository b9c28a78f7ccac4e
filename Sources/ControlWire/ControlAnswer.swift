public import ByteCore

/// A line of what the server says: a JSON object, of which the first key says what it is.
///
/// ```
/// {"pointerscope":1,"version":"0.1.0","pid":123}     the greeting; 1 is the version of this protocol
/// {"worker":{...}}                                   one thing that was asked for
/// {"done":true}                                      the answer is whole
/// {"error":"there is no worker 9","status":67}       or will not be
/// ```
/// Between greeting and end stand any number of things: `status`, `worker`, `log`, `event`, `note`. More keys
/// may come behind these, and more kinds of lines between them: who does not know them passes over them.
public enum ControlAnswer: Equatable, Sendable {
    case greeting(protocolVersion: Int, version: String, pid: Int)
    /// A thing, as the bytes of its JSON value.
    case item(kind: String, value: [UInt8])
    case done
    case error(ControlRefusal)

    /// The version of the protocol that this is.
    public static let protocolVersion = 1

    /// Reads a line without its line feed; nil where it is none of these.
    public init?(_ line: UnsafeRawBufferPointer) {
        do throws(JSONFault) {
            guard let read = unsafe try Self.read(line) else { return nil }
            self = read
        } catch {
            return nil
        }
    }

    private static func read(_ line: UnsafeRawBufferPointer) throws(JSONFault) -> ControlAnswer? {
        var scanner = unsafe JSONScanner(line, maximumDepth: ControlLimits.depth)
        scanner.skipWhitespace()
        guard scanner.next == UInt8(ascii: "{") else { return nil }
        try scanner.open()
        var members: [(key: String, value: Range<Int>)] = []
        while let key = try scanner.nextKey(isFirst: members.isEmpty) {
            guard let name = key.text else { return nil }
            let start = scanner.offset
            try scanner.skipValue()
            members.append((name, start..<scanner.offset))
        }
        try scanner.expectEnd()
        guard let first = members.first else { return nil }
        func value(_ key: String) -> ControlValue? {
            members.first { $0.key == key }.flatMap { member in
                unsafe ControlValue(UnsafeRawBufferPointer(rebasing: line[member.value]))
            }
        }
        switch first.key {
        case "pointerscope":
            guard let number = value("pointerscope")?.count, let pid = value("pid")?.count else { return nil }
            return .greeting(protocolVersion: number, version: value("version")?.text ?? "", pid: pid)
        case "done": return .done
        case "error":
            guard let reason = value("error")?.text,
                let status = value("status")?.count.flatMap({ Int32(exactly: $0) })
            else { return nil }
            return .error(ControlRefusal(reason, status: status))
        default: return unsafe .item(kind: first.key, value: Array(line[first.value]))
        }
    }
}

extension ByteBuffer {
    /// Appends the line that a server begins with.
    public mutating func appendControlGreeting(version: String, pid: Int) {
        append("{\"pointerscope\":")
        appendDecimal(ControlAnswer.protocolVersion)
        append(",\"version\":")
        appendControlText(version)
        append(",\"pid\":")
        appendDecimal(pid)
        append("}\n")
    }

    /// Appends a line with one thing, whose JSON value `body` appends; it has no line feed in it.
    public mutating func appendControlItem(_ kind: StaticString, _ body: (inout ByteBuffer) -> Void) {
        append("{\"")
        append(kind)
        append("\":")
        body(&self)
        append("}\n")
    }

    /// Appends a line that tells a person something.
    public mutating func appendControlNote(_ text: String) {
        appendControlItem("note") { $0.appendControlText(text) }
    }

    /// Appends the line that ends an answer.
    public mutating func appendControlDone() { append("{\"done\":true}\n") }

    /// Appends the line that ends an answer that is none.
    public mutating func appendControlError(_ refusal: ControlRefusal) {
        append("{\"error\":")
        appendControlText(refusal.reason)
        append(",\"status\":")
        appendDecimal(Int64(refusal.status))
        append("}\n")
    }

    /// Appends a text as JSON has it.
    public mutating func appendControlText(_ text: String) {
        var text = text
        text.withUTF8 { unsafe appendJSONString(UnsafeRawBufferPointer($0)) }
    }
}
