import func Glibc.cos
import func Glibc.sin

/// A grid of dots finer than cells, which points, lines and rings are plotted on before it is put onto a
/// canvas.
///
/// ```
/// (0,0)                       positions are in dots: dot (2, 1) reaches from 2 to 3 and from 1 to 2
///   ┌──┬──┬──                 a cell has as many dots as the glyphs tell: braille 2 x 4, blocks 2 x 2,
///   │  │  │                   ASCII 1 x 1; a cell has one style, that of its most important dot, and of
///   ├──┼──┼──                 equally important ones that of the newest
/// ```
/// Whatever the coordinates are, nothing is plotted outside, and a line costs no more than the plot is wide
/// or high: it is cut to the plot before the first step.
struct PlotCanvas: Sendable {
    /// A place on the plot, in dots; any value at all.
    struct Position: Equatable, Sendable, BitwiseCopyable {
        var x: Double
        var y: Double
    }

    private struct PlotCell: BitwiseCopyable {
        /// As `Glyphs.dots(_:)` wants it.
        var mask: UInt8 = 0
        var priority: UInt8 = 0
        var style = Style.plain
    }

    private(set) var glyphs = Glyphs.ascii
    /// Cells.
    private(set) var columns = 0
    private(set) var rows = 0
    /// Dots.
    private(set) var width = 0
    private(set) var height = 0
    /// Dots of a cell as powers of two, so that finding a dot's cell takes no division.
    private var columnShift = 0
    private var rowShift = 0
    private var cells: [PlotCell] = []

    /// Beyond this many dots a position is as good as infinitely far away; doubles still tell dots apart
    /// here.
    private static let farthest = 1e9

    /// Takes a size and blanks everything; the memory of before is used again.
    mutating func reset(columns: Int, rows: Int, glyphs: Glyphs) {
        self.glyphs = glyphs
        self.columns = min(max(columns, 0), Limits.canvasColumns)
        self.rows = min(max(rows, 0), Limits.canvasRows)
        columnShift = glyphs.dotColumns.trailingZeroBitCount
        rowShift = glyphs.dotRows.trailingZeroBitCount
        width = self.columns << columnShift
        height = self.rows << rowShift
        cells.removeAll(keepingCapacity: true)
        cells.append(contentsOf: repeatElement(PlotCell(), count: self.columns * self.rows))
    }

    /// Plots the dot that `position` lies in, if that is one of the plot's.
    mutating func point(_ position: Position, style: Style, priority: UInt8) {
        guard contains(position) else { return }
        dot(Int(position.x), Int(position.y), style: style, priority: priority)
    }

    /// Plots what of the line from `start` to `end` lies on the plot; a line from or to nowhere (NaN) is
    /// none.
    ///
    /// Every dot's centre is within half a dot of the line, measured across its lesser slope. That is why it
    /// is not Bresenham's way, which first moves both ends to the centres of their dots.
    mutating func line(from start: Position, to end: Position, style: Style, priority: UInt8) {
        if contains(start), contains(end) {
            // Most lines of most trails are those of a pointer that hardly moves.
            if Int(start.x) == Int(end.x), Int(start.y) == Int(end.y) {
                dot(Int(start.x), Int(start.y), style: style, priority: priority)
            } else {
                step(from: start, to: end, style: style, priority: priority)
            }
        } else if let (start, end) = clip(start, end) {
            step(from: start, to: end, style: style, priority: priority)
        }
    }

    /// Plots a line whose ends lie on the plot or its edges, one dot for each step along its longer side.
    private mutating func step(from start: Position, to end: Position, style: Style, priority: UInt8) {
        let across = end.x - start.x
        let down = end.y - start.y
        if across.magnitude >= down.magnitude {
            let slope = across == 0 ? 0 : down / across
            let low = min(start.x, end.x)
            let high = max(start.x, end.x)
            for x in min(Int(low), width - 1)...min(Int(high), width - 1) {
                let y = start.y + (min(max(Double(x) + 0.5, low), high) - start.x) * slope
                dot(x, min(max(Int(y), 0), height - 1), style: style, priority: priority)
            }
        } else {
            let slope = across / down
            let low = min(start.y, end.y)
            let high = max(start.y, end.y)
            for y in min(Int(low), height - 1)...min(Int(high), height - 1) {
                let x = start.x + (min(max(Double(y) + 0.5, low), high) - start.y) * slope
                dot(min(max(Int(x), 0), width - 1), y, style: style, priority: priority)
            }
        }
    }

    /// Plots a circle as the eye sees it: `radius` is in cells across, and a cell is twice as high as wide.
    mutating func ring(_ center: Position, radius: Double, style: Style, priority: UInt8) {
        let across = radius * Double(1 << columnShift)
        let down = radius / 2 * Double(1 << rowShift)
        for (cosine, sine) in Self.circle {
            let place = Position(x: center.x + across * cosine, y: center.y + down * sine)
            point(place, style: style, priority: priority)
        }
    }

    /// Puts every cell that has a dot onto `canvas`, the upper left one at `row` and `column`.
    func draw(on canvas: inout CellCanvas, row: Int, column: Int) {
        for line in 0..<rows {
            for place in 0..<columns {
                let cell = cells[line * columns + place]
                guard cell.mask != 0 else { continue }
                canvas.put(sign(of: cell), row: row + line, column: column + place, style: cell.style)
            }
        }
    }

    /// The cell, counted row by row, that `position` lies in, or the nearest where that is not on the plot,
    /// which has a cell at least.
    func cell(of position: Position) -> Int {
        let x = position.x > 0 ? min(position.x, Double(width - 1)) : 0
        let y = position.y > 0 ? min(position.y, Double(height - 1)) : 0
        return index(Int(x), Int(y))
    }

    @inline(__always)
    private func contains(_ position: Position) -> Bool {
        position.x >= 0 && position.y >= 0 && position.x < Double(width) && position.y < Double(height)
    }

    private func sign(of cell: PlotCell) -> UInt32 {
        // Where a cell is one dot, there is room to tell old from new without colours.
        guard glyphs == .ascii else { return glyphs.dots(cell.mask) }
        switch (cell.style, cell.style.hueAge) {
        case (.border, _), (.faint, _), (_, 2), (.heat0, _), (.heat1, _), (.heat2, _):
            return UInt32(UInt8(ascii: "."))
        case (_, 1), (.heat3, _), (.heat4, _), (.heat5, _): return UInt32(UInt8(ascii: ":"))
        default: return glyphs.dots(cell.mask)
        }
    }

    @inline(__always)
    private func bit(_ x: Int, _ y: Int) -> UInt8 {
        let row = y & (1 << rowShift - 1)
        let column = x & (1 << columnShift - 1)
        return 1 &<< UInt8(truncatingIfNeeded: row << columnShift + column)
    }

    @inline(__always)
    private func index(_ x: Int, _ y: Int) -> Int { (y &>> rowShift) &* columns &+ (x &>> columnShift) }

    @inline(__always)
    private mutating func dot(_ x: Int, _ y: Int, style: Style, priority: UInt8) {
        let index = index(x, y)
        cells[index].mask |= bit(x, y)
        guard priority >= cells[index].priority else { return }
        cells[index].priority = priority
        cells[index].style = style
    }

    /// What of a line lies on the plot (Liang and Barsky, "A New Concept and Method for Line Clipping",
    /// 1984).
    @inline(__always)
    private func clip(_ start: Position, _ end: Position) -> (Position, Position)? {
        guard width > 0, height > 0, let start = Self.near(start), let end = Self.near(end) else {
            return nil
        }
        let right = Double(width)
        let bottom = Double(height)
        let across = end.x - start.x
        let down = end.y - start.y
        // The share of the way at which the line enters, and the one at which it leaves.
        var first = 0.0
        var last = 1.0
        func narrow(_ step: Double, _ room: Double) -> Bool {
            guard step != 0 else { return room >= 0 }
            if step < 0 { first = max(first, room / step) } else { last = min(last, room / step) }
            return first <= last
        }
        guard narrow(-across, start.x), narrow(across, right - start.x), narrow(-down, start.y),
            narrow(down, bottom - start.y)
        else { return nil }
        func place(_ share: Double) -> Position {
            Position(
                x: min(max(start.x + across * share, 0), right),
                y: min(max(start.y + down * share, 0), bottom))
        }
        return (first > 0 ? place(first) : start, last < 1 ? place(last) : end)
    }

    /// Nil for what is no place; what is beyond all reach is brought to where doubles still tell dots apart.
    private static func near(_ position: Position) -> Position? {
        guard !position.x.isNaN, !position.y.isNaN else { return nil }
        return Position(
            x: min(max(position.x, -farthest), farthest), y: min(max(position.y, -farthest), farthest))
    }

    /// Places around a circle, as many as the largest ring that is drawn has dots.
    private static let circle: [(Double, Double)] = (0..<Limits.ringPoints).map { step in
        let angle = Double(step) / Double(Limits.ringPoints) * 2 * .pi
        return (cos(angle), sin(angle))
    }
}
