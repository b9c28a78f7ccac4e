import LiveModel

/// The lists of pages and of workers, and what stands below them where there is room.
extension Monitor {
    mutating func drawPages(
        _ model: inout LiveModel, on canvas: inout CellCanvas, frame: MonitorFrame
    ) {
        var layout = PagesLayout(body: frame.body, hasLines: frame.hasLines, pages: model.pageCount)
        // Nothing goes on on a page that nobody is on.
        if model.pageCount == 0 { (layout.table, layout.detail) = (frame.body, .none) }
        let inside = frame.hasLines ? layout.table.inside : layout.table
        pageRows.look(
            at: &model, filter: pageFilter, order: settings.pageOrder, isReversed: settings.arePagesReversed,
            rows: inside.rows - 1)
        PagesView(rows: pageRows, order: settings.pageOrder, isReversed: settings.arePagesReversed).draw(
            model, on: &canvas, rect: layout.table, hasLines: frame.hasLines, hits: &hits)
        guard !layout.detail.isEmpty, let page = pageRows.opened else { return }
        let view = PageDetailView(page: page.index, rect: layout.detail, glyphs: canvas.glyphs)
        let filter = Self.filter(forPage: page.text(in: model))
        pageVisitors.look(
            at: &model, query: VisitorQuery(filter: VisitorFilter(parsing: filter)),
            rows: view.visitors.inside.rows - 1, chosen: nil)
        view.draw(model, visitors: pageVisitors, chosen: chosen, on: &canvas, hits: &hits)
    }

    /// Finds the pages where what is shown answers another question: a key may come before there is a picture
    /// of what the one before it asked for.
    mutating func lookAtPagesAnew(_ model: inout LiveModel) {
        let (order, isReversed) = (settings.pageOrder, settings.arePagesReversed)
        guard !pageRows.answers(filter: pageFilter, order: order, isReversed: isReversed) else { return }
        pageRows.look(
            at: &model, filter: pageFilter, order: order, isReversed: isReversed, rows: pageRows.window.rows)
    }

    /// The same of workers, who are few.
    mutating func lookAtWorkersAnew(_ model: borrowing LiveModel) {
        workerRows.look(
            at: model.status, filter: workerFilter, order: settings.workerOrder,
            isReversed: settings.areWorkersReversed, rows: workerRows.window.rows)
    }

    mutating func drawWorkers(
        _ model: borrowing LiveModel, on canvas: inout CellCanvas, frame: MonitorFrame
    ) {
        var table = frame.body
        // A head, a row for all, and the lines; as many with a filter as without, so that what is below
        // stays where it is while one is typed.
        let needed = model.status.workers.count + 2 + (frame.hasLines ? 2 : 0)
        let least =
            frame.hasLines ? WorkerChartsView.leastRows : WorkerChartsView.leastRowsWithoutLines
        let hasCharts = !model.status.workers.isEmpty && table.rows - needed >= least
        if hasCharts { table.rows = needed }
        workerRows.look(
            at: model.status, filter: workerFilter, order: settings.workerOrder,
            isReversed: settings.areWorkersReversed,
            rows: WorkersTableView.rows(in: frame.hasLines ? table.inside : table))
        WorkersTableView(
            rows: workerRows, order: settings.workerOrder, isReversed: settings.areWorkersReversed,
            isFiltered: !workerFilter.isEmpty
        ).draw(model, on: &canvas, rect: table, hasLines: frame.hasLines, hits: &hits)
        guard hasCharts else { return }
        let rest = Rect(
            row: table.endRow, column: 0, rows: frame.body.endRow - table.endRow, columns: table.columns)
        let chosen = workerRows.present
        WorkerChartsView(
            workers: workerRows.workers.filter { chosen == nil || $0.mark == chosen },
            name: chosen.map { $0 > 0 ? String($0) : "worker \(-$0)" }
                ?? (workerFilter.isEmpty ? "all" : "these"),
            secondsPerColumn: settings.chartSecondsPerColumn, span: span
        ).draw(model, on: &canvas, rect: rest, hasLines: frame.hasLines, hits: &hits)
    }

    /// Moves the list that stands in front: lines are scrolled, what can be chosen is gone through. False
    /// where none stands there.
    mutating func moveInFront(scroll: MonitorAction.Motion, choose: MonitorAction.Motion) -> Bool {
        switch overlay {
        case .help(var window):
            window.scroll(scroll)
            overlay = .help(window)
        case .incidents(var window):
            window.scroll(scroll)
            overlay = .incidents(window)
        case .menu(var menu):
            menu.move(choose)
            overlay = .menu(menu)
        case .popup(var menu):
            menu.move(choose)
            overlay = .popup(menu)
        default: return false
        }
        return true
    }

    /// Moves what the keys go through: in a list in front, else in the view.
    mutating func move(_ motion: MonitorAction.Motion, _ model: inout LiveModel) {
        guard !moveInFront(scroll: motion, choose: motion) else { return }
        switch settings.view {
        case .overview, .map:
            holdOrder()
            choose(visitorRows.choose(motion, from: chosen, in: &model, query: query), &model)
            revealOnMap(model)
        case .visitor: moveAct(motion, model)
        case .pages:
            lookAtPagesAnew(&model)
            pageRows.choose(motion)
        case .workers:
            lookAtWorkersAnew(model)
            workerRows.choose(motion)
        case .health: log.scroll(motion.reversed)
        }
    }
}
