import ByteCore

/// All verdicts on a server, as they are printed.
struct Diagnosis {
    let url: String
    private(set) var verdicts: [Verdict] = []

    init(url: String) { self.url = url }

    mutating func add(_ verdict: Verdict?) {
        if let verdict { verdicts.append(verdict) }
    }

    mutating func add(_ more: [Verdict]) { verdicts += more }

    /// Whether nothing fails.
    var isWell: Bool { count(.fail) == 0 }

    private func count(_ level: Verdict.Level) -> Int { verdicts.count { $0.level == level } }

    /// `9 ok, 1 warn, 0 fail, 2 skipped`.
    var summary: String {
        "\(count(.ok)) ok, \(count(.warn)) warn, \(count(.fail)) fail, \(count(.skip)) skipped"
    }

    /// One object:
    /// ```
    /// {"url":"https://a.example","checks":[{"check":"host","level":"ok","text":"..."}],"ok":9,...}
    /// ```
    var json: String {
        var text = ByteBuffer(capacity: 4096)
        text.append("{\"url\":")
        Self.append(url, to: &text)
        text.append(",\"checks\":[")
        for (index, verdict) in verdicts.enumerated() {
            text.append(index == 0 ? "{\"check\":" : ",{\"check\":")
            Self.append(verdict.check, to: &text)
            text.append(",\"level\":")
            Self.append(verdict.level.rawValue, to: &text)
            text.append(",\"text\":")
            Self.append(verdict.text, to: &text)
            if let mend = verdict.mend {
                text.append(",\"mend\":")
                Self.append(mend, to: &text)
            }
            text.append("}")
        }
        text.append("]")
        for level in [Verdict.Level.ok, .warn, .fail, .skip] {
            text.append(",\"")
            text.append(text: level.rawValue)
            text.append("\":")
            text.appendDecimal(count(level))
        }
        text.append("}")
        return unsafe String(decoding: text.readable, as: UTF8.self)
    }

    private static func append(_ value: String, to text: inout ByteBuffer) {
        var value = value
        value.withUTF8 { unsafe text.appendJSONString(UnsafeRawBufferPointer($0)) }
    }
}
