/// A grid of cells that views draw on; nothing drawn ever stands outside of it or tears a wide sign.
///
/// Whatever is drawn beyond an edge is cut off. The cells of every row add up to exactly `columns`.
public struct CellCanvas: Sendable {
    /// Where a text stands within its columns.
    public enum Alignment: Sendable {
        case left
        case right
    }

    public private(set) var columns: Int
    public private(set) var rows: Int
    /// The signs that may be drawn.
    public let glyphs: Glyphs
    /// Row after row.
    private(set) var cells: [Cell]

    /// Makes a blank canvas; sizes are cut to `Limits.canvasColumns` and `Limits.canvasRows`.
    public init(columns: Int, rows: Int, glyphs: Glyphs) {
        self.glyphs = glyphs
        self.columns = 0
        self.rows = 0
        cells = []
        resize(columns: columns, rows: rows)
    }

    /// Takes another size and blanks every cell.
    public mutating func resize(columns: Int, rows: Int) {
        self.columns = min(max(columns, 0), Limits.canvasColumns)
        self.rows = min(max(rows, 0), Limits.canvasRows)
        cells = Array(repeating: .blank, count: self.columns * self.rows)
    }

    /// Blanks every cell.
    public mutating func clear() {
        for index in cells.indices { cells[index] = .blank }
    }

    /// The cell at `row` and `column`; a blank one outside of the canvas.
    public subscript(row: Int, column: Int) -> Cell {
        contains(row, column) ? cells[row * columns + column] : .blank
    }

    /// What stands in a row, as text: for tests and for a picture without a terminal.
    public func text(row: Int) -> String {
        var text = ""
        for column in 0..<columns {
            let cell = self[row, column]
            for value in [cell.scalar, cell.firstMark, cell.secondMark] where value != 0 {
                if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
            }
        }
        return text
    }

    /// Puts one of our own signs, which is one column wide.
    mutating func put(_ scalar: UInt32, row: Int, column: Int, style: Style) {
        guard contains(row, column) else { return }
        release(row, column)
        cells[row * columns + column] = Cell(scalar: scalar, style: style)
    }

    /// Writes `text` made safe into `limit` columns from `column` on, cut with an ellipsis where it does not
    /// fit, and returns how many columns it took.
    @discardableResult
    mutating func write(
        _ text: String, row: Int, column: Int, limit: Int = .max, style: Style, alignment: Alignment = .left
    ) -> Int {
        guard row >= 0, row < rows, column >= 0, column < columns else { return 0 }
        let room = min(limit, columns - column)
        guard room > 0 else { return 0 }
        let width = SafeText.width(of: text, glyphs: glyphs, upTo: room)
        let isCut = width > room
        let shown = isCut ? room - 1 : width
        var place = alignment == .right && !isCut ? column + room - width : column
        let start = place
        var signs = SafeText(text, glyphs: glyphs)
        while let sign = signs.next(), place - start + sign.width <= shown {
            put(sign, row: row, column: place, style: style)
            place += sign.width
        }
        guard isCut else { return place - start }
        put(glyphs.ellipsis, row: row, column: place, style: style)
        return place + 1 - start
    }

    /// Blanks the cells of `rect`, and the other half of a wide sign that it cuts.
    mutating func blank(_ rect: Rect) {
        let rows = max(rect.row, 0)..<max(min(rect.endRow, self.rows), max(rect.row, 0))
        for row in rows {
            for column in max(rect.column, 0)..<max(min(rect.endColumn, columns), max(rect.column, 0)) {
                release(row, column)
            }
        }
    }

    /// Marks `columns` cells of a row as chosen, whatever stands in them.
    mutating func highlight(row: Int, column: Int, columns count: Int) {
        guard row >= 0, row < rows else { return }
        for place in max(column, 0)..<max(min(column + count, columns), max(column, 0)) {
            cells[row * columns + place].isHighlighted = true
        }
    }

    /// Makes all that stands in `rect` stand back: it is not what is any more.
    mutating func dim(_ rect: Rect) {
        for row in max(rect.row, 0)..<max(min(rect.endRow, rows), max(rect.row, 0)) {
            for column in max(rect.column, 0)..<max(min(rect.endColumn, columns), max(rect.column, 0))
            where cells[row * columns + column].style != .border {
                cells[row * columns + column].style = .faint
            }
        }
    }

    private func contains(_ row: Int, _ column: Int) -> Bool {
        row >= 0 && row < rows && column >= 0 && column < columns
    }

    private mutating func put(_ sign: SafeText.Sign, row: Int, column: Int, style: Style) {
        release(row, column)
        let index = row * columns + column
        if sign.width == 2 { release(row, column + 1) }
        cells[index] = Cell(
            scalar: sign.scalar, firstMark: sign.firstMark, secondMark: sign.secondMark,
            width: UInt8(sign.width), style: style)
        if sign.width == 2 { cells[index + 1] = .rightHalf(style: style) }
    }

    /// Blanks the other half where half of a wide sign is about to be overwritten.
    private mutating func release(_ row: Int, _ column: Int) {
        let index = row * columns + column
        switch cells[index].width {
        case 0: cells[index - 1] = .blank
        case 2: cells[index + 1] = .blank
        default: break
        }
        cells[index] = .blank
    }
}
