public import LiveModel
public import TerminalGraph

/// What was asked for that there is not, behind the option that asked.
public struct FirstLookError: Error, Equatable {
    /// `filter` or `sort`.
    public var option: String
    public var complaint: String
}

/// What is looked at first, as somebody asked for it now: it goes before what is remembered.
public struct FirstLook: Sendable {
    /// Nil for the view of the last time, or the first one.
    public var view: MonitorView?
    /// Of the list of the view, without one of the visitors.
    public var filter: VisitorFilter?
    public var order: ListOrder?
    public var isReversed = false

    public init() {}

    /// Takes what was typed: which filters and columns there are depends on the view. Empty texts ask for
    /// nothing; a minus before a column turns the order round.
    public init(view: MonitorView?, filter text: String, sort word: String) throws(FirstLookError) {
        self.view = view
        let list = view ?? .overview
        if !text.isEmpty {
            guard let subject = list.filterSubject else {
                throw FirstLookError(
                    option: "filter", complaint: "the view \(list.rawValue) has no list to filter")
            }
            let filter = VisitorFilter(parsing: text, of: subject)
            if let complaint = filter.complaint {
                throw FirstLookError(option: "filter", complaint: complaint)
            }
            self.filter = filter
        }
        guard !word.isEmpty else { return }
        isReversed = word.hasPrefix("-")
        guard let order = ListOrder(String(word.drop { $0 == "-" }), in: list) else {
            throw FirstLookError(
                option: "sort", complaint: Self.orders(of: list, isAsked: view != nil))
        }
        self.order = order
    }

    private static func orders(of view: MonitorView, isAsked: Bool) -> String {
        let words = ListOrder.words(in: view)
        guard !words.isEmpty else { return "the view \(view.rawValue) has no list to sort" }
        let others = isAsked ? "" : "; pages and workers have others, with --view"
        return "must be one of \(words.joined(separator: ", "))\(others)"
    }

    /// Lets a picture begin with it.
    func adopt(into configuration: inout Monitor.Configuration) {
        if let view { configuration.settings.view = view }
        if let order { configuration.settings.sort(by: order, isReversed: isReversed) }
        configuration.filter = filter
    }

    /// Which visitors are shown, and in what order.
    var visitors: VisitorQuery {
        var query = VisitorQuery()
        if let filter, filter.subject == .visitors { query.filter = filter }
        if case .visitors(let order) = order {
            query.order = order
            query.isReversed = isReversed
        }
        return query
    }

    /// Which pages are shown, and in what order.
    var pages: (filter: VisitorFilter, order: PageOrder, isReversed: Bool) {
        let filter = filter.flatMap { $0.subject == .pages ? $0 : nil }
        let all = filter ?? VisitorFilter(parsing: "", of: .pages)
        if case .pages(let order) = order { return (all, order, isReversed) }
        return (all, .rate, false)
    }

    /// Which workers are shown, and in what order.
    func workers(of status: ServerStatus) -> [WorkerStatus] {
        var order = WorkerOrder.listed
        if case .workers(let wanted) = self.order { order = wanted }
        let filter = filter.flatMap { $0.subject == .workers ? $0 : nil }
        return order.sorted(status.workers, matching: filter, isReversed: isReversed && order != .listed)
    }
}
