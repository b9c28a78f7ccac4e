import AccessControl
import ByteCore
import Telemetry

/// Rows for people, and the same for programs.
struct PeopleTable {
    /// A value of a column.
    enum Cell {
        case text(String)
        /// Seconds since 1970; nil of what never was or never will be.
        case time(Int64?)
        /// A text that may be missing: in a table the word for that.
        case optional(String?, orElse: String)
    }

    /// Keys of the JSON objects; capitals are the heads of columns.
    let columns: [StaticString]
    var rows: [[Cell]] = []

    init(_ columns: [StaticString]) { self.columns = columns }

    /// Columns with two spaces between, a head above them.
    var text: String {
        let lines = [columns.map { "\($0)".uppercased() }] + rows.map { $0.map(Self.shown) }
        let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { cells in
            let padded = zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return String(padded.joined(separator: "  ").reversed().drop { $0 == " " }.reversed()) + "\n"
        }.joined()
    }

    /// An array of objects, one a line.
    var json: String {
        var buffer = ByteBuffer()
        buffer.append("[")
        for (index, row) in rows.enumerated() {
            buffer.append(index == 0 ? "\n" : ",\n")
            for (column, cell) in zip(columns, row) {
                buffer.append(column.description == columns[0].description ? "  {" : ",")
                Self.append(column.description, to: &buffer)
                buffer.append(":")
                Self.append(cell, to: &buffer)
            }
            buffer.append("}")
        }
        buffer.append(rows.isEmpty ? "]\n" : "\n]\n")
        return unsafe String(decoding: buffer.readable, as: UTF8.self)
    }

    private static func shown(_ cell: Cell) -> String {
        switch cell {
        case .text(let text): text
        case .time(let seconds): seconds.map { day($0) } ?? "never"
        case .optional(let text, let word): text ?? word
        }
    }

    /// `2026-01-02 03:04`, in UTC.
    static func day(_ epochSeconds: Int64) -> String {
        String(timestamp(epochSeconds).prefix(16).map { $0 == "T" ? " " : $0 })
    }

    private static func timestamp(_ epochSeconds: Int64) -> String {
        var buffer = ByteBuffer()
        buffer.appendTimestamp(epochNanoseconds: min(epochSeconds, .max / 1_000_000_000) * 1_000_000_000)
        return unsafe String(decoding: buffer.readable, as: UTF8.self)
    }

    private static func append(_ cell: Cell, to buffer: inout ByteBuffer) {
        switch cell {
        case .text(let text), .optional(let text?, _): append(text, to: &buffer)
        case .time(let seconds?): append(timestamp(seconds), to: &buffer)
        case .time(nil), .optional(nil, _): buffer.append("null")
        }
    }

    private static func append(_ text: String, to buffer: inout ByteBuffer) {
        var text = text
        text.withUTF8 { unsafe buffer.appendJSONString(UnsafeRawBufferPointer($0)) }
    }
}
