/// Finds places for texts beside pointers, where neither a pointer nor another text stands.
struct LabelPlacer: Sendable {
    /// Where a text stands, seen from its pointer; tried in this order.
    enum Side: UInt8, Sendable, CaseIterable {
        case right
        case left
        case above
        case below
    }

    /// Where a text was put.
    struct Place: Equatable, Sendable {
        var row: Int
        var column: Int
        var side: Side
    }

    private var rect = Rect.none
    /// By cell of `rect`, row by row.
    private var isTaken: [Bool] = []

    /// Begins with an empty `rect`, out of which no text is put.
    mutating func reset(_ rect: Rect) {
        self.rect = rect
        isTaken.removeAll(keepingCapacity: true)
        isTaken.append(contentsOf: repeatElement(false, count: max(rect.rows, 0) * max(rect.columns, 0)))
    }

    /// Keeps a cell free of texts: a pointer stands there.
    mutating func block(row: Int, column: Int) {
        guard row >= rect.row, row < rect.endRow, column >= rect.column, column < rect.endColumn else {
            return
        }
        isTaken[(row - rect.row) * rect.columns + column - rect.column] = true
    }

    /// Takes a place for a text of `columns` columns beside the pointer at `row` and `column`, `gap` columns
    /// away; nil where there is none. The side it had before comes first, so that texts do not jump.
    mutating func place(
        columns: Int, row: Int, column: Int, preferring last: Side? = nil, gap: Int = 1
    ) -> Place? {
        if let last, let place = tryPlace(last, columns: columns, row: row, column: column, gap: gap) {
            return place
        }
        for side in Side.allCases where side != last {
            if let place = tryPlace(side, columns: columns, row: row, column: column, gap: gap) {
                return place
            }
        }
        return nil
    }

    private mutating func tryPlace(_ side: Side, columns: Int, row: Int, column: Int, gap: Int) -> Place? {
        // Above and below it may be pushed along by an edge, as long as it still touches its pointer.
        let centered = min(max(column - columns / 2, rect.column), rect.endColumn - columns)
        let place =
            switch side {
            case .right: Place(row: row, column: column + 1 + gap, side: side)
            case .left: Place(row: row, column: column - gap - columns, side: side)
            case .above: Place(row: row - 1, column: centered, side: side)
            case .below: Place(row: row + 1, column: centered, side: side)
            }
        guard columns > 0, place.row >= rect.row, place.row < rect.endRow, place.column >= rect.column,
            place.column + columns <= rect.endColumn
        else { return nil }
        let start = (place.row - rect.row) * rect.columns + place.column - rect.column
        // A column of air at either end, or two texts would read as one; the pointer itself is not in the
        // way.
        let left = place.column > rect.column && !(side == .right && gap == 0) ? 1 : 0
        let right = place.column + columns < rect.endColumn && !(side == .left && gap == 0) ? 1 : 0
        for cell in start - left..<start + columns + right where isTaken[cell] { return nil }
        for cell in start..<start + columns { isTaken[cell] = true }
        return place
    }
}
