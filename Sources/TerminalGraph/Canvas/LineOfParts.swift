/// A line of short texts, some at its left and some at its right; those of least weight go first where it is
/// too narrow for all.
struct LineOfParts {
    private struct Part {
        var pieces: [(text: String, style: Style)]
        var weight: Int
        var isRight: Bool
        var target: HitTarget?
    }

    /// Columns between two parts.
    static let gap = 2

    private var parts: [Part] = []

    /// Adds a part at the left; the heavier, the longer it stays. A click on it means `target`.
    mutating func addLeft(weight: Int, _ pieces: (String, Style)..., target: HitTarget? = nil) {
        parts.append(Part(pieces: pieces, weight: weight, isRight: false, target: target))
    }

    /// Adds a part at the right, to the right of those before it.
    mutating func addRight(weight: Int, _ pieces: (String, Style)..., target: HitTarget? = nil) {
        parts.append(Part(pieces: pieces, weight: weight, isRight: true, target: target))
    }

    /// Columns that all of it takes.
    func columns(on canvas: CellCanvas) -> Int {
        let widths = parts.map { part in part.pieces.reduce(0) { $0 + canvas.width(of: $1.text) } }
        return widths.filter { $0 > 0 }.reduce(-Self.gap) { $0 + $1 + Self.gap }
    }

    /// Draws what fits into `columns` columns from `column` on.
    func draw(on canvas: inout CellCanvas, row: Int, column: Int, columns: Int) {
        var hits = HitRegions()
        draw(on: &canvas, row: row, column: column, columns: columns, hits: &hits)
    }

    /// The same, noting what a click means.
    func draw(on canvas: inout CellCanvas, row: Int, column: Int, columns: Int, hits: inout HitRegions) {
        let widths = parts.map { part in part.pieces.reduce(0) { $0 + canvas.width(of: $1.text) } }
        var isShown = parts.indices.map { widths[$0] > 0 }
        func total() -> Int {
            parts.indices.reduce(-Self.gap) { $0 + (isShown[$1] ? widths[$1] + Self.gap : 0) }
        }
        while total() > columns, let lightest = parts.indices.filter({ isShown[$0] }).min(by: isLighter) {
            // The last one left is cut instead.
            if isShown.count(where: { $0 }) == 1 { break }
            isShown[lightest] = false
        }
        var left = column
        var right = column + columns
        for index in parts.indices where isShown[index] && !parts[index].isRight {
            let end = draw(parts[index], on: &canvas, row: row, column: left, end: right)
            note(parts[index], row: row, column: left, end: end, in: &hits)
            left = end + Self.gap
        }
        for index in parts.indices.reversed() where isShown[index] && parts[index].isRight {
            right = max(right - widths[index], left)
            let end = draw(parts[index], on: &canvas, row: row, column: right, end: column + columns)
            note(parts[index], row: row, column: right, end: end, in: &hits)
            right -= Self.gap
        }
    }

    private func isLighter(_ one: Int, _ other: Int) -> Bool { parts[one].weight < parts[other].weight }

    private func note(_ part: Part, row: Int, column: Int, end: Int, in hits: inout HitRegions) {
        guard let target = part.target else { return }
        hits.add(target, row: row, column: column, columns: end - column)
    }

    private func draw(
        _ part: Part, on canvas: inout CellCanvas, row: Int, column: Int, end: Int
    ) -> Int {
        var column = column
        for piece in part.pieces {
            column += canvas.write(
                piece.text, row: row, column: column, limit: end - column, style: piece.style)
        }
        return column
    }
}
