public import LiveModel

extension VisitorOrder {
    /// What the head of its column says, which is what people call it.
    public var word: String {
        switch self {
        case .id: "visitor"
        case .last: "seen"
        case .since: "here"
        case .rate, .page, .worker: rawValue
        }
    }
}

extension WorkerOrder {
    /// What the head of its column says.
    public var word: String { self == .connections ? "conns" : rawValue }
}

/// An order of one of the lists.
public enum ListOrder: Equatable, Sendable {
    case visitors(VisitorOrder)
    case pages(PageOrder)
    case workers(WorkerOrder)

    /// The order that `word` means in the list of `view`: what its head says, or what settings call it; nil
    /// for none. Map and Visitor share the list of the Overview.
    public init?(_ word: String, in view: MonitorView) {
        let word = word.lowercased()
        func find<Order: CaseIterable & RawRepresentable<String>>(_ name: (Order) -> String) -> Order? {
            Order.allCases.first { name($0) == word } ?? Order(rawValue: word)
        }
        let order: ListOrder? =
            switch view {
            case .overview, .map, .visitor: find(\VisitorOrder.word).map { .visitors($0) }
            case .pages: find(\PageOrder.rawValue).map { .pages($0) }
            case .workers: find(\WorkerOrder.word).map { .workers($0) }
            case .health: nil
            }
        guard let order else { return nil }
        self = order
    }

    /// The words for the orders of the list of `view`; none where there is no list to sort.
    public static func words(in view: MonitorView) -> [String] {
        switch view {
        case .overview, .map, .visitor: VisitorOrder.allCases.map(\.word)
        case .pages: PageOrder.allCases.map(\.rawValue)
        case .workers: WorkerOrder.allCases.map(\.word)
        case .health: []
        }
    }
}

extension MonitorSettings {
    /// Sorts one of the lists.
    public mutating func sort(by order: ListOrder, isReversed: Bool = false) {
        switch order {
        case .visitors(let order):
            self.order = order
            self.isReversed = isReversed
        case .pages(let order):
            pageOrder = order
            arePagesReversed = isReversed
        case .workers(let order):
            workerOrder = order
            areWorkersReversed = isReversed
        }
    }
}

extension MonitorView {
    /// What a filter in it is of; nil where nothing can be filtered.
    public var filterSubject: FilterSubject? {
        switch self {
        case .overview, .map, .visitor: .visitors
        case .pages: .pages
        case .workers: .workers
        case .health: nil
        }
    }
}
