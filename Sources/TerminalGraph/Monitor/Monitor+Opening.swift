import LiveModel

/// What is opened, and the way back from it.
extension Monitor {
    /// Opens what is chosen, or the first of the list; false where there is nothing to open.
    mutating func open(_ model: inout LiveModel) -> Bool {
        switch settings.view {
        case .overview, .map:
            // Whoever the filter leaves out is chosen, but not among those that can be opened.
            if chosen.map({ !$0.isPresent(in: model) || !model.matches($0.slot, filter) }) ?? true {
                let first = visitorRows.choose(.rows(0), from: nil, in: &model, query: query)
                guard let first else { return false }
                choose(first, &model)
            }
            openChosen(model)
        case .pages:
            lookAtPagesAnew(&model)
            guard let page = pageRows.opened, page.isPresent(in: model) else { return false }
            pageRows.chosen = page
            lead(to: .map)
            show(filter: Self.filter(forPage: page.text(in: model)))
        case .workers:
            lookAtWorkersAnew(model)
            // Nobody is with one that does not run.
            guard let worker = workerRows.opened, worker > 0 else { return false }
            workerRows.chosen = worker
            lead(to: .overview)
            show(filter: "worker:\(worker)")
        case .visitor, .health: break
        }
        return true
    }

    /// Says why there is nothing to open.
    mutating func sayWhyNothingOpens(_ model: borrowing LiveModel, now: Int64) {
        let why =
            if !filterHere.isEmpty {
                "nothing here meets the filter, Esc takes it away"
            } else if settings.view != .workers {
                "nobody is here yet"
            } else if model.status.workers.isEmpty {
                WorkersView.noWorkers
            } else {
                "no visitors are with a worker that does not run"
            }
        say(why, now: now)
    }

    /// Shows the path of the visitor that is chosen.
    mutating func openChosen(_ model: borrowing LiveModel) {
        guard let chosen, chosen.isPresent(in: model) else { return }
        lead(to: .visitor)
    }

    /// The filter that a page's visitors meet, and nobody else.
    static func filter(forPage text: String) -> String { "page=\(FilterQuotes.quoted(text))" }

    /// One step back: what is selected goes; then out of a view, else the filter of what is shown, else the
    /// choice; in Health, which has none, the newest lines of the log.
    mutating func goBack(_ model: inout LiveModel) {
        if span != nil {
            span = nil
        } else if settings.view == .visitor, path.act != nil {
            path.act = nil
        } else if let stop = stops.popLast() {
            settings.view = stop.view
            show(filter: stop.filter)
        } else if settings.view != .health, !filterHere.text.isEmpty {
            showHere(filter: "")
        } else {
            switch settings.view {
            case .pages: pageRows.chosen = nil
            case .workers: workerRows.chosen = nil
            case .overview, .map:
                chosen = nil
                model.follow(nil)
            case .visitor: break
            case .health: log.scroll(to: 0)
            }
        }
    }

    /// The most active of those who meet the filter; nil where nobody does.
    func busiest(_ model: inout LiveModel) -> VisitorMark? {
        var busiest: [RankedVisitor] = []
        _ = model.visitors(
            matching: VisitorQuery(filter: filter, order: .rate), from: 0, count: 1, into: &busiest)
        return busiest.first.flatMap { VisitorMark($0.slot, in: model) }
    }

    /// Shows the path of the busiest of those who meet the filter of visitors.
    mutating func followBusiest(_ model: inout LiveModel, now: Int64) {
        guard let first = busiest(&model) else {
            let why = model.visitorCount > 0 ? "nobody meets the filter \(filter.text)" : "nobody is here yet"
            return say(why, now: now)
        }
        choose(first, &model)
        visitorRows.follow()
        lead(to: .visitor)
    }
}
