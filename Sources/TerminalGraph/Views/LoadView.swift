/// The screen of a load run.
///
/// ```
///  load on 127.0.0.1:8081   running   ██████████████────────  0:42 of 1:00, 0:18 left
///  ╭ samples a second ─────────────╮ ╭ how late, by second ──────────╮
///  │ area                          │ │ 1 ms┤ heat                    │
///  ╰───────────────────────────────╯ ╰───────────────────────────────╯
///  ╭ times ────────────────────────╮ ╭ load ─────────────────────────╮
///  ╰───────────────────────────────╯ ╰───────────────────────────────╯
/// ```
public struct LoadView {
    /// Draws the picture over whatever `canvas` held.
    public static func draw(_ picture: LoadPicture, on canvas: inout CellCanvas) {
        canvas.clear()
        drawHeader(picture, on: &canvas)
        let tables = min(10, max(canvas.rows - 8, 0))
        let charts = canvas.rows - 2 - tables
        let half = canvas.columns / 2
        let isWide = canvas.columns >= 72
        let left = isWide ? half : canvas.columns
        if charts >= 4 {
            drawRates(
                picture, on: &canvas, rect: Rect(row: 2, column: 0, rows: charts, columns: left))
            if isWide {
                drawHeat(
                    picture, on: &canvas,
                    rect: Rect(row: 2, column: half, rows: charts, columns: canvas.columns - half))
            }
        }
        let top = canvas.rows - tables
        drawTimes(picture, on: &canvas, rect: Rect(row: top, column: 0, rows: tables, columns: left))
        guard isWide else { return }
        drawLoad(
            picture, on: &canvas,
            rect: Rect(row: top, column: half, rows: tables, columns: canvas.columns - half))
    }

    private static func drawHeader(_ picture: LoadPicture, on canvas: inout CellCanvas) {
        var column = 1
        column += canvas.write(picture.title, row: 0, column: column, style: .title) + 3
        let (state, style): (String, Style) =
            switch picture.state {
            case .opening: ("connecting \(picture.open) of \(picture.visitors)", .caution)
            case .running: ("running", .good)
            case .settling: ("waiting for what is under way", .caution)
            }
        column += canvas.write(state, row: 0, column: column, style: style) + 3
        canvas.write("q or Ctrl-C ends and reports", row: 0, column: column, style: .faint)
        guard picture.durationSeconds > 0 else { return }
        let part = min(picture.elapsedSeconds / picture.durationSeconds, 1)
        let left = max(picture.durationSeconds - picture.elapsedSeconds, 0)
        let text =
            "\(Figures.uptime(seconds: Int(min(picture.elapsedSeconds, picture.durationSeconds)))) of "
            + "\(Figures.uptime(seconds: Int(picture.durationSeconds))), "
            + "\(Figures.uptime(seconds: Int(left.rounded(.up)))) left"
        let room = canvas.columns - 4 - text.count
        if room > 8 {
            let full = Int((part * Double(room)).rounded())
            for place in 0..<room {
                canvas.put(
                    place < full ? canvas.glyphs.bar(1, of: 1) : canvas.glyphs.horizontal, row: 1,
                    column: 1 + place, style: place < full ? .good : .border)
            }
        }
        canvas.write(
            text, row: 1, column: max(canvas.columns - 1 - text.count, 0), style: .plain)
    }

    private static func drawRates(_ picture: LoadPicture, on canvas: inout CellCanvas, rect: Rect) {
        canvas.drawFrame(
            rect, title: "samples sent a second", note: "now \(Figures.rate(picture.sentPerSecond))")
        let room = AreaChart.seconds(columns: rect.inside.columns, glyphs: canvas.glyphs)
        let width = columnsPerPoint(picture, room: room)
        let newest = picture.sentHistory.suffix(max(room / width, 1)).reversed()
        var chart = AreaChart(newest.flatMap { Array(repeating: $0, count: width) })
        chart.secondsPerColumn = picture.secondsPerPoint
        chart.draw(on: &canvas, plot: rect.inside, timesRow: width == 1 ? rect.endRow - 1 : nil)
    }

    /// How wide a second is, so that a short run fills its chart when it is over.
    private static func columnsPerPoint(_ picture: LoadPicture, room: Int) -> Int {
        let points = picture.durationSeconds / Double(max(picture.secondsPerPoint, 1))
        return max(Int(Double(room) / max(points.rounded(.up), 1)), 1)
    }

    private static func drawHeat(_ picture: LoadPicture, on canvas: inout CellCanvas, rect: Rect) {
        canvas.drawFrame(
            rect, title: picture.isTimingViewers ? "due to received" : "due to written",
            note: "newest at the right")
        let plot = rect.inside
        let axis = 8
        let room = max(plot.columns - axis, 0)
        let width = columnsPerPoint(picture, room: room)
        let columns = picture.heat.suffix(room / width)
        let used = columns.flatMap { heat in heat.indices.filter { heat[$0] > 0 } }
        guard let first = used.min(), let last = used.max(), plot.rows > 0 else { return }
        // Neighbouring steps share a row where there are more steps than rows.
        let steps = (last - first) / plot.rows + 1
        for row in 0..<plot.rows {
            let low = first + row * steps
            guard low <= last else { break }
            let place = plot.endRow - 1 - row
            if low < picture.heatEdges.count, row % 2 == 0 {
                let edge = picture.heatEdges[min(low + steps - 1, picture.heatEdges.count - 1)]
                canvas.write(
                    time(edge), row: place, column: plot.column, limit: axis - 1, style: .faint,
                    alignment: .right)
            }
            for (offset, heat) in columns.reversed().enumerated() {
                let most = heat.max() ?? 0
                let count = heat[low..<min(low + steps, heat.count)].max() ?? 0
                guard count > 0 else { continue }
                // A square root lets the few that were late be seen beside the many that were not.
                let style = Style.heat(Double(count).squareRoot(), of: Double(most).squareRoot())
                for column in 0..<width {
                    canvas.put(
                        canvas.glyphs.bar(1, of: 1), row: place,
                        column: plot.endColumn - 1 - offset * width - column, style: style)
                }
            }
        }
    }

    private static func drawTimes(_ picture: LoadPicture, on canvas: inout CellCanvas, rect: Rect) {
        canvas.drawFrame(
            rect, title: picture.isTimingViewers ? "due to received" : "due to written",
            note: "whole run, newest second")
        for (index, line) in picture.percentiles.enumerated() where index < rect.inside.rows {
            let row = rect.row + 1 + index
            canvas.write(line.name, row: row, column: rect.column + 2, style: .faint)
            canvas.write(
                time(line.all), row: row, column: rect.column + 10, limit: 10, style: .strong,
                alignment: .right)
            guard let newest = line.newest else { continue }
            canvas.write(
                time(newest), row: row, column: rect.column + 22, limit: 10, style: .plain, alignment: .right)
        }
    }

    private static func drawLoad(_ picture: LoadPicture, on canvas: inout CellCanvas, rect: Rect) {
        canvas.drawFrame(rect, title: "load")
        var lines: [(String, String, Style)] = [
            ("open", "\(picture.open) of \(picture.visitors)", .plain),
            (
                "offered",
                "\(Figures.rate(picture.offeredPerSecond))/s, \(Figures.count(Int(picture.offered)))",
                .plain
            ),
            (
                "sent", "\(Figures.rate(picture.sentPerSecond))/s, \(Figures.count(Int(picture.sent)))",
                .strong
            ),
        ]
        if picture.viewers > 0 {
            lines.append(
                (
                    "received",
                    "\(Figures.rate(picture.receivedPerSecond))/s by \(picture.viewers)", .strong
                ))
        }
        let isBusy = picture.generatorShare > 0.9
        lines.append(
            ("generator", "\(percent(picture.generatorShare)) of a core", isBusy ? .bad : .plain))
        if let share = picture.serverShare {
            let memory = picture.serverBytes.map { ", \(Figures.bytes(Int(clamping: $0)))" } ?? ""
            lines.append(("server", "\(percent(share)) of a core\(memory)", .plain))
        }
        lines.append(("errors", "\(picture.errors)", picture.errors > 0 ? .bad : .good))
        for fault in picture.faults { lines.append(("", "\(fault.count) \(fault.text)", .bad)) }
        for (index, line) in lines.enumerated() where index < rect.inside.rows {
            let row = rect.row + 1 + index
            canvas.write(line.0, row: row, column: rect.column + 2, style: .faint)
            canvas.write(
                line.1, row: row, column: rect.column + 13, limit: max(rect.columns - 15, 0), style: line.2)
        }
    }

    private static func percent(_ share: Double) -> String { "\(Int((max(share, 0) * 100).rounded())) %" }

    /// At most 7 columns.
    private static func time(_ nanoseconds: Int64) -> String {
        let value = Double(nanoseconds)
        return switch value {
        case ..<1e6: "\(Figures.rate(value / 1e3)) us"
        case ..<1e9: "\(Figures.rate(value / 1e6)) ms"
        default: "\(Figures.rate(value / 1e9)) s"
        }
    }
}
