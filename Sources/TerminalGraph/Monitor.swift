public import LiveModel

/// The whole of the screen: what is shown, how far it is scrolled, and what keys do to it.
///
/// It is pure: the same model, size and keys give the same cells.
public struct Monitor: Sendable {
    /// What a key asks of the owner.
    public enum Command: Sendable, Equatable {
        case none
        case quit
        /// Paint every cell again.
        case redraw
    }

    /// The first visitor shown, in order of activity.
    private var offset = 0
    /// How many rows of visitors the last picture had.
    private var visitorRows = 1
    /// Who is shown, and for which picture that was found out.
    private var visitors: [RankedVisitor] = []
    private var window: Window?

    /// What decides who is shown.
    private struct Window: Equatable {
        var second: Int64
        var membershipRevision: UInt64
        var offset: Int
        var rows: Int
    }

    public init() {}

    /// Takes in a key.
    public mutating func press(_ key: Key) -> Command {
        switch key {
        case .character("q"), .character("Q"): return .quit
        case .control("L"): return .redraw
        case .up, .character("k"): offset -= 1
        case .down, .character("j"): offset += 1
        case .pageUp: offset -= max(visitorRows - 1, 1)
        case .pageDown: offset += max(visitorRows - 1, 1)
        case .home: offset = 0
        case .end: offset = .max / 2
        default: return .none
        }
        // The upper bound is known when the visitors are: at the next drawing.
        offset = max(offset, 0)
        return .none
    }

    /// Draws the picture at `now` (monotonic nanoseconds) over whatever `canvas` held.
    public mutating func draw(_ model: inout LiveModel, on canvas: inout CellCanvas, now: Int64) {
        model.advance(now: now)
        canvas.clear()
        guard canvas.columns >= Limits.overviewColumns, canvas.rows >= Limits.overviewRows else {
            drawTooSmall(on: &canvas)
            return
        }
        let layout = OverviewLayout(
            columns: canvas.columns, rows: canvas.rows, workers: model.status.workers.count)
        visitorRows = layout.visitorRows
        chooseVisitors(&model)
        let hasLines = layout.hasLines
        let range = range(of: model, glyphs: canvas.glyphs)
        HeaderView.draw(
            model, on: &canvas, row: layout.headerRow, totalsAreElsewhere: layout.isWide, now: now)
        ChartView.draw(model, on: &canvas, rect: layout.chart, hasLines: hasLines)
        WorkersView.draw(model.status, on: &canvas, rect: layout.workers, hasLines: hasLines)
        VisitorsView.draw(
            model, visitors: visitors, range: range, on: &canvas, rect: layout.visitors, hasLines: hasLines)
        StatusView.draw(
            model.status, on: &canvas, row: layout.statusRow, isScrollable: model.rowCount > visitorRows,
            range: hasLines ? "" : range)
    }

    /// Which of the visitors are shown; empty where nobody is.
    private func range(of model: borrowing LiveModel, glyphs: Glyphs) -> String {
        guard !visitors.isEmpty else { return "" }
        let first = Figures.grouped(offset + 1)
        let last = Figures.grouped(offset + visitors.count)
        return "\(first)\(glyphs.dash)\(last) of \(Figures.grouped(model.visitorCount))"
    }

    /// Finds out who is shown: when a second is over, when somebody came or left, when the window moved. In
    /// between the rows stay where they are, so that an eye can rest on one.
    private mutating func chooseVisitors(_ model: inout LiveModel) {
        offset = min(max(offset, 0), max(0, model.rowCount - visitorRows))
        let wanted = Window(
            second: model.lastFullSecond, membershipRevision: model.membershipRevision,
            offset: offset, rows: visitorRows)
        guard wanted != window else { return }
        window = wanted
        _ = model.visitors(
            matching: VisitorQuery(), from: offset, count: visitorRows, into: &visitors)
    }

    private func drawTooSmall(on canvas: inout CellCanvas) {
        let least = "\(Limits.overviewColumns)x\(Limits.overviewRows)"
        canvas.write("\(least) is needed; q quits", row: 0, column: 0, style: .caution)
    }
}
