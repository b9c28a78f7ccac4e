/// What there is to do while nobody is here: how a page gets pointers, where one can try it, and what this
/// view will show; gone with the first visitor.
struct WelcomeView {
    var view: MonitorView
    /// Where pages load the snippet from; empty where the server listens where no browser comes.
    var address: String
    /// Whether that server has a page to try it on.
    var hasSamplePage: Bool
    /// Whether the server was started elsewhere.
    var isElsewhere: Bool

    /// What is written, for so many columns; nothing in it that had to be copied is cut.
    func lines(columns: Int, glyphs: Glyphs) -> [(text: String, style: Style)] {
        var lines: [(text: String, style: Style)] = []
        if address.isEmpty {
            lines.append(("pages load the snippet through your proxy", .plain))
        } else {
            let tag = "<script async src=\"\(address)/pointerscope.js\"></script>"
            let script = "\(address)/pointerscope.js"
            lines.append(
                (columns >= tag.count ? "put this into a page:" : "a page needs this script:", .plain))
            lines.append((columns >= tag.count ? tag : script, .reference))
            if hasSamplePage {
                lines.append(("or move on the sample page:", .plain))
                lines.append(("\(address)/", .reference))
            }
        }
        let demo =
            isElsewhere ? "or see it with others: pointerscope serve --demo" : "or see it with others: --demo"
        lines.append((demo, .plain))
        lines.append(("", .plain))
        return lines + hint(glyphs).map { ($0, .faint) }
    }

    /// What will be there.
    private func hint(_ glyphs: Glyphs) -> [String] {
        func sign(_ value: UInt32) -> String { Unicode.Scalar(value).map { String($0) } ?? "" }
        switch view {
        case .overview: return ["then: a row for each visitor, the busiest on top"]
        case .map:
            return [
                "then: \(sign(glyphs.pointer)) a pointer that moves, its trail behind it",
                "      \(sign(glyphs.restingPointer)) one at rest, a ring a click",
            ]
        case .visitor: return ["then: one visitor's path, speed, clicks and events"]
        case .pages: return ["then: a row for each page, with its visitors"]
        case .workers, .health: return []
        }
    }

    /// Draws as much as there is room for below `row`, the hint last.
    func draw(on canvas: inout CellCanvas, rect: Rect) {
        let lines = lines(columns: rect.columns, glyphs: canvas.glyphs)
        // Blank lines are the first that a small terminal does without.
        let shown = lines.count <= rect.rows ? lines : lines.filter { !$0.text.isEmpty }
        for (index, line) in shown.prefix(max(rect.rows, 0)).enumerated() {
            canvas.write(
                line.text, row: rect.row + index, column: rect.column, limit: rect.columns, style: line.style)
        }
    }
}
