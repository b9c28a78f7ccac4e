import LiveModel

extension Monitor {
    /// A press of the left button, for the next one to be a double click of.
    struct Click {
        var target: HitTarget
        var nanoseconds: Int64
    }

    /// Two clicks on the same within this are one double click.
    static let doubleClickNanoseconds: Int64 = 400_000_000
    /// How far one notch of the wheel scrolls.
    static let wheelRows = 3

    mutating func point(_ event: MouseEvent, _ model: inout LiveModel, now: Int64) -> Command {
        switch event.action {
        case .press(.left): return click(row: event.row, column: event.column, &model, now: now)
        case .wheelUp: turnWheel(-1, row: event.row, column: event.column)
        case .wheelDown: turnWheel(1, row: event.row, column: event.column)
        case .press, .release: break
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
        case .help, .menu, .incidents:
            overlay = .none
            return .none
        // What was typed so far is taken by pointing elsewhere.
        case .prompt where target != .action(.dropFilter): overlay = .none
        case .command:
            if case .action = target { break }
            overlay = .none
        case .none, .prompt, .question: break
        }
        guard let target else { return .none }
        return click(target, isSecond: isSecond == true, &model, now: now)
    }

    /// What a click means; on the map whoever is near.
    private func target(row: Int, column: Int, _ model: borrowing LiveModel) -> HitTarget? {
        if let target = hits.target(row: row, column: column) { return target }
        guard settings.view == .map, let slot = MapSpot.nearest(in: mapSpots, row: row, column: column),
            let mark = VisitorMark(slot, in: model)
        else { return nil }
        return .visitor(mark)
    }

    private mutating func click(
        _ target: HitTarget, isSecond: Bool, _ model: inout LiveModel, now: Int64
    ) -> Command {
        switch target {
        case .tab(let view): show(view)
        case .action(let action): return perform(action, &model, now: now)
        case .column(let place): clickOrder(place)
        case .chart: nextZoom()
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
            workerRows.chosen = pid
            if isSecond { return perform(.open, &model, now: now) }
        }
        return .none
    }

    private mutating func turnWheel(_ direction: Int, row: Int, column: Int) {
        let motion = MonitorAction.Motion.rows(direction * Self.wheelRows)
        switch overlay {
        case .help(var window):
            window.scroll(motion)
            overlay = .help(window)
            return
        case .menu(var menu):
            menu.move(.rows(direction))
            overlay = .menu(menu)
            return
        case .incidents(var window):
            window.scroll(motion)
            overlay = .incidents(window)
            return
        default: break
        }
        if hits.target(row: row, column: column) == .chart { return zoom(direction) }
        switch settings.view {
        case .overview: visitorRows.scroll(motion)
        case .map: zoom(-direction)
        case .visitor: events.scroll(motion)
        case .pages: pageRows.window.scroll(motion)
        case .workers: workerRows.window.scroll(motion)
        case .health: log.scroll(motion.reversed)
        }
    }
}
