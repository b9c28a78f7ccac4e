/// Numbers as people read them, in few columns; whatever the number is, the text stays short.
enum Figures {
    /// 0 to 999,999 with separators, then 1.2M and so on: at most 7 characters.
    static func count(_ value: Int) -> String {
        let value = max(value, 0)
        return value < 1_000_000
            ? grouped(value) : scaled(Double(value), units: ["M", "G", "T", "P", "E"], per: 1e6)
    }

    /// 0, 0.4, 12.4, 812, 12.3k: at most 5 characters.
    static func rate(_ value: Double) -> String {
        guard value.isFinite, value > 0 else { return "0" }
        if value < 99.95 { return oneDecimal(value) }
        if value < 9_999.5 { return String(Int(value.rounded())) }
        return scaled(value, units: ["k", "M", "G", "T", "P"], per: 1e3)
    }

    /// The same for an axis, whose figures are round: 50, 7.5, 12.0k.
    static func axis(_ value: Double) -> String {
        value < 10_000 && value == value.rounded() ? String(Int(value)) : rate(value)
    }

    /// 0B, 812K, 12.3M: at most 5 characters.
    static func bytes(_ value: Int) -> String {
        guard value >= 1024 else { return "\(max(value, 0))B" }
        return scaled(Double(value), units: ["K", "M", "G", "T", "P", "E"], per: 1024, step: 1024)
    }

    /// now, 12s, 3m, 4h, 5d: at most 4 characters.
    static func age(seconds: Int64) -> String {
        switch seconds {
        case ..<1: "now"
        case ..<60: "\(seconds)s"
        case ..<3_600: "\(seconds / 60)m"
        case ..<86_400: "\(seconds / 3_600)h"
        case ..<86_400_000: "\(seconds / 86_400)d"
        default: "ages"
        }
    }

    /// 0:12, 12:34, 1:02:03, 3d 04:05.
    static func uptime(seconds: Int) -> String {
        let days = seconds / 86_400
        let hours = seconds / 3_600 % 24
        let minutes = seconds / 60 % 60
        if days > 0 { return "\(days)d \(padded(hours)):\(padded(minutes))" }
        let rest = ":\(padded(seconds % 60))"
        return hours > 0 ? "\(hours):\(padded(minutes))\(rest)" : "\(minutes)\(rest)"
    }

    /// A coordinate: whole up to five characters, then 1e5 and so on: at most 6 characters.
    static func coordinate(_ value: Double) -> String {
        guard value.isFinite else { return "?" }
        let whole = value.rounded()
        if whole > -9_999.5, whole < 99_999.5 { return String(Int(whole)) }
        let size = whole.magnitude
        var exponent = 0
        var lead = size
        while lead >= 9.5 {
            lead /= 10
            exponent += 1
        }
        return "\(value < 0 ? "-" : "")\(Int(lead.rounded()))e\(exponent)"
    }

    /// The number with a comma after every three digits.
    static func grouped(_ value: Int) -> String {
        guard value >= 1_000 else { return String(value) }
        let rest = String(value % 1_000)
        return grouped(value / 1_000) + "," + String(repeating: "0", count: 3 - rest.utf8.count) + rest
    }

    /// `noun`, with an s unless there is one of it.
    static func noun(_ noun: String, _ count: Int) -> String { count == 1 ? noun : noun + "s" }

    /// A share of one: 0, 0.4, 12, 312; in hundredths, at most 5 characters.
    static func percent(_ share: Double) -> String { rate(share * 100) }

    /// Milliseconds: 0.08, 0.6, 12.4, 812, 12.3k: at most 5 characters.
    static func milliseconds(_ value: Double) -> String {
        guard value.isFinite, value >= 0.005 else { return "0" }
        guard value < 0.995 else { return rate(value) }
        let hundredths = Int((value * 100).rounded())
        return "0.\(padded(hundredths))"
    }

    private static func scaled(
        _ value: Double, units: [String], per first: Double, step: Double = 1_000
    ) -> String {
        var scaled = value / first
        for unit in units {
            if scaled < 99.95 { return oneDecimal(scaled) + unit }
            if scaled < 999.5 { return String(Int(scaled.rounded())) + unit }
            scaled /= step
        }
        return "huge"
    }

    private static func oneDecimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
}
