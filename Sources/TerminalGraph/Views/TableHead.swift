/// The head of a table's column, which says whether the table is sorted by it and sorts when it is clicked.
struct TableHead {
    var text: String
    /// The place of its order among those of the view; nil where it cannot be sorted by.
    var order: Int?
    /// Whether the order is this column's own, and not just one that it shows too.
    var isOwnOrder = true
    var isRightAligned: Bool

    /// Draws the head into `columns` columns; the table is sorted by the `sorted`-th order.
    func draw(
        on canvas: inout CellCanvas, row: Int, column: Int, columns: Int, sorted: Int?, isReversed: Bool,
        hits: inout HitRegions
    ) {
        if let order { hits.add(.column(order), row: row, column: column, columns: columns) }
        let isSorted = isOwnOrder && order != nil && order == sorted
        var shown = text
        // The sign goes where there is room for it; the style says it in any case.
        if isSorted, canvas.width(of: text) < columns {
            let sign = isReversed ? canvas.glyphs.sortedUp : canvas.glyphs.sortedDown
            shown = isRightAligned ? sign + text : text + sign
        }
        canvas.write(
            shown, row: row, column: column, limit: columns, style: isSorted ? .strong : .heading,
            alignment: isRightAligned ? .right : .left)
    }
}
