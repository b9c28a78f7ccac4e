import LiveModel

/// The menu of what can be done.
extension Monitor {
    /// Opens it for what is chosen.
    mutating func openPopup(_ model: borrowing LiveModel) {
        var target: HitTarget?
        switch settings.view {
        case .overview, .map: target = chosen.map { .visitor($0) } ?? (settings.view == .map ? .map : nil)
        case .visitor: target = path.act.map { .act($0) } ?? .path
        case .pages: target = pageRows.chosen.map { .page($0) }
        case .workers: target = workerRows.present.map { .worker($0) }
        case .health: break
        }
        // Beside what it is about, where that is seen; else at the upper left of the view.
        let rect = target.flatMap { hits.rect(of: $0) }
        openPopup(target, model, row: rect?.row ?? 2, column: (rect?.column ?? 0) + 4)
    }

    mutating func openPopup(_ target: HitTarget?, _ model: borrowing LiveModel, row: Int, column: Int) {
        let (title, entries) = offer(target, model)
        overlay = .popup(
            PopupMenu(title: title, entries: entries + common, row: row, column: column))
    }

    private typealias Entry = PopupMenu.Entry

    /// A line that does what a key of this view does, if one does.
    private func entry(_ text: String, _ action: MonitorAction) -> Entry {
        let place = KeyPlaces(settings.view)
        let binding = KeyTable.bindings.first { $0.action == action && $0.places.contains(place) }
        return Entry(text: text, key: binding?.keys.first?.name(.ascii) ?? "", deed: .action(action))
    }

    /// What can be done anywhere.
    private var common: [Entry] {
        [
            entry(heldNanoseconds == nil ? "hold the picture" : "go on with now", .pause),
            entry("write what is seen", .command("write ")), entry("what went wrong", .incidents),
            entry("settings", .menu), entry("these keys", .help),
        ]
    }

    private func offer(_ target: HitTarget?, _ model: borrowing LiveModel) -> (String, [Entry]) {
        switch target {
        case .visitor(let mark) where mark.isPresent(in: model): offer(mark, model)
        case .page(let mark) where mark.isPresent(in: model):
            (
                mark.text(in: model).isEmpty ? "no page" : mark.text(in: model),
                [
                    Entry(text: "its visitors on the map", key: "Enter", deed: .page(mark.text(in: model))),
                    Entry(text: "copy it", key: "y", deed: .copy(mark.text(in: model))),
                ]
            )
        case .worker(let mark): offer(worker: mark, model)
        case .viewer(let mark):
            (mark.name, [Entry(text: "all its figures", deed: .viewer(mark))])
        case .column(let place):
            (
                "column",
                [
                    Entry(text: "sort by it; again: the other way", deed: .sort(place)),
                    entry("filter", .filter),
                ]
            )
        case .chart: ("chart", chartEntries)
        case .map: ("map", mapEntries)
        case .act(let number):
            (
                "event",
                [
                    path.act == number
                        ? Entry(text: "mark it no more", deed: .unmark)
                        : Entry(text: "mark it on the path", deed: .mark(number))
                ] + pathEntries
            )
        case .path: ("path", pathEntries)
        case .tab(let view): (view.title, [Entry(text: "show it", key: "\(view.number)", deed: .show(view))])
        default:
            (
                settings.view.title,
                (settings.view == .health ? [] : [entry("filter", .filter)])
                    + (settings.view == .workers ? [entry("reload all workers", .operate(.reload))] : [])
            )
        }
    }

    private func offer(worker mark: Int32, _ model: borrowing LiveModel) -> (String, [Entry]) {
        let worker = model.status.workers.first { $0.mark == mark }
        var entries: [Entry] = []
        if settings.view != .workers { entries.append(Entry(text: "its figures", deed: .worker(mark))) }
        if mark > 0 {
            entries += [
                Entry(text: "its visitors", deed: .visitors(worker: mark)),
                Entry(text: "copy its pid", deed: .copy(String(mark))),
            ]
        }
        func ask(_ text: String, _ kind: OperatorDeed.Kind, _ mark: Int32?) -> Entry {
            Entry(text: text, key: entry(text, .operate(kind)).key, deed: .operate(kind, mark))
        }
        if mark > 0 { entries.append(ask("drain it: no new connections", .drain, mark)) }
        entries += [
            ask(mark > 0 ? "restart it" : "start it again", .restart, mark),
            ask("reload all workers", .reload, nil),
        ]
        let number = worker?.number ?? 0
        let title = number > 0 ? "worker \(number)" : "worker"
        return (mark > 0 ? "\(title) (pid \(mark))" : title, entries)
    }

    private func offer(_ mark: VisitorMark, _ model: borrowing LiveModel) -> (String, [Entry]) {
        var entries: [Entry] = []
        if settings.view != .visitor {
            entries.append(Entry(text: "its path", key: "Enter", deed: .path(mark)))
        }
        if settings.view != .map { entries.append(Entry(text: "where it is on the map", deed: .map(mark))) }
        if let visitor = model.visitor(in: mark.slot) {
            let page = model.page(of: mark.slot)
            if !page.isEmpty { entries.append(Entry(text: "everyone on its page", deed: .page(page))) }
            if visitor.worker > 0 {
                entries.append(Entry(text: "its worker \(visitor.worker)", deed: .worker(visitor.worker)))
            }
        }
        entries.append(Entry(text: "copy its id", key: "y", deed: .copy(model.id(of: mark.slot))))
        return (model.label(of: mark.slot), entries)
    }

    private var chartEntries: [Entry] {
        (span == nil ? [] : [Entry(text: "select nothing", key: "Esc", deed: .unselect)]) + [
            entry("a shorter time", .zoom(-1)), entry("a longer time", .zoom(1)),
        ]
            + (settings.view == .overview && settings.chartTop > 0
                ? [entry("a scale that fits", .fitScale)] : [])
    }

    private var mapEntries: [Entry] {
        [entry("closer", .zoomMap(1))]
            + (lens.isWhole ? [] : [entry("farther", .zoomMap(-1)), entry("the whole map", .wholeMap)]) + [
                entry("longer trails", .trails(1)), entry("shorter trails", .trails(-1)),
                entry(settings.map.hasLabels ? "no names" : "names", .mapLabels),
                entry(settings.map.scale == .viewport ? "by pixels" : "by viewports", .mapScale),
            ]
    }

    private var pathEntries: [Entry] {
        [
            entry("a shorter time", .pathWindow(-1)), entry("a longer time", .pathWindow(1)),
            entry("clear it: from now on", .clearPath),
        ]
    }

    // MARK: Doing

    /// Does what a line says.
    mutating func take(_ entry: PopupMenu.Entry?, _ model: inout LiveModel, now: Int64) -> Command {
        overlay = .none
        switch entry?.deed {
        case nil: break
        case .action(let action): return perform(action, &model, now: now)
        case .path(let mark):
            guard mark.isPresent(in: model) else { break }
            choose(mark, &model)
            visitorRows.follow()
            openChosen(model)
        case .map(let mark):
            guard mark.isPresent(in: model) else { break }
            choose(mark, &model)
            visitorRows.follow()
            lead(to: .map)
            revealOnMap(model)
        case .page(let text):
            lead(to: .map)
            show(filter: Self.filter(forPage: text))
        case .worker(let pid): showWorker(pid, model)
        case .visitors(let pid):
            lead(to: .overview)
            show(filter: "worker:\(pid)")
        case .viewer(let mark): overlay = .card(mark)
        case .show(let view): show(view)
        case .sort(let place): clickOrder(place)
        case .mark(let number): choose(act: number, model)
        case .unmark: path.act = nil
        case .unselect: span = nil
        case .copy(let text): return .copy(Self.harmless(text))
        case .operate(let kind, let mark): ask(kind, of: mark, model, now: now)
        }
        return .none
    }

    /// Shows the figures of a worker.
    mutating func showWorker(_ pid: Int32, _ model: borrowing LiveModel) {
        if !workerFilter.isEmpty { workerFilter = VisitorFilter(parsing: "", of: .workers) }
        lead(to: .workers)
        workerRows.chosen = pid
        lookAtWorkersAnew(model)
        if let place = workerRows.place { workerRows.window.reveal(place) }
    }

    /// Draws what stands in front of everything.
    mutating func drawInFront(
        _ model: borrowing LiveModel, on canvas: inout CellCanvas, frame: MonitorFrame
    ) {
        switch overlay {
        case .popup(let menu): PopupView(menu: menu).draw(on: &canvas, body: frame.body, hits: &hits)
        case .card(let mark):
            ViewerCard(mark: mark, viewer: mark.find(in: model.status)).draw(on: &canvas, body: frame.body)
        default: break
        }
    }
}
