import LiveModel

/// Which visitors are seen in a list: found out when a second is over, when somebody came or left, and when
/// the window moved. In between the rows stay where they are, so that an eye can rest on one.
struct VisitorRows: Sendable {
    /// What decides who is seen.
    private struct Question: Equatable {
        var second: Int64
        var membershipRevision: UInt64
        var query: VisitorQuery
        var offset: Int
        var rows: Int
    }

    private(set) var window = ListWindow()
    private(set) var visitors: [RankedVisitor] = []
    private var asked: Question?
    /// Whether the window goes where the chosen visitor goes.
    private var followsChosen = false

    /// Finds out who is seen in `rows` rows.
    mutating func look(
        at model: inout LiveModel, query: VisitorQuery, rows: Int, chosen: VisitorMark?
    ) {
        let question = Question(
            second: model.lastFullSecond, membershipRevision: model.membershipRevision, query: query,
            offset: window.offset, rows: rows)
        guard question != asked else { return }
        let hasMoved = asked?.offset != window.offset
        if followsChosen, !hasMoved, let chosen, chosen.isPresent(in: model),
            let place = model.place(of: chosen.slot, in: query)
        {
            window.fit(rows: rows, total: max(window.total, place + 1))
            // The row that is chosen stays under the eye, and the others move around it.
            if let seen = visitors.firstIndex(where: { $0.slot == chosen.slot }) {
                window.scroll(to: place - seen)
            }
            window.reveal(place)
        }
        ask(&model, query, rows: rows)
    }

    /// The visitor that `motion` leads to from `chosen`, and moves the window so that it is seen.
    mutating func choose(
        _ motion: MonitorAction.Motion, from chosen: VisitorMark?, in model: inout LiveModel,
        query: VisitorQuery
    ) -> VisitorMark? {
        // A key may come before there is a picture of what the one before it asked for.
        if asked?.query != query || asked?.offset != window.offset {
            ask(&model, query, rows: window.rows)
        }
        let from: Int? = if let chosen { self.place(of: chosen, in: &model, query: query) } else { nil }
        let place = window.place(motion, from: from)
        followsChosen = true
        let old = window.offset
        window.reveal(place)
        if window.offset == old, visitors.indices.contains(place - old) {
            return VisitorMark(visitors[place - old].slot, in: model)
        }
        ask(&model, query, rows: window.rows)
        guard visitors.indices.contains(place - window.offset) else { return chosen }
        return VisitorMark(visitors[place - window.offset].slot, in: model)
    }

    /// Finds out who is in the window now.
    private mutating func ask(_ model: inout LiveModel, _ query: VisitorQuery, rows: Int) {
        let total = model.visitors(matching: query, from: window.offset, count: rows, into: &visitors)
        let offset = window.offset
        window.fit(rows: rows, total: total)
        if window.offset != offset {
            _ = model.visitors(matching: query, from: window.offset, count: rows, into: &visitors)
        }
        asked = Question(
            second: model.lastFullSecond, membershipRevision: model.membershipRevision, query: query,
            offset: window.offset, rows: rows)
    }

    /// Where `mark` stands; among those that are seen, where it is seen.
    private func place(
        of mark: VisitorMark, in model: inout LiveModel, query: VisitorQuery
    ) -> Int? {
        guard mark.isPresent(in: model) else { return nil }
        if let index = visitors.firstIndex(where: { $0.slot == mark.slot }) { return window.offset + index }
        return model.place(of: mark.slot, in: query)
    }

    /// Moves the window and leaves whoever is chosen behind.
    mutating func scroll(_ motion: MonitorAction.Motion) {
        followsChosen = false
        window.scroll(motion)
    }

    mutating func scrollToTop() { window.scroll(to: 0) }

    mutating func follow() { followsChosen = true }
}
