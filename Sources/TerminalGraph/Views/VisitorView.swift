import LiveModel
import PointerEvents

/// One visitor: who it is, where its pointer went and how fast, and what it did.
struct VisitorView {
    static func draw(
        _ model: borrowing LiveModel, look: PathLook, events: inout ListWindow, secondsPerColumn: Int,
        on canvas: inout CellCanvas, rect: Rect, hasLines: Bool, hits: inout HitRegions
    ) {
        guard let followed = model.followed else {
            if hasLines { canvas.drawFrame(rect, title: "visitor") }
            let inside = hasLines ? rect.inside : rect
            let text =
                model.visitorCount == 0 ? "nobody is here yet" : "nobody is chosen: f takes the busiest"
            canvas.write(
                text, row: inside.row, column: inside.column + 1, limit: inside.columns - 2, style: .faint)
            return
        }
        let layout = VisitorLayout(body: rect, hasLines: hasLines)
        drawFacts(model, followed, on: &canvas, rect: layout.facts, hasLines: hasLines)
        PathView.draw(model, look: look, on: &canvas, rect: layout.path)
        hits.add(.path, layout.path)
        if !layout.speed.isEmpty {
            let geometry = SpeedView.draw(
                model, secondsPerColumn: secondsPerColumn, span: look.span, on: &canvas, rect: layout.speed)
            if let geometry { hits.add(.chart(geometry), layout.speed) }
        }
        if !layout.events.isEmpty {
            EventsView.draw(
                model, look: look, window: &events, on: &canvas, rect: layout.events, hasLines: hasLines,
                hits: &hits)
        }
    }

    private static func drawFacts(
        _ model: borrowing LiveModel, _ followed: FollowedVisitor, on canvas: inout CellCanvas, rect: Rect,
        hasLines: Bool
    ) {
        let inside = hasLines ? rect.inside : rect
        let margin = hasLines ? 1 : 0
        let column = inside.column + margin
        let columns = inside.columns - 2 * margin
        let gone = (model.nowMilliseconds - followed.leftMilliseconds) / 1_000
        let state = followed.hasLeft ? "left \(Figures.age(seconds: gone))" : ""
        if hasLines { canvas.drawFrame(rect, title: "visitor", note: state) }
        // Without lines the id has the whole row, above the path too.
        let idColumns = hasLines ? columns : canvas.columns
        let taken = canvas.write(
            followed.id, row: inside.row, column: column, limit: idColumns, style: .strong)
        if !hasLines, !state.isEmpty {
            canvas.write(
                state, row: inside.row, column: column + taken + 2, limit: idColumns - taken - 2,
                style: .caution)
        }
        let wide = columns >= 34
        var row = inside.row + 1
        for fact in facts(model, followed, isWide: wide) {
            guard row < inside.endRow else { return }
            let label = wide ? 10 : 7
            canvas.write(
                wide ? fact.label : fact.short, row: row, column: column, limit: label, style: .faint)
            let taken = canvas.write(
                fact.text, row: row, column: column + label, limit: columns - label, style: fact.style)
            if fact.hasSparkline, !followed.hasLeft {
                let width = min(columns - label - 7, 60)
                drawSparkline(
                    model, slot: followed.slot, on: &canvas, row: row,
                    column: column + label + max(taken + 1, 7), width: width)
            }
            row += 1
        }
    }

    private static func drawSparkline(
        _ model: borrowing LiveModel, slot: Int, on canvas: inout CellCanvas, row: Int, column: Int,
        width: Int
    ) {
        guard width >= 4 else { return }
        var most = 60
        for ago in 0..<LiveModel.activitySeconds {
            most = max(most, model.samples(of: slot, secondsAgo: ago))
        }
        Sparkline(second: model.nowMilliseconds / 1_000, scale: Double(most)).draw(
            on: &canvas, row: row, column: column, width: width
        ) { Sparkline.samples(model, slot: slot, secondsAgo: $0) }
    }

    /// A line about the visitor; those that say most come first, for where there is no room for all.
    private struct Fact {
        var label: String
        var short: String
        var text: String
        var style = Style.plain
        var hasSparkline = false

        init(_ label: String, _ short: String, _ text: String, _ style: Style = .plain) {
            self.label = label
            self.short = short
            self.text = text
            self.style = style
        }
    }

    private static func facts(
        _ model: borrowing LiveModel, _ followed: FollowedVisitor, isWide: Bool
    ) -> [Fact] {
        guard let glance = model.followedGlance else { return [] }
        let now = model.nowMilliseconds
        func age(_ since: Int64) -> String { Figures.age(seconds: (now - since) / 1_000) }
        let samples = followed.hasLeft ? 0 : model.rate(of: followed.slot)
        var rate = Fact("rate", "rate", "\(Figures.rate(samples))/s", samples > 0 ? .strong : .faint)
        rate.hasSparkline = true
        let page = model.followedPage
        let place = "\(Figures.coordinate(glance.x)),\(Figures.coordinate(glance.y))"
        let position = glance.hasPosition ? isWide ? "\(place) \(glance.kind.word)" : place : "-"
        let name = model.followedName
        let named = name.isEmpty ? [] : [Fact("name", "name", name, .strong)]
        let documented = inDocument(glance).map { [Fact("in page", "inpage", $0)] } ?? []
        return named + [
            Fact("page", "page", page.isEmpty ? "-" : page, page.isEmpty ? .faint : .reference),
            rate,
            Fact("at", "at", position),
        ] + documented + [
            Fact(
                "device", "device", device(glance, isWide: isWide), glance.viewportWidth > 0 ? .plain : .faint
            ),
            Fact("seen", "seen", age(glance.lastMilliseconds)),
            Fact(
                "here for", "here",
                Figures.uptime(seconds: Int(clamping: max(now - glance.sinceMilliseconds, 0) / 1_000))),
            fact("clicks", model, [.click, .down, .up, .cancel], .strong),
            Fact("worker", "worker", glance.worker > 0 ? String(glance.worker) : "-"),
            Fact("buttons", "button", buttons(glance.buttons)),
            fact("moves", model, [.move, .scroll], .plain),
            Fact("in, out", "in,out", crossings(model)),
        ]
    }

    /// How often the first of `kinds` was seen, which the label names, and the others by name where any were.
    private static func fact(
        _ label: String, _ model: borrowing LiveModel, _ kinds: [PointerKind], _ style: Style
    ) -> Fact {
        let others = kinds.dropFirst().filter { model.followedCount(of: $0) > 0 }
        let first = model.followedCount(of: kinds[0])
        let words = others.map { "\(Figures.count(model.followedCount(of: $0))) \($0.word)" }
        let text = ([Figures.count(first)] + words).joined(separator: "  ")
        return Fact(label, label, text, first == 0 && others.isEmpty ? .faint : style)
    }

    /// How often the pointer came into the page and left it.
    private static func crossings(_ model: borrowing LiveModel) -> String {
        [PointerKind.enter, .leave].map { Figures.count(model.followedCount(of: $0)) }.joined(separator: ", ")
    }

    /// Where the pointer is in the document, and how large that is; nil where it was not said.
    static func inDocument(_ glance: VisitorGlance) -> String? {
        guard glance.hasPosition, glance.documentHeight > 0 else { return nil }
        func pair(_ one: Double, _ mark: String, _ other: Double) -> String {
            Figures.coordinate(one) + mark + Figures.coordinate(other)
        }
        return pair(glance.x + glance.scrollX, ",", glance.y + glance.scrollY) + " of "
            + pair(glance.documentWidth, "x", glance.documentHeight)
    }

    /// What the viewport looks like, and how large it is; a guess, as no more is known.
    static func device(_ glance: VisitorGlance, isWide: Bool) -> String {
        let width = glance.viewportWidth
        let height = glance.viewportHeight
        guard width > 0, height > 0 else { return "-" }
        let short = min(width, height)
        let long = max(width, height)
        let kind =
            short < 500 && long < 1_000 ? "phone" : short < 1_100 && width <= 1_100 ? "tablet" : "desktop"
        let size = "\(Figures.coordinate(width))x\(Figures.coordinate(height))"
        return isWide ? "\(kind) \(size)" : size
    }

    /// The buttons that are down (UI Events, section 3.4.1: a bit each).
    static func buttons(_ bits: UInt16) -> String {
        let names = ["left", "right", "middle", "back", "forward"]
        let down = names.indices.filter { bits & (1 << UInt16($0)) != 0 }.map { names[$0] }
        return bits == 0 ? "none" : down.isEmpty ? "others" : down.joined(separator: " ")
    }
}
