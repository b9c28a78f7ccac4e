/// Times as logs write them.
enum EpochTime {
    /// Epoch milliseconds of an ISO 8601 time in UTC such as `2026-11-20T16:00:00.123Z`; nil for none.
    static func milliseconds(ofText text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 19, bytes[10] == UInt8(ascii: "T"),
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]),
            let day = number(bytes[8..<10]),
            let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]),
            let second = number(bytes[17..<19]), year >= 1970, (1...12).contains(month),
            (1...31).contains(day),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        var part: Int64 = 0
        if bytes.count >= 23, bytes[19] == UInt8(ascii: ".") { part = number(bytes[20..<23]) ?? 0 }
        return ((days(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1_000 + part
    }

    /// `HH:MM:SS` of epoch milliseconds, UTC.
    static func clock(_ milliseconds: Int64) -> String {
        let seconds = (max(milliseconds, 0) / 1_000) % 86_400
        return [seconds / 3_600, seconds / 60 % 60, seconds % 60]
            .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        var value: Int64 = 0
        for digit in digits {
            let figure = digit &- UInt8(ascii: "0")
            guard figure <= 9 else { return nil }
            value = value * 10 + Int64(figure)
        }
        return value
    }

    /// Days from the epoch to a date of the Gregorian calendar, the year beginning in March so that a leap
    /// day is its last.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let century = shifted / 100
        let leapDays = shifted / 4 - century + century / 4
        let monthDays = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5
        return shifted * 365 + leapDays + monthDays + day - 1 - 719_468
    }
}

extension Incident {
    /// When it began, as `HH:MM:SS` UTC.
    public var clock: String { EpochTime.clock(atMilliseconds) }
}
