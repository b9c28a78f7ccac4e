import LiveModel

extension Monitor {
    /// Draws what is shown, be it the world or the picture that is held; `link` is how it stands with the
    /// server in any case, and `warning` what is wrong there.
    mutating func draw(
        _ model: inout LiveModel, on canvas: inout CellCanvas, link: HeaderView.Link, warning: WarningView?,
        now: Int64
    ) {
        guard canvas.columns >= Limits.overviewColumns, canvas.rows >= Limits.overviewRows else {
            drawTooSmall(on: &canvas)
            return
        }
        greet(&model)
        followChosen(&model)
        let frame = MonitorFrame(columns: canvas.columns, rows: canvas.rows, hasWarning: warning != nil)
        let time = heldNanoseconds ?? now
        var header = HeaderView(link: link, now: time)
        if !frame.hasLines { header.view = settings.view }
        if let heldNanoseconds { header.heldSeconds = max(now - heldNanoseconds, 0) / 1_000_000_000 }
        header.totalsAreElsewhere = settings.view == .overview && frame.hasLines && canvas.columns >= 100
        header.draw(model, on: &canvas, row: frame.headerRow)
        if frame.hasLines {
            TabsView.draw(
                settings.view, title: configuration.title, alarms: alarms, on: &canvas, row: frame.tabsRow,
                hits: &hits)
        }
        drawBody(&model, on: &canvas, frame: frame)
        if model.visitorCount == 0, model.hasWholePicture, model.hasStatus {
            drawWelcome(model, on: &canvas, frame: frame)
        }
        if link.isStale { canvas.dim(frame.body) }
        drawStatus(model, on: &canvas, frame: frame)
        if let warning, frame.warningRow != frame.statusRow || overlay == .none {
            warning.draw(on: &canvas, row: frame.warningRow ?? frame.statusRow, hits: &hits)
        }
        drawOverlay(model, on: &canvas, frame: frame)
    }

    private mutating func drawOverlay(
        _ model: borrowing LiveModel, on canvas: inout CellCanvas, frame: MonitorFrame
    ) {
        if case .help(var window) = overlay {
            HelpView.draw(
                settings.view, window: &window, canDetach: configuration.canDetach, on: &canvas,
                body: frame.body)
            overlay = .help(window)
        }
        if case .menu(let menu) = overlay {
            SettingsView(menu: menu, values: menuValues, path: configuration.settingsPath).draw(
                on: &canvas, body: frame.body, hits: &hits)
        }
        if case .incidents(var window) = overlay {
            IncidentsView.draw(
                alarms.incidents, now: model.nowMilliseconds, window: &window, on: &canvas, body: frame.body)
            overlay = .incidents(window)
        }
        drawInFront(model, on: &canvas, frame: frame)
    }

    private mutating func drawBody(
        _ model: inout LiveModel, on canvas: inout CellCanvas, frame: MonitorFrame
    ) {
        switch settings.view {
        case .overview: drawOverview(&model, on: &canvas, frame: frame)
        case .map: drawMap(&model, on: &canvas, frame: frame)
        case .visitor:
            lookAtUnseen(&model)
            followAct(model)
            VisitorView.draw(
                model, look: pathLook, events: &events, secondsPerColumn: settings.chartSecondsPerColumn,
                on: &canvas,
                rect: frame.body, hasLines: frame.hasLines, hits: &hits)
        case .pages: drawPages(&model, on: &canvas, frame: frame)
        case .workers: drawWorkers(model, on: &canvas, frame: frame)
        case .health:
            HealthView(incidents: alarms.incidents, picturesPerSecond: picturesPerSecond).draw(
                model, log: &log, on: &canvas, rect: frame.body, hasLines: frame.hasLines, hits: &hits)
        }
    }

    private mutating func drawOverview(
        _ model: inout LiveModel, on canvas: inout CellCanvas, frame: MonitorFrame
    ) {
        let layout = OverviewLayout(
            body: frame.body, hasLines: frame.hasLines, workers: model.status.workers.count)
        visitorRows.look(at: &model, query: query, rows: layout.visitorRows, chosen: chosen)
        let geometry = ChartView(
            secondsPerColumn: settings.chartSecondsPerColumn, top: settings.chartTop, span: span
        ).draw(model, on: &canvas, rect: layout.chart, hasLines: frame.hasLines)
        if let geometry { hits.add(.chart(geometry), layout.chart) }
        WorkersView.draw(
            model.status, on: &canvas, rect: layout.workers, hasLines: frame.hasLines, hits: &hits)
        VisitorsView(
            rows: visitorRows, chosen: chosen, order: settings.order, isReversed: settings.isReversed,
            isFiltered: !filter.isEmpty
        ).draw(model, on: &canvas, rect: layout.visitors, hasLines: frame.hasLines, hits: &hits)
    }

    private mutating func drawMap(
        _ model: inout LiveModel, on canvas: inout CellCanvas, frame: MonitorFrame
    ) {
        lookAtUnseen(&model)
        let filter = filter
        let everyone = filter.isEmpty
        // The filter is asked for every visitor and picture; most of the time there is none.
        mapSpots = MapView.draw(
            model, options: settings.map, lens: lens,
            includes: { everyone || model.matches($0, filter) },
            selected: chosen.flatMap { $0.isPresent(in: model) ? $0.slot : nil }, memory: &mapMemory,
            on: &canvas, rect: frame.body)
        // As far as the page's edges let it go.
        lens = mapMemory.frame.lens
        hits.add(.map, frame.body)
    }

    /// Nobody sees the list now, but it is what the arrows go through.
    private mutating func lookAtUnseen(_ model: inout LiveModel) {
        visitorRows.look(at: &model, query: query, rows: max(visitorRows.window.rows, 1), chosen: chosen)
    }

    private mutating func drawStatus(
        _ model: borrowing LiveModel, on canvas: inout CellCanvas, frame: MonitorFrame
    ) {
        var view = StatusView(
            place: place, configuration: configuration,
            filter: settings.view == .health ? nil : filterHere, isHeld: heldNanoseconds != nil)
        switch overlay {
        case .prompt(let prompt, _): view.prompt = prompt
        case .command(let line):
            view.prompt = line.prompt
            view.candidates = line.shown
        case .confirm(let deed): view.deed = deed
        default: break
        }
        view.matching = visitorRows.window.total
        view.total = model.visitorCount
        view.presentVisitors = presentVisitors
        switch settings.view {
        case .overview:
            view.range = frame.hasLines ? "" : visitorRows.window.range(canvas.glyphs)
            view.isOrderHeld = isOrderHeld
            if settings.order != .rate || settings.isReversed {
                view.sorting = StatusView.sorting(settings.order.word, settings.isReversed)
            }
        case .pages:
            view.matching = pageRows.pages.count
            view.total = pageRows.total
            view.range = frame.hasLines ? "" : pageRows.window.range(canvas.glyphs)
            if settings.pageOrder != .visitors || settings.arePagesReversed {
                view.sorting = StatusView.sorting(settings.pageOrder.rawValue, settings.arePagesReversed)
            }
        case .workers:
            view.matching = workerRows.workers.count
            view.total = model.status.workers.count
            view.range = frame.hasLines ? "" : workerRows.window.range(canvas.glyphs)
            if settings.workerOrder != .listed || settings.areWorkersReversed {
                view.sorting = StatusView.sorting(settings.workerOrder.word, settings.areWorkersReversed)
            }
        case .map, .visitor, .health: break
        }
        view.draw(model, on: &canvas, row: frame.statusRow, hits: &hits)
    }

    /// Chooses the busiest visitor, once, where the Visitor view is what is shown first: it was remembered
    /// from another day, and whoever was chosen then is not.
    private mutating func greet(_ model: inout LiveModel) {
        guard awaitsVisitor else { return }
        awaitsVisitor = settings.view == .visitor && chosen == nil
        guard awaitsVisitor, model.hasWholePicture, let first = busiest(&model) else { return }
        awaitsVisitor = false
        choose(first, &model)
        visitorRows.follow()
    }

    /// Has the model follow whoever is chosen: it may be another picture than the one they were chosen in.
    private mutating func followChosen(_ model: inout LiveModel) {
        guard let chosen else {
            if model.followed != nil { model.follow(nil) }
            return
        }
        let followed = model.followed
        if chosen.isPresent(in: model) {
            if followed?.slot != chosen.slot || followed?.serial != chosen.serial {
                model.follow(chosen.slot)
            }
        } else if let followed {
            guard followed.id.utf8.elementsEqual(chosenID.utf8) else {
                // Chosen in a picture that was held, and gone since: not the one who was chosen before.
                self.chosen = nil
                return model.follow(nil)
            }
            // Whoever left and came back is in another slot now.
            if !followed.hasLeft {
                self.chosen = VisitorMark(slot: followed.slot, serial: followed.serial)
            }
        }
    }

    /// Below the word that nobody is here, in the panel that would show visitors.
    private func drawWelcome(
        _ model: borrowing LiveModel, on canvas: inout CellCanvas, frame: MonitorFrame
    ) {
        var rect = frame.body
        // The rows above: a head where there is one, and that word.
        var above = 1
        switch settings.view {
        case .overview:
            rect =
                OverviewLayout(
                    body: frame.body, hasLines: frame.hasLines, workers: model.status.workers.count
                ).visitors
            above = 2
        case .pages: above = 2
        case .map, .visitor: break
        case .workers, .health: return
        }
        var inside = frame.hasLines || settings.view == .map ? rect.inside : rect
        inside = Rect(
            row: inside.row + above, column: inside.column + 1, rows: inside.rows - above,
            columns: inside.columns - 2)
        // A blank row where there is room to spare.
        if inside.rows >= 10 {
            inside.row += 1
            inside.rows -= 1
        }
        let address = address(of: model)
        WelcomeView(
            view: settings.view, address: address,
            hasSamplePage: model.status.publicURL.isEmpty && !address.isEmpty,
            isElsewhere: configuration.title != nil
        ).draw(on: &canvas, rect: inside)
    }

    private func drawTooSmall(on canvas: inout CellCanvas) {
        let least = "\(Limits.overviewColumns)x\(Limits.overviewRows)"
        var text = overlay == .question ? "y stops the server" : "\(least) is needed; q quits"
        if case .confirm(let deed) = overlay { text = deed.question(columns: canvas.columns) }
        canvas.write(text, row: 0, column: 0, style: .caution)
    }
}
