import LiveModel

/// Everyone's pointers on one page, with the ways they came and the clicks they made.
///
/// ```
/// ╭─ map ──────────────── 3 of 3 · by viewport · trail 1.5 s ─╮
/// │      ⢀⣀⣀⡠⠤⠤⠒● user123          │        ● in its hue: moving; ○: at rest; ⣿ brighter: several
/// │   ○ quiet          ⢎⡱● 山田太郎  │        a ring: a click
/// ╰───────────────────────────────────────────────────────────╯
/// ```
/// The work for one picture is bounded: one look at each visitor and at each sample of the trail, a few for
/// each of at most `Limits.mapLabels` ids.
struct MapView {
    /// How long a click spreads, and how far, in columns.
    static let rippleMilliseconds: Int64 = 800
    static let rippleColumns = 3.0

    /// Who sent nothing for so long is at rest.
    static let restMilliseconds: Int64 = 1_500

    /// What is drawn over what.
    enum Layer {
        static let outline: UInt8 = 0
        static let trail: UInt8 = 1
        static let chosenTrail: UInt8 = 4
        static let ripple: UInt8 = 7
    }

    /// Draws those of whom `includes` holds into `rect` and returns where each of them can be clicked on.
    ///
    /// `selected` stands out. `lens` is what is seen of the page, and `memory` what the last picture of this
    /// map left.
    @discardableResult
    static func draw(
        _ model: borrowing LiveModel, options: MapOptions, lens: MapLens = MapLens(), includes: (Int) -> Bool,
        selected: Int?, memory: inout MapMemory, on canvas: inout CellCanvas, rect: Rect
    ) -> [MapSpot] {
        let hasLines = rect.rows >= 5 && rect.columns >= 24
        let plot = hasLines ? rect.inside : rect
        memory.spots.removeAll(keepingCapacity: true)
        guard !plot.isEmpty else { return [] }
        memory.lookAtEveryone(model, includes: includes)
        memory.layOut(options: options, lens: lens, plot: plot, glyphs: canvas.glyphs)
        memory.placeEveryone(model, options: options)
        let hasOutline = drawOutline(model, options: options, selected: selected, memory: &memory)
        drawTrails(model, options: options, selected: selected, memory: &memory)
        drawRipples(memory: &memory)
        let page = memory.page
        // Two lines side by side would be one too many.
        if !hasOutline, !memory.pointers.isEmpty { page.drawEdges(on: &canvas, plot: plot) }
        memory.plot.draw(on: &canvas, row: page.rect.row, column: page.rect.column)
        memory.labels.reset(plot)
        drawPointers(model, options: options, selected: selected, memory: &memory, on: &canvas)
        if options.hasLabels {
            drawLabels(model, selected: selected, memory: &memory, on: &canvas, plot: plot)
        }
        if memory.pointers.isEmpty {
            let text =
                model.visitorCount == 0
                ? "nobody is here yet" : lens.isWhole ? "no pointer to show" : "no pointer in this part"
            canvas.write(
                text, row: plot.row, column: plot.column + 1, limit: plot.columns - 1, style: .faint)
        }
        if hasLines {
            drawFrame(model, options: options, lens: lens, memory: memory, on: &canvas, rect: rect)
        }
        return memory.spots
    }

    /// Draws the viewport of the only one, or the selected one, where viewports are not the page itself, and
    /// tells whether it did.
    private static func drawOutline(
        _ model: borrowing LiveModel, options: MapOptions, selected: Int?, memory: inout MapMemory
    ) -> Bool {
        let slot = memory.pointers.count == 1 ? memory.pointers[0].slot : selected
        guard options.scale == .pixels, let slot, let place = memory.place(of: slot),
            let visitor = model.visitor(in: slot)
        else { return false }
        let size = memory.proportions.size(of: visitor)
        // The edge runs through the outermost dots, not beside them.
        let right = max(size.width * place.across - 0.5, 0.5)
        let bottom = max(size.height * place.down - 0.5, 0.5)
        let corners = [(0.5, 0.5), (right, 0.5), (right, bottom), (0.5, bottom), (0.5, 0.5)].map {
            PlotCanvas.Position(x: $0.0 - memory.left, y: $0.1 - memory.top)
        }
        for (start, end) in zip(corners, corners.dropFirst()) {
            memory.plot.line(from: start, to: end, style: .border, priority: Layer.outline)
        }
        return true
    }

    private static func drawTrails(
        _ model: borrowing LiveModel, options: MapOptions, selected: Int?, memory: inout MapMemory
    ) {
        let whole = Int64(min(max(options.trailMilliseconds, 0), Limits.trailMilliseconds))
        let trails = MapMemory.Trails(
            now: model.nowMilliseconds, milliseconds: memory.trail(of: whole), chosenMilliseconds: whole,
            chosen: selected ?? -1)
        memory.trailMilliseconds = trails.milliseconds
        model.forEachTrace(since: trails.now - max(whole, restMilliseconds)) { point in
            memory.follow(point, trails)
        }
    }

    private static func drawRipples(memory: inout MapMemory) {
        for index in memory.ripples.indices {
            let ripple = memory.ripples[index]
            let share = Double(ripple.ageMilliseconds) / Double(rippleMilliseconds)
            memory.plot.ring(
                ripple.position, radius: 0.5 + (rippleColumns - 0.5) * share, style: .ripple,
                priority: Layer.ripple)
        }
    }

    /// Writes what is seen into the frame, as much of it as fits.
    private static func drawFrame(
        _ model: borrowing LiveModel, options: MapOptions, lens: MapLens, memory: MapMemory,
        on canvas: inout CellCanvas, rect: Rect
    ) {
        let dot = " \(canvas.glyphs.separator) "
        // How many match stands in the last line; some of them may not have moved yet.
        let count = memory.pointers.count
        let isAll = lens.isWhole || count == model.visitorCount
        let shown =
            isAll
            ? "\(Figures.grouped(count)) \(Figures.noun("pointer", count))"
            : "\(Figures.grouped(count)) of \(Figures.grouped(model.visitorCount)) pointers"
        let pixels = memory.proportions.extent.width / Double(max(memory.frame.whole.columns, 1))
        let scale =
            switch options.scale {
            case .viewport: "by viewport"
            case .pixels: "\(Figures.rate(pixels)) px a column"
            }
        let seconds = Double(memory.trailMilliseconds) / 1_000
        let trail = seconds > 0 ? "trail \(Figures.rate(seconds)) s" : "no trails"
        let names = options.hasLabels ? "" : dot + "names off"
        let zoom = lens.isWhole ? "" : "\(Figures.axis(lens.zoom)) times as close" + dot
        let notes = [
            zoom + shown + dot + scale + dot + trail + names, zoom + shown + dot + scale + names,
            zoom + shown + names, zoom + shown, shown,
        ]
        // As drawFrame counts: two corners, a line at either side of both texts, blanks around them.
        let room = rect.columns - 4 - "map".count - 2 - 1 - 2
        canvas.drawFrame(rect, title: "map", note: notes.first { canvas.width(of: $0) <= room } ?? "")
    }
}
