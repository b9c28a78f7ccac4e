/// A picture as a file of its own (SVG 1.1), in the colours of a theme, for a report or a ticket.
///
/// Every run of cells that look alike is a text of a given length, so that it stands in its columns whatever
/// font a browser has.
public enum CanvasSVG {
    private static let cellWidth = 8
    private static let cellHeight = 17
    private static let baseline = 13

    public static func text(of canvas: CellCanvas, theme: Theme) -> String {
        let ground = theme.look(of: .plain).background?.exact ?? (theme == .light ? .paper : .night)
        let ink = theme.look(of: .plain).foreground?.exact ?? (theme == .light ? .night : .paper)
        let (width, height) = (canvas.columns * cellWidth, canvas.rows * cellHeight)
        var svg =
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
            + "font-family=\"monospace\" font-size=\"13\" fill=\"\(ink.hex)\" xml:space=\"preserve\">\n"
            + "<rect width=\"\(width)\" height=\"\(height)\" fill=\"\(ground.hex)\"/>\n"
        for row in 0..<canvas.rows {
            var column = 0
            while column < canvas.columns {
                let first = canvas[row, column]
                var end = column + 1
                while end < canvas.columns, canvas[row, end].looks(like: first) { end += 1 }
                append(canvas, row, column..<end, theme, to: &svg)
                column = end
            }
        }
        return svg + "</svg>\n"
    }

    private static func append(
        _ canvas: CellCanvas, _ row: Int, _ columns: Range<Int>, _ theme: Theme, to svg: inout String
    ) {
        let cell = canvas[row, columns.lowerBound]
        let isChosen = cell.isHighlighted
        let look =
            isChosen
            ? theme.highlightedLook(of: cell.style) ?? theme.look(of: cell.style) : theme.look(of: cell.style)
        let (left, width) = (columns.lowerBound * cellWidth, columns.count * cellWidth)
        let ground = look.background?.exact ?? (isChosen ? RGB(red: 0x44, green: 0x55, blue: 0x66) : nil)
        if let ground {
            svg +=
                "<rect x=\"\(left)\" y=\"\(row * cellHeight)\" width=\"\(width)\" height=\"\(cellHeight)\" "
                + "fill=\"\(ground.hex)\"/>\n"
        }
        var text = ""
        for column in columns { append(canvas[row, column], to: &text) }
        guard text.contains(where: { $0 != " " }) else { return }
        svg += "<text x=\"\(left)\" y=\"\(row * cellHeight + baseline)\" textLength=\"\(width)\""
        if let color = look.foreground { svg += " fill=\"\(color.exact.hex)\"" }
        if look.isBold { svg += " font-weight=\"bold\"" }
        if look.isDim { svg += " opacity=\"0.6\"" }
        if look.isUnderlined { svg += " text-decoration=\"underline\"" }
        svg += ">\(text)</text>\n"
    }

    private static func append(_ cell: Cell, to text: inout String) {
        for value in [cell.scalar, cell.firstMark, cell.secondMark] where value != 0 {
            switch Unicode.Scalar(value) {
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "&": text += "&amp;"
            case let scalar?: text.unicodeScalars.append(scalar)
            case nil: break
            }
        }
    }
}

extension Cell {
    /// Whether both can be one text; right halves go with what they are the half of.
    fileprivate func looks(like other: Cell) -> Bool {
        style == other.style && isHighlighted == other.isHighlighted
    }
}

extension RGB {
    fileprivate static let night = RGB(red: 0x10, green: 0x14, blue: 0x18)
    fileprivate static let paper = RGB(red: 0xE8, green: 0xE8, blue: 0xE8)

    fileprivate var hex: String {
        "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
