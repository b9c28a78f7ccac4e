public import LiveModel

/// The whole of the screen: what is shown, what is chosen in it, and what keys and the mouse do to it.
///
/// It is pure: the same model, size and inputs give the same cells.
public struct Monitor: ~Copyable {
    /// What stands in front of the view and takes the keys.
    enum Overlay: Equatable {
        case none
        /// A filter is typed; `before` comes back where it is dropped.
        case prompt(MonitorPrompt, before: String)
        case help(ListWindow)
        /// It was asked whether to stop the server.
        case question
        /// It was asked whether to do something to a worker.
        case confirm(OperatorDeed)
        case command(TypedCommand)
        case menu(SettingsMenu)
        case incidents(ListWindow)
        /// What can be done with what was pointed at.
        case popup(PopupMenu)
        /// All that is known of a viewer.
        case card(ViewerMark)
    }

    /// A view to go back to, and the filter of visitors there was.
    struct Stop: Equatable {
        var view: MonitorView
        var filter: String
    }

    /// What is worth remembering from one day to the next.
    public internal(set) var settings: MonitorSettings
    let configuration: Configuration
    var overlay = Overlay.none
    /// A word on the last row, and until when, monotonic nanoseconds.
    var notice: (text: String, until: Int64)?
    /// Whether the theme and the rate that were given hold, whatever is remembered.
    var hasGivenTheme: Bool
    var hasGivenRate: Bool
    var stops: [Stop] = []
    /// Which visitors are shown, in all views that are about visitors.
    var filter = VisitorFilter()
    /// Which pages and which workers are shown: these lists keep filters of their own, because words that
    /// choose visitors seldom mean anything there.
    var pageFilter = VisitorFilter(parsing: "", of: .pages)
    var workerFilter = VisitorFilter(parsing: "", of: .workers)

    /// The picture that is held, and since when, monotonic nanoseconds; nil while the world is shown.
    var held: LiveModel?
    var heldNanoseconds: Int64?
    /// Visitors present, whatever picture is held: those whom stopping the server is about.
    var presentVisitors = 0

    var visitorRows = VisitorRows()
    var pageRows = PageRows()
    /// Who is seen of the page that is looked at.
    var pageVisitors = VisitorRows()
    var workerRows = WorkerRows()
    var events = ListWindow()
    var path = PathHands()
    /// Seconds of the view's charts that are selected.
    var span: ChartSpan?
    var log = ListWindow()
    /// The visitor that is chosen, in whatever view.
    var chosen: VisitorMark?
    /// Its id, by which it is known when it comes back.
    var chosenID = ""
    /// Whether the Visitor view is the first one and waits for somebody to show.
    var awaitsVisitor: Bool

    var hits = HitRegions()
    var mapSpots: [MapSpot] = []
    /// What went wrong, of the world whatever picture is held.
    var alarms = Alarms()
    var mapMemory = MapMemory()
    /// What of the map is seen.
    var lens = MapLens()
    var lastClick: Click?
    /// What a button that is held down is about.
    var drag: Drag?
    /// The time of the last input or picture, monotonic nanoseconds, and until when the list holds still.
    var clock: Int64 = 0
    var orderIsHeldUntil: Int64 = 0
    /// Whether what is asked was on a picture: nobody answers what could not be seen.
    var isQuestionShown = false

    /// The smallest canvas that holds a picture.
    public static let leastColumns = Limits.overviewColumns
    public static let leastRows = Limits.overviewRows

    public init(_ configuration: Configuration = Configuration()) {
        self.configuration = configuration
        settings = configuration.settings
        hasGivenTheme = configuration.isThemeGiven
        hasGivenRate = configuration.isRateGiven
        awaitsVisitor = settings.view == .visitor
        if let given = configuration.filter {
            switch given.subject {
            case .visitors: filter = given
            case .pages: pageFilter = given
            case .workers: workerFilter = given
            }
        }
    }

    /// Takes in what the person at the terminal did at `now` (monotonic nanoseconds).
    public mutating func receive(_ input: TerminalInput, _ model: inout LiveModel, now: Int64) -> Command {
        let before = settings
        clock = now
        presentVisitors = model.visitorCount
        if input.isByHand {
            notice = nil
            acknowledge()
        }
        let wasAsking = isAsking
        // What was typed before the question could be read is no answer to it; the way out always is one.
        if wasAsking, !isQuestionShown, input != .key(.control("C")) { return .none }
        let command: Command
        if var picture = held.take() {
            command = take(input, &picture, now: now)
            if heldNanoseconds != nil { held = consume picture }
        } else {
            command = take(input, &model, now: now)
            if heldNanoseconds != nil { held = model.snapshot() }
        }
        if isAsking, !wasAsking { isQuestionShown = false }
        // What was drawn is not what is shown any more: until the next picture only tabs are where they were.
        if settings.view != before.view {
            hits.keepTabs()
            mapSpots.removeAll()
            span = nil
            drag = nil
        }
        return command == .none && settings != before ? .settingsChanged : command
    }

    private mutating func take(_ input: TerminalInput, _ model: inout LiveModel, now: Int64) -> Command {
        switch input {
        case .key(let key): return press(key, &model, now: now)
        case .mouse(let event): return point(event, &model, now: now)
        case .paste(let scalar):
            // What is pasted is text: where none is typed it means nothing.
            insert(scalar)
            return .none
        }
    }

    /// Draws the picture at `now` (monotonic nanoseconds) over whatever `canvas` held.
    public mutating func draw(_ model: inout LiveModel, on canvas: inout CellCanvas, now: Int64) {
        model.advance(now: now)
        clock = now
        presentVisitors = model.visitorCount
        canvas.clear()
        hits.clear()
        let link = HeaderView.link(model, now: now)
        alarms.look(at: model.incidents, now: now)
        let warning = WarningView(model, alarms: alarms, now: now)
        if var picture = held.take() {
            draw(&picture, on: &canvas, link: link, warning: warning, now: now)
            held = consume picture
        } else {
            draw(&model, on: &canvas, link: link, warning: warning, now: now)
        }
        if let notice, now < notice.until, !needsLastRow { canvas.writeNotice(notice.text) }
        isQuestionShown = isAsking
    }
}

/// A visitor, told from whoever had the slot before.
struct VisitorMark: Equatable, Sendable {
    var slot: Int
    var serial: UInt32

    init(slot: Int, serial: UInt32) {
        self.slot = slot
        self.serial = serial
    }

    /// Whoever is in `slot` now; nil for nobody.
    init?(_ slot: Int, in model: borrowing LiveModel) {
        guard let visitor = model.visitor(in: slot) else { return nil }
        self.init(slot: slot, serial: visitor.serial)
    }

    /// Whether the visitor is still there.
    func isPresent(in model: borrowing LiveModel) -> Bool { model.visitor(in: slot)?.serial == serial }
}
