/// What of the monitor is worth remembering from one day to the next.
///
/// As text it is one `name = value` a line.
public struct MonitorSettings: Equatable, Sendable {
    public var view = MonitorView.overview
    /// Seconds that one column of the chart of everyone's samples shows.
    public var chartSecondsPerColumn = 1
    /// The top of that chart's scale in samples a second; 0 is as high as it takes.
    public var chartTop = 0

    /// The widths that a column of the chart can have.
    static let columnSeconds = [1, 2, 5, 10, 15, 30, 60]
    /// The tops that the chart's scale can have.
    static let chartTops = [
        10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000,
        1_000_000,
    ]

    public init() {}

    /// Reads what `text` returns; lines that cannot be understood are passed over.
    public init(parsing text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let words = parts.map { $0.split(separator: " ").joined(separator: " ") }
            take(name: words[0], value: words[1])
        }
    }

    private mutating func take(name: String, value: String) {
        switch name {
        case "view": view = MonitorView(rawValue: value) ?? view
        case "chart-seconds-per-column":
            if let seconds = Int(value), Self.columnSeconds.contains(seconds) {
                chartSecondsPerColumn = seconds
            }
        case "chart-top":
            if value == "auto" { chartTop = 0 }
            if let top = Int(value), Self.chartTops.contains(top) { chartTop = top }
        default: break
        }
    }

    /// The settings as text.
    public var text: String {
        let top = chartTop == 0 ? "auto" : String(chartTop)
        return """
            view = \(view.rawValue)
            chart-seconds-per-column = \(chartSecondsPerColumn)
            chart-top = \(top)

            """
    }
}
