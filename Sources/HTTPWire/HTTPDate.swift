public import ByteCore

/// A time as heads carry it: `Sun, 06 Nov 1994 08:49:37 GMT` (IMF-fixdate, RFC 9110 section 5.6.7).
public enum HTTPDate {
    private static let days: [StaticString] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months: [StaticString] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Appends the time that is `seconds` after 1970 began in UTC; before that, and after the year 9999, the
    /// nearest that can be written.
    public static func append(_ seconds: Int64, to text: inout ByteBuffer) {
        let seconds = Int(min(max(seconds, 0), 253_402_300_799))
        let day = seconds / 86_400
        let second = seconds % 86_400
        let date = date(ofDay: day)
        text.append(days[day % 7])
        text.append(", ")
        appendTwo(date.day, to: &text)
        text.append(" ")
        text.append(months[date.month - 1])
        text.append(" ")
        text.appendDecimal(date.year)
        text.append(" ")
        appendTwo(second / 3600, to: &text)
        text.append(":")
        appendTwo(second / 60 % 60, to: &text)
        text.append(":")
        appendTwo(second % 60, to: &text)
        text.append(" GMT")
    }

    private static func appendTwo(_ number: Int, to text: inout ByteBuffer) {
        text.append(UInt8(ascii: "0") + UInt8(number / 10))
        text.append(UInt8(ascii: "0") + UInt8(number % 10))
    }

    /// The date of a day counted from 1970-01-01 on, in the Gregorian calendar.
    private static func date(ofDay day: Int) -> (year: Int, month: Int, day: Int) {
        var left = day
        var year = 1970
        // From 1970 on whole cycles of 400 years are alike.
        year += left / 146_097 * 400
        left %= 146_097
        while left >= length(of: year) {
            left -= length(of: year)
            year += 1
        }
        var month = 1
        while left >= length(of: month, in: year) {
            left -= length(of: month, in: year)
            month += 1
        }
        return (year, month, left + 1)
    }

    private static func length(of year: Int) -> Int { isLeap(year) ? 366 : 365 }

    private static func length(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }
}
