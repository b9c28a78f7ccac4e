/// The screen of a load run.
///
/// ```
///  load on 127.0.0.1:8081   running   ██████████████────────  0:42 of 1:00, 0:18 left
///  PASS p99<50ms 12.1 ms   FAIL errors=0 3   .... lost=0 at the end
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
        let top = 2 + drawVerdicts(picture, on: &canvas, row: 2)
        let tables = min(10, max(canvas.rows - top - 6, 0))
        let charts = canvas.rows - top - tables
        let half = canvas.columns / 2
        let isWide = canvas.columns >= 72
        let left = isWide ? half : canvas.columns
        if charts >= 4 {
            if let drain = picture.drain {
                drawRounds(
                    drain, on: &canvas, rect: Rect(row: top, column: 0, rows: charts, columns: canvas.columns)
                )
            } else {
                drawRates(
                    picture, on: &canvas, rect: Rect(row: top, column: 0, rows: charts, columns: left))
                if isWide {
                    drawHeat(
                        picture, on: &canvas,
                        rect: Rect(row: top, column: half, rows: charts, columns: canvas.columns - half))
                }
            }
        }
        let below = Rect(row: canvas.rows - tables, column: 0, rows: tables, columns: left)
        if let drain = picture.drain {
            drawDrain(drain, on: &canvas, rect: below)
        } else {
            drawTimes(picture, on: &canvas, rect: below)
        }
        guard isWide else { return }
        drawLoad(
            picture, on: &canvas,
            rect: Rect(row: below.row, column: half, rows: tables, columns: canvas.columns - half))
    }

    /// Verdicts in as many rows as they take, three at most and none on a small terminal; returns how many.
    private static func drawVerdicts(
        _ picture: LoadPicture, on canvas: inout CellCanvas, row: Int
    ) -> Int {
        guard !picture.verdicts.isEmpty, canvas.rows >= 12 else { return 0 }
        var (place, column) = (row, 1)
        // What has failed comes first, since not everything may have room.
        let sorted =
            picture.verdicts.filter { $0.isMet == false } + picture.verdicts.filter { $0.isMet != false }
        for verdict in sorted {
            let word = verdict.isMet.map { $0 ? "PASS" : "FAIL" } ?? "...."
            let text = " \(verdict.text) \(verdict.value)"
            if column > 1, column + word.count + text.count > canvas.columns - 1 {
                (place, column) = (place + 1, 1)
                if place >= row + 3 { return 3 }
            }
            let style: Style = verdict.isMet.map { $0 ? .good : .bad } ?? .faint
            column += canvas.write(word, row: place, column: column, style: style)
            column += canvas.write(text, row: place, column: column, style: .plain) + 3
        }
        return place - row + 1
    }

    private static func drawRounds(_ drain: LoadPicture.Drain, on canvas: inout CellCanvas, rect: Rect) {
        canvas.drawFrame(
            rect, title: "frames drained a second",
            note: "by round, \(Figures.rate(drain.framesPerSecond)) in all")
        let room = AreaChart.seconds(columns: rect.inside.columns, glyphs: canvas.glyphs)
        AreaChart(drain.newest.suffix(max(room, 1)).reversed()).draw(
            on: &canvas, plot: rect.inside, timesRow: nil)
    }

    private static func drawDrain(_ drain: LoadPicture.Drain, on canvas: inout CellCanvas, rect: Rect) {
        canvas.drawFrame(rect, title: "drained")
        func tenths(_ seconds: Double) -> String {
            let whole = Int((seconds * 10).rounded())
            return "\(whole / 10).\(whole % 10)"
        }
        let lines = [
            ("rounds", Figures.count(drain.rounds)),
            ("by time", "\(Figures.rate(drain.framesPerSecond)) frames/s"),
            ("at work", "\(tenths(drain.seconds)) of \(tenths(drain.secondsAtLeast)) s"),
        ]
        for (index, line) in lines.enumerated() where index < rect.inside.rows {
            let row = rect.row + 1 + index
            canvas.write(line.0, row: row, column: rect.column + 2, style: .faint)
            canvas.write(
                line.1, row: row, column: rect.column + 13, limit: max(rect.columns - 15, 0), style: .strong)
        }
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
        var part = min(picture.elapsedSeconds / picture.durationSeconds, 1)
        // Drain mode ends when the server was at work long enough as well.
        if let drain = picture.drain { part = min(part, drain.seconds / max(drain.secondsAtLeast, 1e-9)) }
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
        var chart = AreaChart(picture.sentHistory.suffix(max(room / width, 1)).reversed())
        chart.columnsPerFigure = width
        chart.secondsPerColumn = picture.secondsPerPoint
        chart.draw(on: &canvas, plot: rect.inside, timesRow: rect.endRow - 1)
    }

    /// How wide a second is, so that a short run fills its chart when it is over.
    private static func columnsPerPoint(_ picture: LoadPicture, room: Int) -> Int {
        let points = picture.durationSeconds / Double(max(picture.secondsPerPoint, 1))
        return max(Int(Double(room) / max(points.rounded(.up), 1)), 1)
    }

    private static func drawHeat(_ picture: LoadPicture, on canvas: inout CellCanvas, rect: Rect) {
        canvas.drawFrame(
            rect, title: picture.isTimingViewers ? "due to received" : "due to written",
            note: "how many, how late")
        let plot = rect.inside
        let axis = 8
        let room = max(plot.columns - axis, 0)
        let width = columnsPerPoint(picture, room: room)
        let columns = picture.heat.suffix(room / width)
        let used = columns.flatMap { heat in heat.indices.filter { heat[$0] > 0 } }
        guard let first = used.min(), let last = used.max(), plot.rows > 0, room > 0 else { return }
        var times = AreaChart([])
        times.columnsPerFigure = width * canvas.glyphs.chartColumnsPerCell
        times.secondsPerColumn = picture.secondsPerPoint
        times.drawTimes(
            on: &canvas, row: rect.endRow - 1,
            area: Rect(row: plot.row, column: plot.endColumn - room, rows: plot.rows, columns: room))
        // Neighbouring steps share a row where there are more steps than rows.
        let steps = (last - first) / plot.rows + 1
        for row in 0..<plot.rows {
            let low = first + row * steps
            guard low <= last else { break }
            let place = plot.endRow - 1 - row
            if low < picture.heatEdges.count, row % 2 == 0 {
                let edge = picture.heatEdges[min(low + steps - 1, picture.heatEdges.count - 1)]
                canvas.write(
                    time(edge, canvas.glyphs), row: place, column: plot.column, limit: axis - 1,
                    style: .faint,
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
                time(line.all, canvas.glyphs), row: row, column: rect.column + 10, limit: 10, style: .strong,
                alignment: .right)
            guard let newest = line.newest else { continue }
            canvas.write(
                time(newest, canvas.glyphs), row: row, column: rect.column + 22, limit: 10, style: .plain,
                alignment: .right)
        }
    }

    private static func drawLoad(_ picture: LoadPicture, on canvas: inout CellCanvas, rect: Rect) {
        canvas.drawFrame(rect, title: "load")
        var lines: [(String, String, Style)] = [
            ("open", "\(Figures.count(picture.open)) of \(Figures.count(picture.visitors))", .plain),
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
        if picture.viewers == 0, picture.drain == nil {
            lines.append(("received", "not measured: no --viewer", .faint))
        }
        lines.append(
            ("errors", Figures.count(Int(clamping: picture.errors)), picture.errors > 0 ? .bad : .plain))
        for fault in picture.faults {
            lines.append(("", "\(Figures.count(Int(clamping: fault.count))) \(fault.text)", .bad))
        }
        for (index, line) in lines.enumerated() where index < rect.inside.rows {
            let row = rect.row + 1 + index
            canvas.write(line.0, row: row, column: rect.column + 2, style: .faint)
            canvas.write(
                line.1, row: row, column: rect.column + 13, limit: max(rect.columns - 15, 0), style: line.2)
        }
    }

    private static func percent(_ share: Double) -> String { "\(Int((max(share, 0) * 100).rounded())) %" }

    /// At most 7 columns.
    private static func time(_ nanoseconds: Int64, _ glyphs: Glyphs) -> String {
        let value = Double(nanoseconds)
        return switch value {
        case ..<1e6: "\(Figures.rate(value / 1e3)) \(glyphs.isUnicode ? "µs" : "us")"
        case ..<1e9: "\(Figures.rate(value / 1e6)) ms"
        default: "\(Figures.rate(value / 1e9)) s"
        }
    }
}
