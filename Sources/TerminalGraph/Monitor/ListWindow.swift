/// Which rows of a list are seen.
struct ListWindow: Equatable, Sendable {
    /// The first row seen.
    private(set) var offset = 0
    /// How many rows there is room for, as of the last picture.
    private(set) var rows = 1
    /// How many rows the list has, as of the last picture.
    private(set) var total = 0

    /// The last row that is seen, and one more.
    var end: Int { min(offset + rows, total) }
    var isScrollable: Bool { total > rows }

    /// Takes in how long the list is and how much of it can be seen.
    mutating func fit(rows: Int, total: Int) {
        self.rows = max(rows, 0)
        self.total = max(total, 0)
        scroll(to: offset)
    }

    mutating func scroll(to wanted: Int) { offset = min(max(wanted, 0), max(total - rows, 0)) }

    mutating func scroll(by rows: Int) { scroll(to: offset + min(max(rows, -total), total)) }

    /// Scrolls as little as it takes to see `place`.
    mutating func reveal(_ place: Int) {
        if place < offset { scroll(to: place) }
        if place >= offset + rows { scroll(to: place - rows + 1) }
    }

    /// Where `motion` leads from `place`, within the list; from nowhere to the first row seen.
    func place(_ motion: MonitorAction.Motion, from place: Int?) -> Int {
        let wanted: Int
        switch motion {
        case .first: wanted = 0
        case .last: wanted = total - 1
        default: wanted = place.map { $0 + steps(of: motion) } ?? offset
        }
        return min(max(wanted, 0), max(total - 1, 0))
    }

    /// Moves the window itself.
    mutating func scroll(_ motion: MonitorAction.Motion) {
        switch motion {
        case .first: scroll(to: 0)
        case .last: scroll(to: total)
        default: scroll(by: steps(of: motion))
        }
    }

    private func steps(of motion: MonitorAction.Motion) -> Int {
        switch motion {
        case .rows(let count): count
        case .halfPages(let count): count * max(rows / 2, 1)
        case .pages(let count): count * max(rows - 1, 1)
        case .first, .last: 0
        }
    }

    /// Which rows are seen, for people; empty where there are none.
    func range(_ glyphs: Glyphs) -> String {
        guard end > offset else { return "" }
        let first = Figures.grouped(offset + 1)
        return "\(first)\(glyphs.dash)\(Figures.grouped(end)) of \(Figures.grouped(total))"
    }
}
