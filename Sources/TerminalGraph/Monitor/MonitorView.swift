/// What the screen shows below its first line.
public enum MonitorView: String, Sendable, CaseIterable {
    case overview
    case map
    case visitor
    case pages
    case workers
    case health

    /// Its name on the line of tabs.
    var title: String {
        switch self {
        case .overview: "Overview"
        case .map: "Map"
        case .visitor: "Visitor"
        case .pages: "Pages"
        case .workers: "Workers"
        case .health: "Health"
        }
    }

    /// The key that shows it, and its place on the line of tabs, from 1 on.
    var number: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }

    /// The view `steps` further on, round and round.
    func neighbour(_ steps: Int) -> MonitorView {
        let count = Self.allCases.count
        return Self.allCases[((number - 1 + steps) % count + count) % count]
    }
}
