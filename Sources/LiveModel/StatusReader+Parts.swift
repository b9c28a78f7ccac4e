import ByteCore

extension StatusReader {
    /// Lets `body` read each member's value of the object that comes next; false, having passed over it,
    /// where something else comes.
    @discardableResult
    mutating func forEachMember(
        _ body: (inout StatusReader, JSONString) throws(JSONFault) -> Void
    ) throws(JSONFault) -> Bool {
        guard scanner.next == UInt8(ascii: "{") else {
            try scanner.skipValue()
            return false
        }
        try scanner.open()
        var isFirst = true
        while let name = try scanner.nextKey(isFirst: isFirst) {
            isFirst = false
            try body(&self, name)
        }
        return true
    }

    /// Lets `body` read each element of the array that comes next; something else is passed over.
    mutating func forEachElement(
        _ body: (inout StatusReader) throws(JSONFault) -> Void
    ) throws(JSONFault) {
        guard scanner.next == UInt8(ascii: "[") else { return try scanner.skipValue() }
        try scanner.open()
        var isFirst = true
        while try scanner.nextElement(isFirst: isFirst) {
            isFirst = false
            try body(&self)
        }
    }

    /// A whole number of 0 and up; 0 where it is none.
    mutating func readCount() throws(JSONFault) -> Int { try scanner.takeCount(upTo: .max >> 1) ?? 0 }

    /// A figure of 0 and up; 0 where it is none.
    mutating func readFigure() throws(JSONFault) -> Double { try scanner.takeFigure() ?? 0 }

    /// How often visitors sample; nil where no object comes.
    mutating func readSampling() throws(JSONFault) -> SamplingStatus? {
        var sampling = SamplingStatus()
        let isObject = try forEachMember { reader, name throws(JSONFault) in
            switch StatusKey(name) {
            case .rate: sampling.rate = try reader.readCount()
            case .batch: sampling.batchMilliseconds = try reader.readCount()
            case .why: sampling.why = try reader.scanner.takeText() ?? ""
            default: try reader.scanner.skipValue()
            }
        }
        return isObject ? sampling : nil
    }

    /// A line of the log as people read it: the event, and whatever else was said, in its order.
    mutating func readLogLine() throws(JSONFault) -> LogLineText? {
        var line = LogLineText(time: "", text: "")
        var event = ""
        var rest = ""
        let isObject = try forEachMember { reader, name throws(JSONFault) in
            switch StatusKey(name) {
            case .event: event = try reader.scanner.takeText() ?? ""
            case .time:
                if let time = try reader.scanner.takeText() {
                    line.time = Self.clockTime(time)
                    line.epochMilliseconds = EpochTime.milliseconds(ofText: time) ?? 0
                }
            default:
                let key = unsafe name.withBytes { unsafe String(cutting: $0, to: LiveModelLimits.textBytes) }
                let value = try reader.readLogValue()
                if rest.utf8.count < LiveModelLimits.logLineBytes { rest += " \(key)=\(value)" }
            }
        }
        var text = event + rest
        line.text = text.withUTF8 {
            unsafe String(cutting: UnsafeRawBufferPointer($0), to: LiveModelLimits.logLineBytes)
        }
        return isObject ? line : nil
    }

    /// A value as people read it: a text with blanks in quotes, what is nested only hinted at.
    private mutating func readLogValue() throws(JSONFault) -> String {
        switch scanner.next {
        case UInt8(ascii: "\""):
            let text = try scanner.takeText() ?? ""
            return text.isEmpty || text.utf8.contains(UInt8(ascii: " ")) ? "\"\(text)\"" : text
        case UInt8(ascii: "{"):
            try scanner.skipValue()
            return "{...}"
        case UInt8(ascii: "["):
            try scanner.skipValue()
            return "[...]"
        case UInt8(ascii: "t"), UInt8(ascii: "f"):
            return try scanner.takeBool() == true ? "true" : "false"
        case UInt8(ascii: "n"):
            try scanner.skipValue()
            return "null"
        default:
            guard let value = try scanner.takeNumber() else { return "?" }
            return Int(exactly: value).map { "\($0)" } ?? "\(value)"
        }
    }

    /// `HH:MM:SS` of an ISO 8601 time such as `2026-11-20T16:00:00.123Z`; empty where it is none.
    private static func clockTime(_ time: String) -> String {
        let bytes = Array(time.utf8)
        guard bytes.count >= 19, bytes[10] == UInt8(ascii: "T") else { return "" }
        let clock = bytes[11..<19]
        for (index, byte) in clock.enumerated() {
            let isRight = index % 3 == 2 ? byte == UInt8(ascii: ":") : byte &- UInt8(ascii: "0") <= 9
            guard isRight else { return "" }
        }
        return String(decoding: clock, as: UTF8.self)
    }
}
