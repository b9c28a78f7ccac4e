/// Signs of the monitor's own.
extension Glyphs {
    /// Beside the head of the column that a table is sorted by: in its usual direction, and the other way.
    var sortedDown: String { self == .ascii ? "v" : "▾" }
    var sortedUp: String { self == .ascii ? "^" : "▴" }
}
