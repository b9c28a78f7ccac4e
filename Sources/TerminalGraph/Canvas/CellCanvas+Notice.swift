extension CellCanvas {
    /// Writes what the owner has to say over the last row of a drawn picture.
    public mutating func writeNotice(_ text: String) {
        for column in 0..<columns { put(0x20, row: rows - 1, column: column, style: .plain) }
        write(text, row: rows - 1, column: columns >= 60 ? 1 : 0, style: .caution)
    }
}
