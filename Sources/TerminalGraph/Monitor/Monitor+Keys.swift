import LiveModel

extension Monitor {
    /// Where a key holds now.
    var place: KeyPlaces {
        switch overlay {
        case .none: KeyPlaces(settings.view)
        case .prompt: .prompt
        case .help: .help
        case .question: .question
        case .confirm: .confirm
        case .command: .command
        case .menu: .menu
        case .incidents: .incidents
        case .popup: .popup
        case .card: .card
        }
    }

    mutating func press(_ key: Key, _ model: inout LiveModel, now: Int64) -> Command {
        let binding = KeyTable.binding(for: key, at: place, canDetach: configuration.canDetach)
        if let binding { return perform(binding.action, &model, now: now) }
        switch overlay {
        case .question: overlay = .none
        case .confirm: dropDeed(now: now)
        case .prompt, .command:
            if case .character(let scalar) = key { insert(scalar) }
        case .none: say("\(key.name(.ascii)): no such key, ? help", now: now)
        case .help, .menu, .incidents, .popup, .card:
            say("\(key.name(.ascii)): no such key here, Esc closes this", now: now)
        }
        return .none
    }

    /// Takes in that somebody is there, who sees what the last picture showed.
    mutating func acknowledge() {
        if case .incidents = overlay { alarms.acknowledge(nil) } else { alarms.acknowledge(settings.view) }
    }

    /// Whether the bell is to ring for what the last picture showed first; at most once for each.
    public mutating func takeBell() -> Bool { alarms.takeRing() && settings.hasBell }

    /// Puts a sign into what is being typed.
    mutating func insert(_ scalar: Unicode.Scalar) {
        switch overlay {
        case .prompt(var prompt, let before):
            prompt.insert(scalar)
            type(prompt, before: before)
        case .command(var line):
            line.edit { $0.insert(scalar) }
            overlay = .command(line)
        case .none, .help, .question, .confirm, .menu, .incidents, .popup, .card: break
        }
    }

    /// Shows a word on the last row for a moment.
    mutating func say(_ text: String, now: Int64) { notice = (text, now + Limits.noticeNanoseconds) }

    /// Does what a key or a click asks for.
    mutating func perform(_ action: MonitorAction, _ model: inout LiveModel, now: Int64) -> Command {
        switch action {
        case .redraw: return .redraw
        case .suspend: return .suspend
        case .detach: return .detach
        case .quitForSure:
            overlay = .none
            return .quit
        case .quit:
            guard configuration.quitting == .stopsServer, presentVisitors > 0 else { return .quit }
            overlay = .question
        case .help: overlay = .help(ListWindow())
        case .closeHelp, .closeIncidents, .closePopup, .closeCard: overlay = .none
        case .incidents:
            overlay = .incidents(ListWindow())
            alarms.acknowledge(nil)
        case .popup: openPopup(model)
        case .takeEntry:
            guard case .popup(let menu) = overlay else { break }
            return take(menu.entry, &model, now: now)
        case .operate(let kind): ask(kind, model, now: now)
        case .confirmDeed: return confirm(model, now: now)
        case .dropDeed: dropDeed(now: now)
        case .filter: overlay = .prompt(MonitorPrompt(filterHere.text), before: filterHere.text)
        case .edit(let edit):
            if case .command(var line) = overlay {
                line.edit { $0.apply(edit) }
                overlay = .command(line)
            }
            guard case .prompt(var prompt, let before) = overlay else { break }
            prompt.apply(edit)
            type(prompt, before: before)
        case .takeFilter: overlay = .none
        case .dropFilter:
            guard case .prompt(_, let before) = overlay else { break }
            overlay = .none
            showHere(filter: before)
        case .pause: heldNanoseconds = heldNanoseconds == nil ? now : nil
        case .command, .runCommand, .dropCommand, .complete, .copy:
            return performCommand(action, &model, now: now)
        case .nextTheme, .pictureRate, .menu, .closeMenu, .change, .resetSettings:
            performSetting(action, now: now)
        default: performInView(action, &model, now: now)
        }
        return .none
    }

    private mutating func performInView(_ action: MonitorAction, _ model: inout LiveModel, now: Int64) {
        switch action {
        case .show(let view):
            overlay = .none
            show(view)
        case .turn(let steps): show(settings.view.neighbour(steps))
        case .move(let motion): move(motion, &model)
        case .step(let steps):
            holdOrder()
            choose(visitorRows.choose(.rows(steps), from: chosen, in: &model, query: query), &model)
            revealOnMap(model)
        case .open: if !open(&model) { sayWhyNothingOpens(model, now: now) }
        case .back: goBack(&model)
        case .busiest: followBusiest(&model, now: now)
        case .order(let steps): changeOrder(steps)
        case .reverse: reverseOrder()
        case .zoom(let steps): zoom(steps)
        case .scale(let steps): changeScale(steps, model)
        case .fitScale: settings.chartTop = 0
        case .zoomMap, .wholeMap, .trails: performOnMap(action, model)
        case .pathWindow, .clearPath: performOnPath(action, model)
        case .mapScale: settings.map.scale = settings.map.scale == .viewport ? .pixels : .viewport
        case .mapLabels: settings.map.hasLabels.toggle()
        default: break
        }
    }

    private mutating func type(_ prompt: MonitorPrompt, before: String) {
        overlay = .prompt(prompt, before: before)
        showHere(filter: prompt.text)
    }

    /// The filter of the list that is shown.
    var filterHere: VisitorFilter {
        switch settings.view {
        case .pages: pageFilter
        case .workers: workerFilter
        case .overview, .map, .visitor, .health: filter
        }
    }

    mutating func showHere(filter text: String) {
        guard filterHere.text != text else { return }
        switch settings.view {
        case .pages:
            pageFilter = VisitorFilter(parsing: text, of: .pages)
            pageRows.window.scroll(to: 0)
        case .workers:
            workerFilter = VisitorFilter(parsing: text, of: .workers)
            workerRows.window.scroll(to: 0)
        case .overview, .map, .visitor, .health: show(filter: text)
        }
    }

    /// Shows the visitors that meet a filter.
    mutating func show(filter text: String) {
        guard filter.text != text else { return }
        filter = VisitorFilter(parsing: text)
        visitorRows.scrollToTop()
    }

    /// Shows a view that was asked for by name; there is no way back from that but by name.
    mutating func show(_ view: MonitorView) {
        settings.view = view
        stops.removeAll()
    }

    /// Shows a view that something leads to, so that one can go back.
    mutating func lead(to view: MonitorView) {
        guard view != settings.view else { return }
        stops.append(Stop(view: settings.view, filter: filter.text))
        if stops.count > Limits.viewsBack { stops.removeFirst() }
        settings.view = view
    }

    // MARK: What is chosen

    /// Which visitors are shown and in what order.
    var query: VisitorQuery {
        VisitorQuery(
            filter: filter, order: settings.order, isReversed: settings.isReversed,
            steadiness: isOrderHeld ? .held : .steady)
    }

    /// Whether the list holds still because somebody moves through it.
    ///
    /// A picture that is held has one order anyway.
    var isOrderHeld: Bool { heldNanoseconds == nil && clock < orderIsHeldUntil }

    mutating func holdOrder() {
        orderIsHeldUntil = clock + Limits.orderHeldNanoseconds
    }

    mutating func choose(_ visitor: VisitorMark?, _ model: inout LiveModel) {
        guard let visitor else { return }
        chosen = visitor
        chosenID = model.id(of: visitor.slot)
        if model.followed?.slot != visitor.slot || model.followed?.serial != visitor.serial {
            model.follow(visitor.slot)
            events = ListWindow()
            path = PathHands()
            span = nil
        }
    }
}
