import LiveModel

extension Monitor {
    /// A press of the left button, for the next one to be a double click of.
    struct Click {
        var target: HitTarget
        var nanoseconds: Int64
    }

    /// What is done with a button that is held down.
    struct Drag {
        enum Subject {
            case chart(ChartGeometry)
            /// As the map lay when the button was pressed.
            case map(MapFrame)
            case popup
        }

        var subject: Subject
        var row: Int
        var column: Int
        /// Whether it is more than a click by now.
        var hasMoved = false
    }

    /// Two clicks on the same within this are one double click.
    static let doubleClickNanoseconds: Int64 = 400_000_000
    /// How far one notch of the wheel scrolls.
    static let wheelRows = 3

    mutating func point(_ event: MouseEvent, _ model: inout LiveModel, now: Int64) -> Command {
        let (row, column) = (event.row, event.column)
        switch event.action {
        case .press(.left):
            drag = nil
            return click(row: row, column: column, &model, now: now)
        case .press(.right):
            pressRight(row: row, column: column, &model)
        case .drag: move(toRow: row, column)
        case .release: return letGo(row: row, column: column, &model, now: now)
        case .wheelUp: turnWheel(-1, row: row, column: column, model)
        case .wheelDown: turnWheel(1, row: row, column: column, model)
        case .press: break
        }
        return .none
    }

    private mutating func click(row: Int, column: Int, _ model: inout LiveModel, now: Int64) -> Command {
        let target = target(row: row, column: column, model)
        let isSecond = lastClick.map {
            $0.target == target && now - $0.nanoseconds <= Self.doubleClickNanoseconds
        }
        lastClick = isSecond == true ? nil : target.map { Click(target: $0, nanoseconds: now) }
        switch overlay {
        case .question where target != .action(.quitForSure):
            overlay = .none
            return .none
        case .confirm where target != .action(.confirmDeed):
            dropDeed(now: now)
            return .none
        case .popup(var menu):
            guard case .entry(let place) = target else { break }
            guard menu.entries.indices.contains(place) else { return .none }
            menu.choose(place)
            return take(menu.entry, &model, now: now)
        case .menu(var menu):
            guard case .setting(let place) = target else { break }
            // The one that is chosen already is changed.
            if menu.place == place { return perform(.change(1), &model, now: now) }
            menu.choose(place)
            overlay = .menu(menu)
            return .none
        // What was typed so far is taken by pointing elsewhere.
        case .prompt where target != .action(.dropFilter): overlay = .none
        case .command:
            if case .action = target { break }
            overlay = .none
        case .none, .prompt, .question, .confirm, .help, .incidents, .card: break
        }
        switch overlay {
        case .help, .menu, .incidents, .popup, .card:
            overlay = .none
            return .none
        default: break
        }
        guard let target else { return .none }
        return click(target, isSecond: isSecond == true, row: row, column: column, &model, now: now)
    }

    /// What a click means; on the map whoever is near.
    private func target(row: Int, column: Int, _ model: borrowing LiveModel) -> HitTarget? {
        let target = hits.target(row: row, column: column)
        guard settings.view == .map, target == nil || target == .map,
            let slot = MapSpot.nearest(in: mapSpots, row: row, column: column),
            let mark = VisitorMark(slot, in: model)
        else { return target }
        return .visitor(mark)
    }

    private mutating func click(
        _ target: HitTarget, isSecond: Bool, row: Int, column: Int, _ model: inout LiveModel, now: Int64
    ) -> Command {
        if settings.view == .map, hits.target(row: row, column: column) == .map {
            drag = Drag(subject: .map(mapMemory.frame), row: row, column: column)
        }
        switch target {
        case .tab(let view): show(view)
        case .action(let action): return perform(action, &model, now: now)
        case .column(let place): clickOrder(place)
        // What it does is known when the button is let go.
        case .chart(let geometry): drag = Drag(subject: .chart(geometry), row: row, column: column)
        case .map: if isSecond { look(through: MapLens()) }
        case .visitor(let mark):
            guard mark.isPresent(in: model) else { break }
            choose(mark, &model)
            visitorRows.follow()
            if isSecond { openChosen(model) }
        case .page(let mark):
            guard mark.isPresent(in: model) else { break }
            pageRows.chosen = mark
            if isSecond { return perform(.open, &model, now: now) }
        case .worker(let pid):
            guard settings.view == .workers else {
                showWorker(pid, model)
                break
            }
            workerRows.chosen = pid
            if isSecond { return perform(.open, &model, now: now) }
        case .act(let number): if path.act == number { path.act = nil } else { choose(act: number, model) }
        case .viewer(let mark): overlay = .card(mark)
        case .path, .entry, .setting: break
        }
        return .none
    }

    // MARK: The right button

    private mutating func pressRight(row: Int, column: Int, _ model: inout LiveModel) {
        switch overlay {
        case .none, .popup: break
        default: return
        }
        if case .popup = overlay {
            // A menu over another one's place means what is below them.
            if case .entry = hits.target(row: row, column: column) { return }
            overlay = .none
        }
        let target = target(row: row, column: column, model)
        switch target {
        case .visitor(let mark) where mark.isPresent(in: model):
            choose(mark, &model)
            visitorRows.follow()
        case .page(let mark) where mark.isPresent(in: model): pageRows.chosen = mark
        case .worker(let pid) where settings.view == .workers: workerRows.chosen = pid
        default: break
        }
        openPopup(target, model, row: row, column: column + 1)
        drag = Drag(subject: .popup, row: row, column: column)
    }

    // MARK: Holding a button down

    private mutating func move(toRow row: Int, _ column: Int) {
        guard var drag, drag.hasMoved || row != drag.row || column != drag.column else { return }
        drag.hasMoved = true
        self.drag = drag
        lastClick = nil
        switch drag.subject {
        case .map(let frame):
            look(
                through: frame.lens(
                    movedBy: Self.distance(from: drag.row, to: row),
                    Self.distance(from: drag.column, to: column)))
        case .chart(let geometry):
            // It went on meanwhile.
            let now = hits.chart(in: geometry.area) ?? geometry
            guard now.second > 0 else { break }
            var span = ChartSpan(geometry.seconds(at: drag.column))
            span.reach(now.seconds(at: column))
            self.span = span
        case .popup:
            guard case .popup(var menu) = overlay,
                case .entry(let place) = hits.target(row: row, column: column),
                menu.entries.indices.contains(place)
            else { break }
            menu.choose(place)
            overlay = .popup(menu)
        }
    }

    private static func distance(from start: Int, to end: Int) -> Int {
        min(max(end, 0), Limits.canvasColumns) - min(max(start, 0), Limits.canvasColumns)
    }

    private mutating func letGo(
        row: Int, column: Int, _ model: inout LiveModel, now: Int64
    ) -> Command {
        // Where a terminal says nothing of the way, it ends somewhere else all the same.
        move(toRow: row, column)
        guard let drag else { return .none }
        self.drag = nil
        switch drag.subject {
        case .chart where !drag.hasMoved: if span != nil { span = nil } else { nextZoom() }
        case .popup where drag.hasMoved:
            guard case .popup(let menu) = overlay,
                case .entry(let place) = hits.target(row: row, column: column),
                menu.entries.indices.contains(place)
            else { break }
            return take(menu.entry, &model, now: now)
        case .chart, .map, .popup: break
        }
        return .none
    }

    // MARK: The wheel

    private mutating func turnWheel(_ direction: Int, row: Int, column: Int, _ model: borrowing LiveModel) {
        let motion = MonitorAction.Motion.rows(direction * Self.wheelRows)
        guard !moveInFront(scroll: motion, choose: .rows(direction)) else { return }
        if case .card = overlay { return }
        switch hits.target(row: row, column: column) {
        case .chart: return zoom(direction)
        case .path: return performOnPath(.pathWindow(direction), model)
        default: break
        }
        switch settings.view {
        case .overview: visitorRows.scroll(motion)
        case .map:
            // Over a name, or close to a pointer, it is that pointer that stays where it is.
            let slot = MapSpot.nearest(in: mapSpots, row: row, column: column)
            zoomMap(-direction, to: slot, row: row, column: column, model)
        case .visitor: scrollEvents(motion)
        case .pages: pageRows.window.scroll(motion)
        case .workers: workerRows.window.scroll(motion)
        case .health: log.scroll(motion.reversed)
        }
    }
}
