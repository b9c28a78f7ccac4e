/// Which part of the page a map shows, and how closely.
struct MapLens: Equatable, Sendable {
    /// How many times as large the page is as it would be whole.
    var zoom = 1.0
    /// The place in the middle of the plot, in shares of the page's width and height.
    var x = 0.5
    var y = 0.5

    /// How close one can come.
    static let zooms = [1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32]

    var isWhole: Bool { zoom <= 1 }

    /// The next `steps` closer, or farther where they are below 0.
    func zoom(after steps: Int) -> Double {
        let place = (Self.zooms.lastIndex { $0 <= zoom } ?? 0) + min(max(steps, -99), 99)
        return Self.zooms[min(max(place, 0), Self.zooms.count - 1)]
    }
}

/// Where a page lies that a lens makes larger than it would fit: never with its edge further in than the
/// plot's, and in whole cells, so that nothing shimmers while it is moved.
///
/// ```
/// ┌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌┐ whole
/// ╎   ┌───────┐   ╎
/// ╎   │ page  │   ╎ what of it lies on the plot
/// ╎   └───────┘   ╎
/// └╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌┘
/// ```
struct MapFrame: Equatable, Sendable {
    private(set) var plot = Rect.none
    /// The page as it lies on the plot without a lens.
    private var fitted = Rect.none
    /// The page as it would lie if the plot had no edges.
    private(set) var whole = Rect.none
    private var zoom = 1.0

    init() {}

    init(fitted: Rect, plot: Rect, lens: MapLens) {
        self.plot = plot
        self.fitted = fitted
        zoom = lens.zoom
        let columns = Self.scaled(fitted.columns, lens.zoom)
        let rows = Self.scaled(fitted.rows, lens.zoom)
        whole = Rect(
            row: Self.start(
                of: rows, center: lens.y, fitted: fitted.row, within: plot.row, plot.rows,
                isWhole: lens.isWhole),
            column: Self.start(
                of: columns, center: lens.x, fitted: fitted.column, within: plot.column, plot.columns,
                isWhole: lens.isWhole), rows: rows, columns: columns)
    }

    private static func scaled(_ cells: Int, _ zoom: Double) -> Int {
        Int((Double(cells) * zoom).rounded())
    }

    private static func start(
        of cells: Int, center: Double, fitted: Int, within first: Int, _ room: Int, isWhole: Bool
    ) -> Int {
        if isWhole { return fitted }
        guard cells > room else { return first + (room - cells) / 2 }
        let wanted = Double(first) + Double(room) / 2 - center * Double(cells)
        return Int(min(max(wanted.rounded(), Double(first + room - cells)), Double(first)))
    }

    /// What is seen of the page.
    var page: Rect {
        let row = max(whole.row, plot.row)
        let column = max(whole.column, plot.column)
        return Rect(
            row: row, column: column, rows: min(whole.endRow, plot.endRow) - row,
            columns: min(whole.endColumn, plot.endColumn) - column)
    }

    /// The lens that shows this; nothing is left of what went beyond an edge.
    var lens: MapLens {
        guard zoom > 1, !whole.isEmpty else { return MapLens() }
        return MapLens(
            zoom: zoom,
            x: Self.center(start: Double(whole.column), of: whole.columns, within: plot.column, plot.columns),
            y: Self.center(start: Double(whole.row), of: whole.rows, within: plot.row, plot.rows))
    }

    private static func center(start: Double, of cells: Int, within first: Int, _ room: Int) -> Double {
        (Double(first) + Double(room) / 2 - start) / Double(max(cells, 1))
    }

    /// The lens `steps` closer, with what lies in a cell staying where it is as far as the edges let it; what
    /// that is is `share` of the page, or else told by the cell.
    func lens(
        closer steps: Int, row: Int, column: Int, share: (x: Double, y: Double)? = nil
    ) -> MapLens {
        let zoom = lens.zoom(after: steps)
        guard zoom > 1, !whole.isEmpty else { return MapLens() }
        let (rows, columns) = (Self.scaled(fitted.rows, zoom), Self.scaled(fitted.columns, zoom))
        // The page's outermost cells are its edges: what stands there, be it from beyond, stays in sight.
        let across = Double(column - whole.column) / Double(max(whole.columns - 1, 1))
        let down = Double(row - whole.row) / Double(max(whole.rows - 1, 1))
        var start = (
            x: Double(column) - across * Double(columns - 1), y: Double(row) - down * Double(rows - 1)
        )
        if let share {
            start.x = Double(column) + 0.5 - share.x * Double(columns)
            start.y = Double(row) + 0.5 - share.y * Double(rows)
        }
        return settled(
            MapLens(
                zoom: zoom,
                x: Self.center(start: start.x, of: columns, within: plot.column, plot.columns),
                y: Self.center(start: start.y, of: rows, within: plot.row, plot.rows)))
    }

    /// The lens with the page moved by so many cells.
    func lens(movedBy rows: Int, _ columns: Int) -> MapLens {
        guard zoom > 1, !whole.isEmpty else { return MapLens() }
        let (row, column) = (Double(whole.row + rows), Double(whole.column + columns))
        return settled(
            MapLens(
                zoom: zoom,
                x: Self.center(start: column, of: whole.columns, within: plot.column, plot.columns),
                y: Self.center(start: row, of: whole.rows, within: plot.row, plot.rows)))
    }

    /// The lens in which a place is seen: this one where it is already, else with it in the middle.
    func lens(showing x: Double, _ y: Double) -> MapLens {
        guard zoom > 1, !whole.isEmpty, x.isFinite, y.isFinite else { return lens }
        let column = whole.column + Int(min(max(x, 0), 1) * Double(whole.columns - 1))
        let row = whole.row + Int(min(max(y, 0), 1) * Double(whole.rows - 1))
        let isSeen =
            row >= plot.row && row < plot.endRow && column >= plot.column && column < plot.endColumn
        return isSeen ? lens : settled(MapLens(zoom: zoom, x: min(max(x, 0), 1), y: min(max(y, 0), 1)))
    }

    /// The same page seen through another lens.
    func seen(through lens: MapLens) -> MapFrame { MapFrame(fitted: fitted, plot: plot, lens: lens) }

    private func settled(_ lens: MapLens) -> MapLens {
        seen(through: lens).lens
    }
}
