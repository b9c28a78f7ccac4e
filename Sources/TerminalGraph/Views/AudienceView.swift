import LiveModel

/// Who watches, and how far each is behind.
struct AudienceView {
    private enum Kind: CaseIterable {
        case name
        case shape
        case behind
        case conflated
        case sent
        case age
        case idle

        var head: String {
            switch self {
            case .name: "viewer"
            case .shape: "gets"
            case .behind: "behind"
            case .conflated: "skipped"
            case .sent: "sent"
            case .age: "here"
            case .idle: "idle"
            }
        }

        var columns: Int {
            switch self {
            case .name: 12
            case .shape: 11
            case .behind, .conflated: 7
            case .sent: 5
            case .age: 5
            case .idle: 4
            }
        }
    }

    /// Draws the rows and notes where they can be clicked on.
    static func draw(
        _ status: ServerStatus, on canvas: inout CellCanvas, rect: Rect, hasLines: Bool,
        hits: inout HitRegions
    ) {
        guard hasLines else { return drawSummary(status, on: &canvas, rect: rect) }
        let count = "\(Figures.count(status.viewers)) \(Figures.noun("viewer", status.viewers))"
        canvas.drawFrame(rect, title: "viewers", note: count)
        let inside = rect.inside
        guard inside.rows >= 1 else { return }
        let columns = places(width: inside.columns - 2)
        for (kind, start, width) in columns {
            canvas.write(
                kind.head, row: inside.row, column: inside.column + 1 + start, limit: width, style: .heading,
                alignment: isFigure(kind) ? .right : .left)
        }
        let room = inside.rows - 1
        let shown = status.audience.count <= room ? status.audience.count : max(room - 1, 0)
        for (index, viewer) in status.audience.prefix(shown).enumerated() {
            hits.add(
                .viewer(ViewerMark(viewer, in: status)), row: inside.row + 1 + index, column: inside.column,
                columns: inside.columns)
            for (kind, start, width) in columns {
                let (text, style) = cell(kind, of: viewer)
                canvas.write(
                    text, row: inside.row + 1 + index, column: inside.column + 1 + start, limit: width,
                    style: style, alignment: isFigure(kind) ? .right : .left)
            }
        }
        let rest =
            status.audience.isEmpty
            ? status.viewers > 0 ? "the server does not say who watches" : "nobody watches"
            : shown < status.audience.count ? "and \(status.audience.count - shown) less far behind" : ""
        canvas.write(
            rest, row: inside.row + 1 + shown, column: inside.column + 1, limit: inside.columns - 2,
            style: .faint)
    }

    private static func places(width: Int) -> [(kind: Kind, start: Int, width: Int)] {
        let gap = width >= 200 ? 4 : width >= 70 ? 2 : 1
        var kinds = Kind.allCases
        func least() -> Int { kinds.reduce(-gap) { $0 + $1.columns + gap } }
        for kind in [Kind.conflated, .age] where least() > width { kinds.removeAll { $0 == kind } }
        let spare = min(max(width - least(), 0), 40)
        var start = 0
        return kinds.map { kind in
            let columns = kind.columns + (kind == .name ? spare : 0)
            defer { start += columns + gap }
            return (kind, start, columns)
        }
    }

    private static func isFigure(_ kind: Kind) -> Bool { kind != .name && kind != .shape }

    private static func cell(_ kind: Kind, of viewer: AudienceMember) -> (String, Style) {
        // Whoever has not taken anything for a while and has something to take is stuck.
        let isStuck = viewer.behind > 0 && viewer.idleSeconds >= 2
        switch kind {
        case .name: return (viewer.name, isStuck ? .caution : .plain)
        case .shape:
            return (viewer.hz > 0 ? "\(viewer.shape) \(Figures.count(viewer.hz))/s" : viewer.shape, .faint)
        case .behind:
            return (Figures.count(viewer.behind), isStuck ? .bad : viewer.behind > 0 ? .plain : .faint)
        case .conflated: return (Figures.count(viewer.conflated), viewer.conflated > 0 ? .caution : .faint)
        case .sent: return (Figures.bytes(viewer.sentBytes), .plain)
        case .age: return (Figures.age(seconds: seconds(viewer.ageSeconds)), .faint)
        case .idle: return (Figures.age(seconds: seconds(viewer.idleSeconds)), isStuck ? .caution : .faint)
        }
    }

    private static func seconds(_ value: Double) -> Int64 { Int64(min(max(value, 0), 1e15)) }

    private static func drawSummary(_ status: ServerStatus, on canvas: inout CellCanvas, rect: Rect) {
        var line = LineOfParts()
        line.addLeft(
            weight: 9, (Figures.count(status.viewers), .strong),
            (" \(Figures.noun("viewer", status.viewers))", .faint))
        if let first = status.audience.first {
            line.addLeft(
                weight: 8, (Figures.count(first.behind), first.behind > 0 ? .caution : .plain),
                (" behind at most", .faint))
            line.addLeft(weight: 7, (first.behind > 0 ? first.name : "", .plain))
        }
        line.draw(on: &canvas, row: rect.row, column: rect.column, columns: rect.columns)
    }
}
