import LiveModel

/// Orders, scales and widths.
extension Monitor {
    /// The orders of the view's table, for the heads of its columns, and which of them holds.
    private func places(of view: MonitorView) -> (count: Int, place: Int)? {
        switch view {
        case .overview: Self.places(settings.order)
        case .pages: Self.places(settings.pageOrder)
        case .workers: Self.places(settings.workerOrder)
        case .map, .visitor, .health: nil
        }
    }

    private static func places<Order: CaseIterable & Equatable>(_ order: Order) -> (count: Int, place: Int) {
        let all = Array(Order.allCases)
        return (all.count, all.firstIndex(of: order) ?? 0)
    }

    mutating func changeOrder(_ steps: Int) {
        guard let (count, place) = places(of: settings.view) else { return }
        setOrder(((place + steps) % count + count) % count)
    }

    /// Sorts by the `place`-th of the view's orders.
    mutating func setOrder(_ place: Int) {
        switch settings.view {
        case .overview:
            settings.order = VisitorOrder.allCases[place]
            settings.isReversed = false
        case .pages:
            settings.pageOrder = PageOrder.allCases[place]
            settings.arePagesReversed = false
        case .workers:
            settings.workerOrder = WorkerOrder.allCases[place]
            settings.areWorkersReversed = false
        case .map, .visitor, .health: break
        }
    }

    /// Sorts by a column whose head was clicked: the other way round where it did already.
    mutating func clickOrder(_ place: Int) {
        if places(of: settings.view)?.place == place { reverseOrder() } else { setOrder(place) }
    }

    mutating func reverseOrder() {
        switch settings.view {
        case .overview: settings.isReversed.toggle()
        case .pages: settings.arePagesReversed.toggle()
        case .workers: settings.areWorkersReversed.toggle()
        case .map, .visitor, .health: break
        }
    }

    mutating func zoom(_ steps: Int) {
        let widths = columnSeconds
        let place = (widths.lastIndex { $0 <= settings.chartSecondsPerColumn } ?? 0) + steps
        settings.chartSecondsPerColumn = widths[min(max(place, 0), widths.count - 1)]
    }

    /// The widths that make sense in the charts of the view: of one visitor and of workers only minutes are
    /// remembered.
    private var columnSeconds: [Int] {
        let all = MonitorSettings.columnSeconds
        return settings.view == .overview ? all : all.filter { $0 <= MonitorSettings.recentColumnSeconds }
    }

    /// The next width of the chart's columns, and from the widest to the narrowest.
    mutating func nextZoom() {
        let isWidest = columnSeconds.last.map { settings.chartSecondsPerColumn >= $0 } ?? true
        if isWidest { settings.chartSecondsPerColumn = 1 } else { zoom(1) }
    }

    mutating func changeScale(_ steps: Int, _ model: borrowing LiveModel) {
        let tops = MonitorSettings.chartTops
        // From a scale that fits it goes to the nearest that does, and on from there.
        let from = settings.chartTop > 0 ? settings.chartTop : Int(min(model.samplesPerSecond, 1e6))
        let place = tops.firstIndex { $0 >= from } ?? tops.count - 1
        let wanted = settings.chartTop > 0 ? place + steps : steps > 0 ? place : place - 1
        settings.chartTop = tops[min(max(wanted, 0), tops.count - 1)]
    }
}
