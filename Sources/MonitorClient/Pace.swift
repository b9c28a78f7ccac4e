/// How often pictures that take many bytes are drawn: a crowd on a map changes nearly every cell, and a line
/// to another continent is no terminal in the same room.
enum Pace {
    /// Bytes a second that pictures come to, for a screen of 120x40 and for smaller ones; larger ones have as
    /// many for each cell. A little below the 60 KiB that are promised: what a key shows waits for nothing,
    /// and a picture is as large as it is.
    static let bytesPerSecond = 58 * 1024
    static let cells = 120 * 40
    /// However many they are, what is seen is never older.
    static let longestNanoseconds: Int64 = 500_000_000

    /// How long so many bytes are to last on a screen of that size.
    static func nanoseconds(bytes: Int, columns: Int, rows: Int) -> Int64 {
        let rate = bytesPerSecond * max(columns * rows, cells) / cells
        return min(Int64(bytes) * 1_000_000_000 / Int64(rate), longestNanoseconds)
    }
}
