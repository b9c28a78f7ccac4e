/// An event stream read as the standard's text has it (WHATWG HTML, section 9.2.6), all at once: a second
/// opinion that shares no code with ours.
enum SimpleEventStream {
    struct Message: Equatable {
        var event: [UInt8]
        var data: [UInt8]
        var id: [UInt8]
    }

    static func messages(of stream: UnsafeRawBufferPointer) -> [Message] {
        var bytes = Array(stream)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        var messages: [Message] = []
        var message = Message(event: [], data: [], id: [])
        var hasData = false
        for line in lines(of: bytes) {
            guard !line.isEmpty else {
                if hasData { messages.append(message) }
                message = Message(event: [], data: [], id: message.id)
                hasData = false
                continue
            }
            let name = Array(line.prefix { $0 != UInt8(ascii: ":") })
            var value = Array(line.dropFirst(name.count + 1))
            if value.first == UInt8(ascii: " ") { value.removeFirst() }
            switch String(decoding: name, as: UTF8.self) {
            case "data":
                message.data += (hasData ? [UInt8(ascii: "\n")] : []) + value
                hasData = true
            case "event": message.event = value
            case "id" where !value.contains(0): message.id = value
            default: break
            }
        }
        return messages
    }

    /// Lines that have an end.
    private static func lines(of bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        var previous: UInt8 = 0
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n") where previous == UInt8(ascii: "\r"): break
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                lines.append(line)
                line = []
            default: line.append(byte)
            }
            previous = byte
        }
        return lines
    }
}
