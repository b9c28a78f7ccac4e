extension LiveModel {
    /// How many pages have visitors; those without a page make one more.
    public var pageCount: Int { pages.count + (visitors.count > pages.visitorsOnPages ? 1 : 0) }

    /// Fills `chosen` with up to `count` of the pages that have visitors and meet `filter`, from the
    /// `offset`-th on, and returns how many there are in all; visitors without a page make one more.
    public mutating func pages(
        matching filter: VisitorFilter = VisitorFilter(parsing: "", of: .pages), order: PageOrder,
        isReversed: Bool = false, from offset: Int, count: Int, into chosen: inout [PageActivity]
    ) -> Int {
        chosen.removeAll(keepingCapacity: true)
        var rows: [PageActivity] = []
        swap(&rows, &pageRows)
        defer { swap(&rows, &pageRows) }
        rows.removeAll(keepingCapacity: true)
        for number in -1..<Int32(pages.numbersInUse) {
            let visitors = visitorsOnPage(number)
            guard visitors > 0 else { continue }
            let page = activity(ofPage: number, visitors: visitors)
            if filter.isEmpty || matches(page, filter) { rows.append(page) }
        }
        let start = min(max(offset, 0), rows.count)
        let end = start + min(max(count, 0), rows.count - start)
        guard start < end else { return rows.count }
        rows.sort { isReversed ? isBefore($1, $0, by: order) : isBefore($0, $1, by: order) }
        chosen.append(contentsOf: rows[start..<end])
        return rows.count
    }

    /// Changes whenever a page gets its first visitor or loses its last.
    public var pageRevision: UInt64 { pages.revision }

    /// Whether page `index` is still the one of that `serial`; whoever has no page is always so.
    public func isPage(_ index: Int32, serial: UInt32) -> Bool {
        index == -1 || pages.isInUse(index) && pages.serial(of: index) == serial
    }

    /// The text of page `index` as it came: not safe for a screen yet; empty where it has no visitors. Of no
    /// page, what is said where pages are too many to be told apart.
    public func pageText(_ index: Int32) -> String {
        guard index == -1 else { return pages.isInUse(index) ? pages.text(index) : "" }
        return pages.isFull ? "(no page, or one too many)" : "(no page)"
    }

    /// The samples of page `index` in the second that began `secondsAgo` before the current one.
    public func samples(ofPage index: Int32, secondsAgo: Int) -> Int {
        guard index == -1 || pages.isInUse(index) else { return 0 }
        return pages.counts.samples(of: index, at: second - Int64(clamping: secondsAgo))
    }

    private func visitorsOnPage(_ number: Int32) -> Int {
        number >= 0 ? pages.visitors(on: number) : visitors.count - pages.visitorsOnPages
    }

    private func activity(ofPage number: Int32, visitors: Int) -> PageActivity {
        let last = lastFullSecond
        var samples = 0
        for ago in 0..<5 { samples += pages.counts.samples(of: number, at: last - Int64(ago)) }
        var clicks = 0
        for ago in 0..<60 { clicks += pages.counts.clicks(of: number, at: second - Int64(ago)) }
        return PageActivity(
            index: number, serial: pages.serial(of: number), visitors: visitors,
            rate: Double(samples * 2) / 10, clicks: clicks)
    }

    private func isBefore(_ one: PageActivity, _ other: PageActivity, by order: PageOrder) -> Bool {
        switch order {
        case .visitors where one.visitors != other.visitors: return one.visitors > other.visitors
        case .visitors where one.rate != other.rate: return one.rate > other.rate
        case .rate where one.rate != other.rate: return one.rate > other.rate
        case .clicks where one.clicks != other.clicks: return one.clicks > other.clicks
        default: break
        }
        guard one.index >= 0, other.index >= 0 else { return one.index > other.index }
        return pages.isBefore(one.index, other.index)
    }
}
