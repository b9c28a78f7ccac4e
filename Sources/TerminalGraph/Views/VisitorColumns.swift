import LiveModel

/// Which columns the table of visitors has at some width, and how wide each is.
///
/// Where it is too narrow for all, they go in `Kind.dropOrder`; the id, the sparkline and the rate always stay.
struct VisitorColumns: Equatable {
    /// In the order they stand in.
    enum Kind: Int, CaseIterable, Sendable {
        case id
        case page
        case position
        case action
        case sparkline
        case rate
        case last
        case since
        case worker

        /// What goes where it is too narrow, the first of these first, and the width of a table from which on
        /// it is there at all: below, a longer sparkline says more.
        static let dropOrder: [(kind: Kind, from: Int)] = [
            (.since, 110), (.worker, 96), (.action, 84), (.page, 0), (.last, 0), (.position, 0),
        ]

        var head: String {
            switch self {
            case .id: "visitor"
            case .page: "page"
            case .position: "x,y"
            case .action: "does"
            case .sparkline: "last 60 s"
            case .rate: "rate"
            case .last: "seen"
            case .since: "here"
            case .worker: "worker"
            }
        }

        /// What a click on its head sorts by; nil for what cannot be sorted by.
        var order: VisitorOrder? {
            switch self {
            case .id: .id
            case .page: .page
            case .sparkline, .rate: .rate
            case .last: .last
            case .since: .since
            case .worker: .worker
            case .position, .action: nil
            }
        }

        /// Columns it needs at least.
        var least: Int {
            switch self {
            case .id: 12
            case .page: 10
            case .position: 11
            case .action: 6
            case .sparkline: 8
            case .rate: 5
            case .last: 4
            case .since: 4
            case .worker: 7
            }
        }
    }

    /// One column: what it shows and where it stands within the table.
    struct Column: Equatable {
        var kind: Kind
        var start: Int
        var width: Int
    }

    private(set) var columns: [Column] = []

    /// Chooses columns for a table `width` columns wide, of visitors that may be on various pages or not.
    init(width: Int, hasPage: Bool = true) {
        let gap = width >= 200 ? 4 : width >= 80 ? 2 : 1
        var kinds = Kind.allCases.filter { hasPage || $0 != .page }
        func least() -> Int { kinds.reduce(-gap) { $0 + $1.least + gap } }
        for (kind, from) in Kind.dropOrder where width < from || least() > width {
            kinds.removeAll { $0 == kind }
        }
        var widths = kinds.map(\.least)
        var spare = max(0, width - least())
        func grow(_ kind: Kind, to limit: Int) {
            guard let index = kinds.firstIndex(of: kind) else { return }
            let more = min(max(limit - widths[index], 0), spare)
            widths[index] += more
            spare -= more
        }
        // In small steps, so that no column starves while another feasts.
        for (kind, limit) in [
            (Kind.id, 16), (.sparkline, 20), (.page, 20), (.id, 24), (.sparkline, 30), (.page, 32),
            (.sparkline, 60), (.id, 40), (.page, 64),
        ] { grow(kind, to: limit) }
        // Two cells a second, or none more: between them seconds would be of two widths.
        if spare >= 60 { grow(.sparkline, to: 120) }
        // Whatever is left keeps the figures at the right edge.
        grow(.id, to: 64)
        grow(kinds.contains(.page) ? .page : .id, to: width)
        var start = 0
        for (kind, width) in zip(kinds, widths) {
            columns.append(Column(kind: kind, start: start, width: width))
            start += width + gap
        }
    }
}
