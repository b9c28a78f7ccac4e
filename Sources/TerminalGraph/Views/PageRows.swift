import LiveModel

/// Which pages are seen, found out once a second like visitors are.
struct PageRows: Sendable {
    private struct Question: Equatable {
        var second: Int64
        var membershipRevision: UInt64
        var filter: VisitorFilter
        var order: PageOrder
        var isReversed: Bool
    }

    var window = ListWindow()
    /// Every page that meets the filter, in order.
    private(set) var pages: [PageActivity] = []
    /// How many pages there are, whatever the filter.
    private(set) var total = 0
    /// The page that is chosen.
    var chosen: Int32?
    private var asked: Question?

    mutating func look(
        at model: inout LiveModel, filter: VisitorFilter, order: PageOrder, isReversed: Bool, rows: Int
    ) {
        let question = Question(
            second: model.lastFullSecond, membershipRevision: model.membershipRevision, filter: filter,
            order: order, isReversed: isReversed)
        if question != asked {
            asked = question
            self.total = model.pageCount
            let place = place
            let wasSeen = place.map { $0 >= window.offset && $0 < window.end } ?? false
            let total = model.pages(
                matching: filter, order: order, isReversed: isReversed, from: 0, count: .max, into: &pages)
            window.fit(rows: rows, total: total)
            if wasSeen, let place = self.place { window.reveal(place) }
        }
        window.fit(rows: rows, total: pages.count)
    }

    /// Where the chosen page stands.
    var place: Int? { chosen.flatMap { index in pages.firstIndex { $0.index == index } } }

    mutating func choose(_ motion: MonitorAction.Motion) {
        let place = window.place(motion, from: place)
        guard pages.indices.contains(place) else { return }
        chosen = pages[place].index
        window.reveal(place)
    }

    /// The page that is opened: the chosen one, else the first one seen.
    var opened: Int32? {
        let place = place ?? window.offset
        return pages.indices.contains(place) ? pages[place].index : nil
    }
}
