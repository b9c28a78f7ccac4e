public import LiveModel

/// What of the monitor is worth remembering from one day to the next.
///
/// As text it is one `name = value` a line.
public struct MonitorSettings: Equatable, Sendable {
    public var view = MonitorView.overview
    public var order = VisitorOrder.rate
    public var isReversed = false
    public var pageOrder = PageOrder.visitors
    public var arePagesReversed = false
    public var workerOrder = WorkerOrder.listed
    public var areWorkersReversed = false
    /// Seconds that one column of a chart shows; charts of what is remembered for minutes only stay below.
    public var chartSecondsPerColumn = 1
    /// The top of that chart's scale in samples a second; 0 is as high as it takes.
    public var chartTop = 0
    public var map = MapOptions()
    /// Seconds of a visitor's path that are shown; 0 is all that is kept.
    public var pathSeconds = 30
    /// The name of a built-in theme; empty where none was chosen by key.
    public var theme = ""
    /// 0 where none were chosen by key.
    public var picturesPerSecond = 0
    /// Whether the terminal's bell rings when something goes wrong.
    public var hasBell = false

    /// The widths that a column of the chart can have.
    static let columnSeconds = [1, 2, 5, 10, 15, 30, 60]
    /// The widest that makes sense where no more than minutes are remembered.
    static let recentColumnSeconds = 5
    /// The tops that the chart's scale can have.
    static let chartTops = [
        10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000,
        1_000_000,
    ]
    /// The lengths that trails on the map can have, in milliseconds.
    static let trails = [0, 500, 1_500, 3_000, 5_000, 10_000, 30_000, 60_000]

    /// The pictures a second that can be chosen.
    static let pictureRates = [1, 2, 5, 10, 15, 20, 30]

    public init() {}

    /// Reads what `text` returns; lines that cannot be understood are passed over.
    public init(parsing text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let words = parts.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
            take(name: words[0], value: words[1])
        }
    }

    private mutating func take(name: String, value: String) {
        switch name {
        case "view": Self.take(value, into: &view)
        case "order": Self.take(value, into: &order)
        case "order-reversed": Self.take(value, into: &isReversed)
        case "page-order": Self.take(value, into: &pageOrder)
        case "page-order-reversed": Self.take(value, into: &arePagesReversed)
        case "worker-order": Self.take(value, into: &workerOrder)
        case "worker-order-reversed": Self.take(value, into: &areWorkersReversed)
        case "chart-seconds-per-column":
            Self.take(value, of: Self.columnSeconds, into: &chartSecondsPerColumn)
        case "chart-top":
            if value == "auto" { chartTop = 0 } else { Self.take(value, of: Self.chartTops, into: &chartTop) }
        case "map-scale": Self.take(value, into: &map.scale)
        case "map-labels": Self.take(value, into: &map.hasLabels)
        case "map-trail-milliseconds": Self.take(value, of: Self.trails, into: &map.trailMilliseconds)
        case "bell": Self.take(value, into: &hasBell)
        case "path-seconds":
            if value == "all" {
                pathSeconds = 0
            } else {
                Self.take(value, of: PathLook.windows, into: &pathSeconds)
            }
        case "theme": theme = Theme.names.contains(value) ? value : value == "auto" ? "" : theme
        case "pictures-per-second":
            if value == "auto" {
                picturesPerSecond = 0
            } else {
                Self.take(value, of: Self.pictureRates, into: &picturesPerSecond)
            }
        default: break
        }
    }

    private static func take<Word: RawRepresentable<String>>(_ value: String, into word: inout Word) {
        word = Word(rawValue: value) ?? word
    }

    private static func take(_ value: String, into flag: inout Bool) {
        flag = value == "yes" ? true : value == "no" ? false : flag
    }

    private static func take(_ value: String, of known: [Int], into number: inout Int) {
        if let wanted = Int(value), known.contains(wanted) { number = wanted }
    }

    /// The settings as text.
    public var text: String {
        func word(_ flag: Bool) -> String { flag ? "yes" : "no" }
        return """
            view = \(view.rawValue)
            order = \(order.rawValue)
            order-reversed = \(word(isReversed))
            page-order = \(pageOrder.rawValue)
            page-order-reversed = \(word(arePagesReversed))
            worker-order = \(workerOrder.rawValue)
            worker-order-reversed = \(word(areWorkersReversed))
            chart-seconds-per-column = \(chartSecondsPerColumn)
            chart-top = \(chartTop == 0 ? "auto" : String(chartTop))
            map-scale = \(map.scale.rawValue)
            map-labels = \(word(map.hasLabels))
            map-trail-milliseconds = \(map.trailMilliseconds)
            bell = \(word(hasBell))
            path-seconds = \(pathSeconds == 0 ? "all" : String(pathSeconds))
            theme = \(theme.isEmpty ? "auto" : theme)
            pictures-per-second = \(picturesPerSecond == 0 ? "auto" : String(picturesPerSecond))

            """
    }
}
