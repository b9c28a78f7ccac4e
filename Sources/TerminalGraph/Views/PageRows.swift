import LiveModel

/// A page, told from whichever had its number before.
struct PageMark: Equatable, Sendable {
    /// -1 stands for those without a page.
    var index: Int32
    var serial: UInt32

    init(_ page: PageActivity) {
        index = page.index
        serial = page.serial
    }

    /// Whether the page still has visitors.
    func isPresent(in model: borrowing LiveModel) -> Bool { model.isPage(index, serial: serial) }

    /// The page's text; empty for those without a page.
    func text(in model: borrowing LiveModel) -> String { index < 0 ? "" : model.pageText(index) }
}

/// Which pages are seen, found out when visitors would be, and when a page comes or goes.
struct PageRows: Sendable {
    private struct Question: Equatable {
        var second: Int64
        var membershipRevision: UInt64
        var pageRevision: UInt64
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
    var chosen: PageMark?
    private var asked: Question?

    mutating func look(
        at model: inout LiveModel, filter: VisitorFilter, order: PageOrder, isReversed: Bool, rows: Int
    ) {
        let question = Question(
            second: model.lastFullSecond, membershipRevision: model.membershipRevision,
            pageRevision: model.pageRevision, filter: filter, order: order, isReversed: isReversed)
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
    var place: Int? { chosen.flatMap { mark in pages.firstIndex { PageMark($0) == mark } } }

    /// Whether what was found out last answers these.
    func answers(filter: VisitorFilter, order: PageOrder, isReversed: Bool) -> Bool {
        asked.map { $0.filter == filter && $0.order == order && $0.isReversed == isReversed } ?? false
    }

    mutating func choose(_ motion: MonitorAction.Motion) {
        let place = window.place(motion, from: place)
        guard pages.indices.contains(place) else { return }
        chosen = PageMark(pages[place])
        window.reveal(place)
    }

    /// The page that is opened: the chosen one, else the first one seen.
    var opened: PageMark? {
        let place = place ?? window.offset
        return pages.indices.contains(place) ? PageMark(pages[place]) : nil
    }
}
