import LiveModel

/// All that is known of one viewer, in front of the view.
struct ViewerCard {
    var mark: ViewerMark
    /// Nil where it is not listed any more.
    var viewer: AudienceMember?

    private static let columns = 52
    private static let labelColumns = 12

    func draw(on canvas: inout CellCanvas, body: Rect) {
        let lines = lines
        let columns = min(Self.columns, body.columns)
        let rows = min(lines.count + 2, body.rows)
        let rect = Rect(
            row: body.row + (body.rows - rows) / 2, column: body.column + (body.columns - columns) / 2,
            rows: rows, columns: columns)
        canvas.blank(rect)
        canvas.drawFrame(rect, title: "viewer \(mark.name)")
        let inside = rect.inside
        for (index, line) in lines.prefix(max(inside.rows, 0)).enumerated() {
            canvas.write(
                line.label, row: inside.row + index, column: inside.column + 1, limit: Self.labelColumns,
                style: .faint)
            canvas.write(
                line.text, row: inside.row + index, column: inside.column + 1 + Self.labelColumns,
                limit: inside.columns - 2 - Self.labelColumns, style: line.style)
        }
    }

    private var lines: [(label: String, text: String, style: Style)] {
        guard let viewer else {
            return [("", "gone, or not far behind any more", .caution)]
        }
        func seconds(_ value: Double) -> Int { Int(min(max(value, 0), 1e12)) }
        let gets =
            viewer.hz > 0
            ? "\(viewer.shape), \(Figures.grouped(viewer.hz)) a second" : "\(viewer.shape), each of them"
        let isStuck = viewer.behind > 0 && viewer.idleSeconds >= 2
        return [
            ("gets", gets, .plain),
            ("here for", Figures.uptime(seconds: seconds(viewer.ageSeconds)), .plain),
            ("was sent", Figures.bytes(viewer.sentBytes), .plain),
            (
                "behind", "\(Figures.count(viewer.behind)) events it has not taken yet",
                isStuck ? .bad : .plain
            ),
            (
                "skipped", "\(Figures.count(viewer.conflated)) older moves that gave way",
                viewer.conflated > 0 ? .caution : .plain
            ),
            (
                "idle", "took something \(Figures.uptime(seconds: seconds(viewer.idleSeconds))) ago",
                isStuck ? .caution : .plain
            ),
        ]
    }
}
