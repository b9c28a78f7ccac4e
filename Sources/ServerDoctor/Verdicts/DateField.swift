/// The moment in a Date field (RFC 9110, section 5.6.7).
enum DateField {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Seconds since the epoch of `Sun, 06 Nov 1994 08:49:37 GMT`; nil for anything else.
    static func seconds(_ text: String) -> Int64? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[5] == "GMT", parts[1].utf8.count == 2, parts[3].utf8.count == 4,
            let month = months.firstIndex(of: String(parts[2])), let day = number(parts[1]),
            let year = number(parts[3]), (1...31).contains(day), year >= 1970
        else { return nil }
        let clock = parts[4].split(separator: ":", omittingEmptySubsequences: false)
        let figures = clock.compactMap { $0.utf8.count == 2 ? number($0) : nil }
        guard clock.count == 3, figures.count == 3, figures[0] < 24, figures[1] < 60, figures[2] <= 60 else {
            return nil
        }
        let time = figures[0] * 3600 + figures[1] * 60 + figures[2]
        return days(year: year, month: Int64(month) + 1, day: day) * 86_400 + time
    }

    private static func number(_ digits: Substring) -> Int64? {
        digits.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } ? Int64(digits) : nil
    }

    /// Days from 1 January 1970 to a day of the Gregorian calendar: years are counted from March, so that the
    /// day that comes and goes is their last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}
