import LiveModel

/// The last line: keys, what is filtered and sorted, and where to connect; or what is asked and typed.
struct StatusView {
    var place: KeyPlaces
    var configuration: Monitor.Configuration
    /// The filter of what is shown; nil where nothing can be filtered.
    var filter: VisitorFilter?
    var isHeld: Bool
    /// What is being typed.
    var prompt: MonitorPrompt?
    /// What a command that is typed can go on with.
    var candidates: [String] = []
    /// How many rows meet the filter, and of how many.
    var matching = 0
    var total = 0
    /// What it is asked whether to do.
    var deed: OperatorDeed?
    /// Visitors who would be cut off with the server.
    var presentVisitors = 0
    /// Which rows are seen, where nothing else says it.
    var range = ""
    /// Whether rows stay where they are for the moment.
    var isOrderHeld = false
    /// What it is sorted by, where that is worth saying.
    var sorting = ""

    init(place: KeyPlaces, configuration: Monitor.Configuration, filter: VisitorFilter?, isHeld: Bool) {
        self.place = place
        self.configuration = configuration
        self.filter = filter
        self.isHeld = isHeld
    }

    static func sorting(_ order: String, _ isReversed: Bool) -> String {
        "by \(order)\(isReversed ? " reversed" : "")"
    }

    func draw(
        _ model: borrowing LiveModel, on canvas: inout CellCanvas, row: Int, hits: inout HitRegions
    ) {
        let margin = canvas.columns >= 60 ? 1 : 0
        let columns = canvas.columns - 2 * margin
        var line = LineOfParts()
        if place == .question {
            let visitors = presentVisitors
            let noun = Figures.noun("visitor", visitors)
            line.addLeft(
                weight: 10, ("stop the server and its \(Figures.count(visitors)) \(noun)? ", .prompt),
                ("y", .key), (" stops", .faint), target: .action(.quitForSure))
            line.addLeft(weight: 9, ("any other key goes on", .faint))
            return line.draw(on: &canvas, row: row, column: margin, columns: columns, hits: &hits)
        }
        if let deed {
            line.addLeft(weight: 10, (deed.question(columns: columns), .prompt))
            line.addLeft(weight: 8, ("y", .key), (" does it", .faint), target: .action(.confirmDeed))
            line.addLeft(weight: 7, (deed.effect, .faint))
            return line.draw(on: &canvas, row: row, column: margin, columns: columns, hits: &hits)
        }
        if !model.status.invite.isEmpty, prompt == nil {
            return draw(invite: model.status.invite, on: &canvas, row: row, column: margin, columns: columns)
        }
        var column = margin
        if let prompt {
            column = draw(prompt, on: &canvas, row: row, column: margin) + LineOfParts.gap
        }
        addHints(to: &line, glyphs: canvas.glyphs)
        if place == .command {
            let room = canvas.columns - margin - column
            addCandidates(to: &line, on: canvas, columns: room)
            return line.draw(on: &canvas, row: row, column: column, columns: room, hits: &hits)
        }
        addState(to: &line, model, glyphs: canvas.glyphs)
        line.draw(
            on: &canvas, row: row, column: column, columns: canvas.columns - margin - column, hits: &hits)
    }

    /// Draws how the first admin is made, which is all there is to do until somebody can sign in: the link,
    /// whole so that it can be copied, or where it does not fit what has it.
    private func draw(
        invite: String, on canvas: inout CellCanvas, row: Int, column: Int, columns: Int
    ) {
        let room = columns - canvas.width(of: invite)
        guard room >= 0 else {
            canvas.write(
                "no admin yet: the link is in the file first-admin-link", row: row, column: column,
                limit: columns,
                style: .caution)
            return
        }
        let heads = ["nobody can sign in yet; the first admin is made at ", "no admin yet: ", ""]
        let head = heads.first { canvas.width(of: $0) <= room } ?? ""
        let written = canvas.write(head, row: row, column: column, limit: columns, style: .caution)
        canvas.write(invite, row: row, column: column + written, limit: columns - written, style: .reference)
    }

    /// Draws what is typed, its end rather than its start where it is long; returns the column behind it.
    private func draw(_ prompt: MonitorPrompt, on canvas: inout CellCanvas, row: Int, column: Int) -> Int {
        let room = max(canvas.columns * 3 / 5 - 2, 8)
        var head = prompt.head
        while !head.isEmpty, canvas.width(of: head) > room { head.unicodeScalars.removeFirst() }
        var place = column
        place += canvas.write(self.place == .command ? ":" : "/", row: row, column: place, style: .key)
        place += canvas.write(head, row: row, column: place, style: .prompt)
        let cursor = place
        let written = canvas.write(
            prompt.tail, row: row, column: place, limit: max(room - (place - column), 1), style: .prompt)
        canvas.highlight(row: row, column: cursor, columns: 1)
        return place + max(written, 1)
    }

    /// Adds as many of what a command can go on with as there is room for, and says how many more there are.
    private func addCandidates(to line: inout LineOfParts, on canvas: CellCanvas, columns: Int) {
        var shown = min(candidates.count, Self.mostCandidates)
        while shown > 0 {
            var longer = line
            for (index, text) in candidates.prefix(shown).enumerated() {
                longer.addRight(weight: 9, (text, index == 0 ? .strong : .plain))
            }
            if shown < candidates.count {
                longer.addRight(weight: 9, ("+\(candidates.count - shown)", .faint))
            }
            // The first one stays where there is no room for the words of the keys.
            guard shown > 1, longer.columns(on: canvas) > columns else {
                line = longer
                return
            }
            shown -= 1
        }
    }

    private static let mostCandidates = 8

    private func addHints(to line: inout LineOfParts, glyphs: Glyphs) {
        for binding in KeyTable.bindings where binding.places.contains(place) {
            guard let hint = binding.hint, configuration.canDetach || !binding.needsDetach,
                configuration.operates || !binding.needsOperating
            else { continue }
            let key = hint.isForArrows ? glyphs.arrows : binding.keys[0].name(glyphs)
            let word = isHeld && binding.action == .pause ? "go on" : hint.word
            line.addLeft(
                weight: hint.weight, (key, .key), (" \(word)", .faint), target: .action(binding.action))
        }
    }

    /// What makes the picture another than the usual one; where it is the usual one, where to connect.
    private func addState(
        to line: inout LineOfParts, _ model: borrowing LiveModel, glyphs: Glyphs
    ) {
        if let complaint = filter?.complaint { line.addRight(weight: 14, (complaint, .bad)) }
        var isFiltered = false
        if let filter, !filter.isEmpty {
            isFiltered = true
            let count = "\(Figures.count(matching)) of \(Figures.count(total)) match"
            line.addRight(
                weight: 13, (count, .match),
                (prompt == nil ? " \(shortened(filter.text, glyphs))" : "", .strong))
        }
        if !sorting.isEmpty { line.addRight(weight: 12, (sorting, .strong)) }
        if isOrderHeld, prompt == nil { line.addRight(weight: 7, ("order held", .faint)) }
        if !range.isEmpty { line.addRight(weight: 9, (range, .faint)) }
        if isHeld { line.addRight(weight: 11, ("paused", .caution)) }
        guard !isFiltered, sorting.isEmpty, !isHeld, prompt == nil else { return }
        if !model.status.ingestAddress.isEmpty {
            line.addRight(weight: 6, ("ingest ", .faint), (model.status.ingestAddress, .reference))
        }
        if !model.status.publicURL.isEmpty {
            line.addRight(weight: 7, (model.status.publicURL, .reference))
        } else if !model.status.httpAddress.isEmpty {
            line.addRight(weight: 7, ("http ", .faint), (model.status.httpAddress, .reference))
        }
    }

    /// As much of a filter as leaves room for the rest of the line.
    private func shortened(_ text: String, _ glyphs: Glyphs) -> String {
        guard text.unicodeScalars.count > 32, let ellipsis = Unicode.Scalar(glyphs.ellipsis) else {
            return text
        }
        return String(text.unicodeScalars.prefix(31)) + String(ellipsis)
    }
}
