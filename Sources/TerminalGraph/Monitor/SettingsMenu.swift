import LiveModel

/// The settings as a list to go through; each is changed where it stands.
struct SettingsMenu: Equatable, Sendable {
    enum Item: CaseIterable, Sendable {
        case theme
        case rate
        case order
        case pageOrder
        case workerOrder
        case chartTime
        case chartTop
        case mapScale
        case mapNames
        case trails
        case bell
        case pathTime
        case view

        var title: String {
            switch self {
            case .theme: "colours"
            case .rate: "pictures a second"
            case .order: "visitors sorted by"
            case .pageOrder: "pages sorted by"
            case .workerOrder: "workers sorted by"
            case .chartTime: "seconds a column of charts"
            case .chartTop: "scale of the Overview's chart"
            case .mapScale: "scale of the map"
            case .mapNames: "names on the map"
            case .trails: "trails on the map"
            case .bell: "bell when something goes wrong"
            case .pathTime: "time of a visitor's path"
            case .view: "view at the start"
            }
        }
    }

    private(set) var place = 0

    var item: Item { Item.allCases[place] }

    /// Goes to the `place`-th setting.
    mutating func choose(_ place: Int) { self.place = min(max(place, 0), Item.allCases.count - 1) }

    mutating func move(_ motion: MonitorAction.Motion) {
        let last = Item.allCases.count - 1
        switch motion {
        case .rows(let count): place += count
        case .halfPages(let count), .pages(let count): place += count * last
        case .first: place = 0
        case .last: place = last
        }
        place = min(max(place, 0), last)
    }
}

extension Monitor {
    /// The theme that is to be drawn with, by name; nil for the one it was started with.
    public var theme: String? { hasGivenTheme || settings.theme.isEmpty ? nil : settings.theme }

    /// The pictures a second that are wanted.
    public var picturesPerSecond: Int {
        hasGivenRate || settings.picturesPerSecond == 0
            ? configuration.picturesPerSecond : settings.picturesPerSecond
    }

    mutating func performSetting(_ action: MonitorAction, now: Int64) {
        switch action {
        case .nextTheme:
            changeTheme(1)
            say("theme \(themeName)", now: now)
        case .pictureRate(let steps): choose(rate: rate(steps: steps), now: now)
        case .menu: overlay = .menu(SettingsMenu())
        case .closeMenu: overlay = .none
        case .change(let steps):
            guard case .menu(let menu) = overlay else { break }
            change(menu.item, steps)
        case .resetSettings:
            var fresh = MonitorSettings()
            fresh.view = settings.view
            settings = fresh
            hasGivenTheme = configuration.isThemeGiven
            hasGivenRate = configuration.isRateGiven
        default: break
        }
    }

    mutating func choose(theme name: String) {
        hasGivenTheme = false
        settings.theme = name
    }

    mutating func choose(rate: Int, now: Int64) {
        hasGivenRate = false
        settings.picturesPerSecond = rate
        say("\(rate) \(Figures.noun("picture", rate)) a second", now: now)
    }

    private var themeName: String { theme ?? configuration.theme ?? "your own" }

    /// The next built-in one; one out of a file is among them where it was started with it.
    private mutating func changeTheme(_ steps: Int) {
        let names = (configuration.theme == nil ? [""] : []) + Theme.names
        let place = names.firstIndex(of: theme ?? configuration.theme ?? "") ?? 0
        choose(theme: names[(place + steps + names.count) % names.count])
    }

    private func rate(steps: Int) -> Int {
        let rates = MonitorSettings.pictureRates
        let place = (rates.lastIndex { $0 <= picturesPerSecond } ?? 0) + steps
        return rates[min(max(place, 0), rates.count - 1)]
    }

    private static func next<Value: Equatable>(_ value: Value, _ steps: Int, in all: [Value]) -> Value {
        let place = (all.firstIndex(of: value) ?? 0) + steps
        return all[(place % all.count + all.count) % all.count]
    }

    private mutating func change(_ item: SettingsMenu.Item, _ steps: Int) {
        switch item {
        case .theme: changeTheme(steps)
        case .rate:
            hasGivenRate = false
            settings.picturesPerSecond = rate(steps: steps)
        case .order: settings.order = Self.next(settings.order, steps, in: VisitorOrder.allCases)
        case .pageOrder: settings.pageOrder = Self.next(settings.pageOrder, steps, in: PageOrder.allCases)
        case .workerOrder:
            settings.workerOrder = Self.next(settings.workerOrder, steps, in: WorkerOrder.allCases)
        case .chartTime:
            settings.chartSecondsPerColumn = Self.next(
                settings.chartSecondsPerColumn, steps, in: MonitorSettings.columnSeconds)
        case .chartTop:
            settings.chartTop = Self.next(settings.chartTop, steps, in: [0] + MonitorSettings.chartTops)
        case .mapScale: settings.map.scale = Self.next(settings.map.scale, steps, in: MapScale.allCases)
        case .mapNames: settings.map.hasLabels.toggle()
        case .bell: settings.hasBell.toggle()
        case .trails:
            settings.map.trailMilliseconds = Self.next(
                settings.map.trailMilliseconds, steps, in: MonitorSettings.trails)
        case .pathTime: settings.pathSeconds = Self.next(settings.pathSeconds, steps, in: PathLook.windows)
        case .view: show(settings.view.neighbour(steps))
        }
    }

    /// What each setting is now, in words.
    var menuValues: [(title: String, value: String)] {
        SettingsMenu.Item.allCases.map { ($0.title, value(of: $0)) }
    }

    private func value(of item: SettingsMenu.Item) -> String {
        func reversed(_ isReversed: Bool) -> String { isReversed ? ", reversed" : "" }
        switch item {
        case .theme: return themeName
        case .rate: return String(picturesPerSecond)
        case .order: return settings.order.word + reversed(settings.isReversed)
        case .pageOrder: return settings.pageOrder.rawValue + reversed(settings.arePagesReversed)
        case .workerOrder: return settings.workerOrder.word + reversed(settings.areWorkersReversed)
        case .chartTime: return String(settings.chartSecondsPerColumn)
        case .chartTop: return settings.chartTop == 0 ? "what fits" : Figures.count(settings.chartTop)
        case .mapScale: return settings.map.scale == .viewport ? "viewports" : "pixels"
        case .mapNames: return settings.map.hasLabels ? "on" : "off"
        case .bell: return settings.hasBell ? "on" : "off"
        case .trails:
            let trail = settings.map.trailMilliseconds
            return trail == 0 ? "none" : trail % 1_000 == 0 ? "\(trail / 1_000) s" : "\(trail) ms"
        case .pathTime: return PathWindow.text(settings.pathSeconds)
        case .view: return "\(settings.view.title), the last one"
        }
    }
}
