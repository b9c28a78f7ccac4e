/// Where a key holds: in some of the views, or in what stands in front of them.
struct KeyPlaces: OptionSet, Sendable {
    var rawValue: UInt16

    static let overview = KeyPlaces(.overview)
    static let map = KeyPlaces(.map)
    static let visitor = KeyPlaces(.visitor)
    static let pages = KeyPlaces(.pages)
    static let workers = KeyPlaces(.workers)
    static let health = KeyPlaces(.health)
    /// While a filter is typed.
    static let prompt = KeyPlaces(rawValue: 1 << 6)
    static let help = KeyPlaces(rawValue: 1 << 7)
    /// While it is asked whether to stop the server.
    static let question = KeyPlaces(rawValue: 1 << 8)

    /// While a command is typed.
    static let command = KeyPlaces(rawValue: 1 << 9)
    /// Over the settings.
    static let menu = KeyPlaces(rawValue: 1 << 10)
    /// Over the menu of what can be done, and over what is known of a viewer.
    static let popup = KeyPlaces(rawValue: 1 << 13)
    static let card = KeyPlaces(rawValue: 1 << 14)

    /// While it is asked whether to do something to a worker.
    static let confirm = KeyPlaces(rawValue: 1 << 11)

    /// Over the list of incidents.
    static let incidents = KeyPlaces(rawValue: 1 << 12)

    static let views: KeyPlaces = [.overview, .map, .visitor, .pages, .workers, .health]
    static let charts: KeyPlaces = [.overview, .workers]
    static let tables: KeyPlaces = [.overview, .pages, .workers]
    /// But where any other key is an answer.
    static let everywhere: KeyPlaces = [.views, .typed, .help, .menu, .incidents, .popup, .card]
    static let typed: KeyPlaces = [.prompt, .command]

    init(rawValue: UInt16) { self.rawValue = rawValue }

    init(_ view: MonitorView) { rawValue = 1 << UInt16(view.number - 1) }
}

/// A line of the key table: keys, where they hold and what they do.
///
/// What is pressed is looked up here, and the help and the hints of the last line are made from it, so that
/// none of them can say what is not so.
struct KeyBinding: Sendable {
    enum Group: Int, CaseIterable, Sendable {
        case views
        case moving
        case choosing
        case looking
        case operating
        case typing
        case program

        var title: String {
            switch self {
            case .views: "views"
            case .moving: "moving"
            case .choosing: "choosing"
            case .looking: "looking"
            case .operating: "operating, behind a question"
            case .typing: "typing a filter or a command"
            case .program: "program"
            }
        }
    }

    /// How the last line speaks of the key; the heavier, the longer it stays where room is short.
    struct Hint: Sendable {
        var word: String
        var weight: Int
        /// Whether it speaks for the arrows up and down together.
        var isForArrows = false
    }

    var keys: [Key]
    var places: KeyPlaces
    var group: Group
    var does: String
    var action: MonitorAction
    var hint: Hint?
    /// Whether it only holds where the owner can leave the server alone.
    var needsDetach = false
    /// Whether it does something only where the owner can ask the server for it.
    var needsOperating: Bool { group == .operating }

    init(
        _ keys: [Key], _ places: KeyPlaces, _ group: Group, _ does: String, _ action: MonitorAction,
        hint: Hint? = nil, needsDetach: Bool = false
    ) {
        self.keys = keys
        self.places = places
        self.group = group
        self.does = does
        self.action = action
        self.hint = hint
        self.needsDetach = needsDetach
    }

    /// The keys as the help names them.
    func keyText(_ glyphs: Glyphs) -> String {
        keys.map { $0.name(glyphs) }.joined(separator: " ")
    }
}

extension Key {
    /// What stands on the key, or how it is spoken of.
    func name(_ glyphs: Glyphs) -> String {
        switch self {
        case .character(" "): "space"
        case .character(let scalar): String(scalar)
        case .control(let scalar): "^\(scalar)"
        case .enter: "Enter"
        case .tab: "Tab"
        case .backTab: "Shift-Tab"
        case .backspace: "Backspace"
        case .escape: "Esc"
        case .up: glyphs == .ascii ? "Up" : "↑"
        case .down: glyphs == .ascii ? "Down" : "↓"
        case .left: glyphs == .ascii ? "Left" : "←"
        case .right: glyphs == .ascii ? "Right" : "→"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .home: "Home"
        case .end: "End"
        case .insert: "Ins"
        case .delete: "Del"
        case .function(let number): "F\(number)"
        }
    }
}
