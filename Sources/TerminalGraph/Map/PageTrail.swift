import LiveModel

/// The pages that a visitor was on, one behind the other, and for how long on each.
///
/// ```
/// … /docs 1:03 › /cart 0:12 › /pay 0:40     the newest is the last, and the first to have room
/// ```
struct PageTrail {
    var visits: [PageVisit]
    /// Hub epoch milliseconds.
    var now: Int64

    /// Columns that a page has at most: of many long ones more would be none at all.
    static let pageColumns = 28

    /// What it says, from as far back as fits into `columns`.
    func parts(columns: Int, canvas: borrowing CellCanvas) -> [(page: String, time: String)] {
        var parts: [(page: String, time: String)] = []
        // The blanks at either end, and the sign that there is more.
        var room = columns - 4
        for visit in visits.reversed() {
            let seconds = visit.milliseconds(by: now) / 1_000
            let time =
                Figures.uptime(seconds: Int(clamping: seconds)) + (visit.isFromBefore ? "+" : "")
            let page = visit.page.isEmpty ? "no page" : visit.page
            let between = parts.isEmpty ? 0 : 3
            let taken = min(canvas.width(of: page), Self.pageColumns) + 1 + time.utf8.count + between
            guard taken <= room else { break }
            room -= taken
            parts.insert((page, time), at: 0)
        }
        return parts
    }

    /// Writes it over the lower edge of a panel.
    func draw(on canvas: inout CellCanvas, row: Int, column: Int, columns: Int) {
        let parts = parts(columns: columns, canvas: canvas)
        guard !parts.isEmpty else { return }
        var place = column
        let end = column + columns
        place += canvas.write(" ", row: row, column: place, limit: end - place, style: .plain)
        if parts.count < visits.count {
            canvas.put(canvas.glyphs.ellipsis, row: row, column: place, style: .faint)
            canvas.put(0x20, row: row, column: place + 1, style: .plain)
            place += 2
        }
        for (index, part) in parts.enumerated() {
            if index > 0 {
                place += canvas.write(
                    " \(canvas.glyphs.onward) ", row: row, column: place, limit: end - place, style: .faint)
            }
            place += canvas.write(
                part.page, row: row, column: place, limit: min(Self.pageColumns, end - place),
                style: index == parts.count - 1 ? .reference : .faint)
            place += canvas.write(
                " \(part.time)", row: row, column: place, limit: end - place, style: .faint)
        }
        canvas.write(" ", row: row, column: place, limit: end - place, style: .plain)
    }
}
