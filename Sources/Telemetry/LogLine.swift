public import ByteCore

/// One line of the log: a JSON object whose first key is `event`, then what belongs to it, then `time`.
///
/// ```
/// {"event":"ready","ingest":"127.0.0.1:8081","workers":2,"time":"2026-01-02T03:04:05.678Z"}
/// ```
public struct LogLine: ~Copyable {
    private var text = ByteBuffer(capacity: 256)

    /// Begins a line.
    public init(_ event: StaticString) {
        text.append("{\"event\":\"")
        text.append(event)
        text.append("\"")
    }

    /// Adds a text; of a longer one than `LogLimits.textBytes` the beginning and an ellipsis.
    public mutating func add(_ key: StaticString, _ value: String) {
        appendKey(key)
        var value = value
        if value.utf8.count > LogLimits.textBytes { value = Self.shortened(value) }
        value.withUTF8 { unsafe text.appendJSONString(UnsafeRawBufferPointer($0)) }
    }

    private static func shortened(_ value: String) -> String {
        // Decoding repairs the character that the cut may have gone through, and what is not ASCII then ends
        // in a replacement character at worst.
        String(decoding: value.utf8.prefix(LogLimits.textBytes), as: UTF8.self) + "…"
    }

    /// Adds a whole number.
    public mutating func add(_ key: StaticString, _ value: Int64) {
        appendKey(key)
        text.appendDecimal(value)
    }

    /// Adds a whole number.
    public mutating func add(_ key: StaticString, _ value: Int) { add(key, Int64(value)) }

    private mutating func appendKey(_ key: StaticString) {
        text.append(",\"")
        text.append(key)
        text.append("\":")
    }

    /// Ends the line with the time, in nanoseconds since the epoch, and appends it to `output`.
    public consuming func finish(epochNanoseconds: Int64, into output: inout ByteBuffer) {
        text.append(",\"time\":\"")
        text.appendTimestamp(epochNanoseconds: epochNanoseconds)
        text.append("\"}\n")
        unsafe output.append(text.readable)
    }
}

extension ByteBuffer {
    /// Appends UTC in milliseconds as of RFC 3339: `2026-01-02T03:04:05.678Z`; a time before 1970 is 1970.
    public mutating func appendTimestamp(epochNanoseconds: Int64) {
        let milliseconds = max(0, epochNanoseconds) / 1_000_000
        let seconds = milliseconds / 1000
        let date = CivilDate(daysSinceEpoch: seconds / 86_400)
        let time = seconds % 86_400
        appendPadded(date.year, digits: 4)
        append("-")
        appendPadded(date.month, digits: 2)
        append("-")
        appendPadded(date.day, digits: 2)
        append("T")
        appendPadded(time / 3600, digits: 2)
        append(":")
        appendPadded(time / 60 % 60, digits: 2)
        append(":")
        appendPadded(time % 60, digits: 2)
        append(".")
        appendPadded(milliseconds % 1000, digits: 3)
        append("Z")
    }

    private mutating func appendPadded(_ number: Int64, digits: Int) {
        var divisor: Int64 = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }
}

/// A day of the Gregorian calendar.
struct CivilDate: Equatable {
    var year: Int64
    var month: Int64
    var day: Int64

    /// Counts days in years that begin in March, so that the leap day comes last; 400 years are 146,097 days.
    init(daysSinceEpoch: Int64) {
        let shifted = daysSinceEpoch + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}
