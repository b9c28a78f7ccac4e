/// Every key that means something, once.
enum KeyTable {
    static let bindings = views + moving + choosing + looking + operating + typing + program

    /// What `key` does at `place`; nil for nothing.
    static func binding(for key: Key, at place: KeyPlaces, canDetach: Bool) -> KeyBinding? {
        bindings.first {
            $0.places.contains(place) && (canDetach || !$0.needsDetach) && $0.keys.contains(key)
        }
    }

    private static let views: [KeyBinding] =
        MonitorView.allCases.map { view in
            let key = Key.character(Unicode.Scalar(UInt8(ascii: "0") + UInt8(view.number)))
            return KeyBinding(
                [key], [.views, .help, .incidents], .views, "\(view.title): \(about(view))", .show(view))
        } + [
            KeyBinding(
                [.tab], .views, .views, "the next view", .turn(1), hint: .init(word: "view", weight: 6)),
            KeyBinding([.backTab], .views, .views, "the view before", .turn(-1)),
        ]

    private static func about(_ view: MonitorView) -> String {
        switch view {
        case .overview: "all visitors at a glance"
        case .map: "all pointers on one map"
        case .visitor: "one visitor's path and speed"
        case .pages: "who is where"
        case .workers: "the server's processes"
        case .health: "delays, viewers, refusals, log"
        }
    }

    private static let moving: [KeyBinding] =
        list(
            [.overview, .pages, .workers], one: "the row", motion: ("above", "below"),
            hint: .init(word: "choose", weight: 8, isForArrows: true))
        + list(
            [.health, .help, .incidents], one: "a line", motion: ("up", "down"),
            hint: .init(word: "scroll", weight: 8, isForArrows: true))
        + list(
            .visitor, one: "the event, marked on the path,", motion: ("above", "below"),
            hint: .init(word: "event", weight: 8, isForArrows: true))
        + list(
            .popup, one: "the line", motion: ("above", "below"),
            hint: .init(word: "choose", weight: 8, isForArrows: true))
        + list(
            .menu, one: "the setting", motion: ("above", "below"),
            hint: .init(word: "choose", weight: 8, isForArrows: true))
        + [
            KeyBinding(
                [.up, .left, .character("k"), .character("h")], .map, .moving, "the visitor before",
                .step(-1),
                hint: .init(word: "choose", weight: 8, isForArrows: true)),
            KeyBinding(
                [.down, .right, .character("j"), .character("l")], .map, .moving, "the visitor after",
                .step(1)),
            KeyBinding([.home, .character("g")], .map, .moving, "the first visitor", .move(.first)),
            KeyBinding([.end, .character("G")], .map, .moving, "the last visitor", .move(.last)),
            KeyBinding([.character(" ")], [.help, .incidents], .moving, "a page down", .move(.pages(1))),
            KeyBinding([.left, .character("h")], .visitor, .moving, "the visitor before", .step(-1)),
            KeyBinding([.right, .character("l")], .visitor, .moving, "the visitor after", .step(1)),
        ]

    private static func list(
        _ places: KeyPlaces, one: String, motion: (String, String), hint: KeyBinding.Hint
    ) -> [KeyBinding] {
        [
            KeyBinding(
                [.up, .character("k")], places, .moving, "\(one) \(motion.0)", .move(.rows(-1)), hint: hint),
            KeyBinding([.down, .character("j")], places, .moving, "\(one) \(motion.1)", .move(.rows(1))),
            KeyBinding(
                [.pageUp, .control("B"), .character(",")], places, .moving, "a page up", .move(.pages(-1))),
            KeyBinding(
                [.pageDown, .control("F"), .character(".")], places, .moving, "a page down", .move(.pages(1))),
            KeyBinding([.control("U")], places, .moving, "half a page up", .move(.halfPages(-1))),
            KeyBinding([.control("D")], places, .moving, "half a page down", .move(.halfPages(1))),
            KeyBinding([.home, .character("g")], places, .moving, "to the first", .move(.first)),
            KeyBinding([.end, .character("G")], places, .moving, "to the last", .move(.last)),
        ]
    }

    private static let choosing: [KeyBinding] = [
        KeyBinding(
            [.enter], [.overview, .map], .choosing, "open the visitor", .open,
            hint: .init(word: "open", weight: 9)),
        KeyBinding(
            [.enter], .pages, .choosing, "this page's visitors on the map", .open,
            hint: .init(word: "map", weight: 9)),
        KeyBinding(
            [.enter], .workers, .choosing, "this worker's visitors", .open,
            hint: .init(word: "visitors", weight: 9)),
        KeyBinding(
            [.escape], .views, .choosing, "back; else no filter, no choice", .back),
        KeyBinding(
            [.character("f")], .views, .choosing, "follow the busiest visitor", .busiest,
            hint: .init(word: "busiest", weight: 4)),
        filter([.overview, .map, .visitor], "filter visitors, in views 1 to 3"),
        filter(.pages, "filter pages, not visitors"),
        filter(.workers, "filter workers, not visitors"),
        KeyBinding(
            [.character("s"), .function(6)], .tables, .choosing, "sort by the next column", .order(1),
            hint: .init(word: "sort", weight: 5)),
        KeyBinding([.right, .character("l")], .tables, .choosing, "sort by the next column too", .order(1)),
        KeyBinding([.left, .character("h")], .tables, .choosing, "sort by the column before", .order(-1)),
        KeyBinding(
            [.character("S"), .character("I"), .character("r")], .tables, .choosing,
            "sort the other way round", .reverse),
    ]

    private static func filter(_ places: KeyPlaces, _ does: String) -> KeyBinding {
        KeyBinding(
            [.character("/"), .function(4), .function(3), .character("\\")], places, .choosing, does,
            .filter,
            hint: .init(word: "filter", weight: 7))
    }

    private static let looking: [KeyBinding] = [
        KeyBinding(
            [.character("p"), .character(" "), .character("Z")], .views, .looking,
            "hold the picture; again: now", .pause,
            hint: .init(word: "pause", weight: 5)),
        KeyBinding([.character("+"), .character("=")], .charts, .looking, "a shorter time", .zoom(-1)),
        KeyBinding(
            [.character("-"), .character("_")], .charts, .looking, "a longer time", .zoom(1),
            hint: .init(word: "longer", weight: 2)),
        KeyBinding([.character("]")], .overview, .looking, "a higher scale", .scale(1)),
        KeyBinding([.character("[")], .overview, .looking, "a lower scale", .scale(-1)),
        KeyBinding([.character("a")], .overview, .looking, "a scale that fits", .fitScale),
        KeyBinding(
            [.character("+"), .character("=")], .visitor, .looking, "a shorter time of the path",
            .pathWindow(-1)),
        KeyBinding(
            [.character("-"), .character("_")], .visitor, .looking, "a longer time of the path",
            .pathWindow(1),
            hint: .init(word: "longer", weight: 2)),
        KeyBinding(
            [.character("c")], .visitor, .looking, "clear path and events: from now on", .clearPath,
            hint: .init(word: "clear", weight: 3)),
        KeyBinding([.character("]")], .visitor, .looking, "a longer time of the speed", .zoom(1)),
        KeyBinding([.character("[")], .visitor, .looking, "a shorter time of the speed", .zoom(-1)),
        KeyBinding(
            [.character("+"), .character("=")], .map, .looking, "closer, to who is chosen", .zoomMap(1),
            hint: .init(word: "closer", weight: 4)),
        KeyBinding([.character("-"), .character("_")], .map, .looking, "farther", .zoomMap(-1)),
        KeyBinding([.character("0")], .map, .looking, "the whole map", .wholeMap),
        KeyBinding([.character("]")], .map, .looking, "longer trails", .trails(1)),
        KeyBinding([.character("[")], .map, .looking, "shorter trails", .trails(-1)),
        KeyBinding(
            [.character("v")], .map, .looking, "viewports or pixels", .mapScale,
            hint: .init(word: "scale", weight: 3)),
        KeyBinding(
            [.character("n")], .map, .looking, "names on or off", .mapLabels,
            hint: .init(word: "names", weight: 3)),
    ]

    private static let program: [KeyBinding] = [
        KeyBinding(
            [.character(":")], .views, .program, "a command: Tab shows which there are", .command(""),
            hint: .init(word: "command", weight: 2)),
        KeyBinding(
            [.character("m"), .character("x"), .function(9)], .views, .program,
            "what can be done here, as a menu", .popup,
            hint: .init(word: "menu", weight: 1)),
        KeyBinding(
            [.enter, .character(" ")], .popup, .choosing, "do it", .takeEntry,
            hint: .init(word: "do it", weight: 9)),
        KeyBinding(
            [
                .escape, .character("m"), .character("x"), .character("q"), .function(9), .function(10),
                .left,
            ], .popup, .program, "close the menu", .closePopup, hint: .init(word: "close", weight: 9)),
        KeyBinding(
            [.escape, .enter, .character("q"), .function(10)], .card, .program, "close this", .closeCard,
            hint: .init(word: "close", weight: 9)),
        KeyBinding([.character("T")], .views, .program, "the next theme", .nextTheme),
        KeyBinding([.character("<")], .views, .program, "fewer pictures a second", .pictureRate(-1)),
        KeyBinding([.character(">")], .views, .program, "more pictures a second", .pictureRate(1)),
        KeyBinding([.character("y")], .views, .program, "copy the id, page, pid or address", .copy),
        KeyBinding(
            [.character("w")], .views, .program, "write what is seen into a file", .command("write ")),
        KeyBinding(
            [.character("e"), .character("o"), .function(2)], .views, .program,
            "settings, which are remembered", .menu),
        KeyBinding([.character("i")], .views, .program, "what went wrong, and when", .incidents),
        KeyBinding(
            [.escape, .character("i"), .enter, .character("q"), .function(10)], .incidents, .program,
            "close the incidents", .closeIncidents, hint: .init(word: "close", weight: 9)),
        KeyBinding(
            [
                .escape, .character("e"), .character("o"), .enter, .character("q"), .function(2),
                .function(10),
            ], .menu, .program, "close the settings", .closeMenu, hint: .init(word: "close", weight: 9)),
        KeyBinding(
            [.right, .character("l"), .character(" "), .character("+")], .menu, .choosing, "the next value",
            .change(1), hint: .init(word: "change", weight: 9)),
        KeyBinding(
            [.left, .character("h"), .character("-")], .menu, .choosing, "the value before", .change(-1)),
        KeyBinding(
            [.character("r")], .menu, .choosing, "all as at first", .resetSettings,
            hint: .init(word: "reset", weight: 4)),
        KeyBinding(
            [.character("?"), .character("H"), .function(1)], .views, .program, "these keys", .help,
            hint: .init(word: "help", weight: 9)),
        KeyBinding(
            [.character("?"), .escape, .enter, .character("q"), .function(1), .function(10)], .help, .program,
            "close this", .closeHelp,
            hint: .init(word: "close", weight: 9)),
        KeyBinding(
            [.character("d")], .views, .program, "leave the server running", .detach,
            hint: .init(word: "detach", weight: 3), needsDetach: true),
        KeyBinding(
            [.character("q"), .character("Q"), .function(10)], .views, .program, "quit", .quit,
            hint: .init(word: "quit", weight: 10)),
        KeyBinding(
            [.character("y"), .character("Y")], .question, .program, "stop the server", .quitForSure,
            hint: .init(word: "stop", weight: 10)),
        // What SIGINT does; but where a filter is typed it is the key that drops a line.
        KeyBinding(
            [.control("C")], [.views, .help, .menu, .incidents, .popup, .card, .question], .program,
            "quit at once, unasked",
            .quitForSure),
        KeyBinding([.control("L")], .everywhere, .program, "draw all again", .redraw),
        KeyBinding([.control("Z")], .everywhere, .program, "to the shell; fg comes back", .suspend),
    ]
}
