extension LiveModel {
    /// Fills `chosen` with up to `count` of the visitors that `query` asks for, from the `offset`-th on, and
    /// returns how many there are in all.
    ///
    /// Only these are sorted, whoever else there is.
    public mutating func visitors(
        matching query: VisitorQuery, from offset: Int, count: Int, into chosen: inout [RankedVisitor]
    ) -> Int {
        chosen.removeAll(keepingCapacity: true)
        if query.steadiness == .steady { holdRates() }
        // Taken out for as long as it is worked on, so that the visitors can be looked at meanwhile.
        var ranks: [Rank] = []
        swap(&ranks, &ranking)
        defer { swap(&ranks, &ranking) }
        rank(query, into: &ranks)
        let start = min(max(offset, 0), ranks.count)
        let end = start + min(max(count, 0), ranks.count - start)
        guard start < end else { return ranks.count }
        unsafe ranks.withUnsafeMutableBufferPointer { ranks in
            if query.order == .id {
                unsafe Rank.order(ranks, start..<end) { isBefore($0, $1, in: query) }
            } else {
                unsafe Rank.order(ranks, start..<end, by: Rank.isBefore)
            }
        }
        for rank in ranks[start..<end] {
            chosen.append(RankedVisitor(slot: rank.slot, rate: rate(of: rank.slot)))
        }
        return ranks.count
    }

    /// How many of the visitors that `query` asks for stand before the one in `slot`; nil where it is not
    /// among them.
    public mutating func place(of slot: Int, in query: VisitorQuery) -> Int? {
        guard matches(slot, query.filter) else { return nil }
        if query.steadiness == .steady { holdRates() }
        var ranks: [Rank] = []
        swap(&ranks, &ranking)
        defer { swap(&ranks, &ranking) }
        rank(query, into: &ranks)
        guard let own = ranks.first(where: { $0.slot == slot }) else { return nil }
        return ranks.count { isBefore($0, own, in: query) }
    }

    private func rank(_ query: VisitorQuery, into ranks: inout [Rank]) {
        ranks.removeAll(keepingCapacity: true)
        let pageRanks = query.order == .page ? pages.ranks() : []
        let isForAll = query.filter.isEmpty
        for slot in 0..<visitors.slotsInUse
        where visitors.isInUse(slot) && (isForAll || matches(slot, query.filter)) {
            let rank = rank(of: slot, in: query, pageRanks)
            ranks.append(query.isReversed ? rank.reversed : rank)
        }
    }

    @inline(__always)
    private func rank(of slot: Int, in query: VisitorQuery, _ pageRanks: [UInt64]) -> Rank {
        let record = visitors[slot]
        // Whoever was heard last changes with every sample, who came first does not.
        let isSteady = query.steadiness != .none
        let tie = isSteady ? UInt64(record.serial) : ~record.arrival
        let tenths = isSteady ? UInt64((heldRate(of: slot) * 10).rounded()) : tenths(of: slot)
        switch query.order {
        case .rate:
            return Rank(first: ~tenths, second: 0, third: tie, slot: slot)
        case .id:
            let id = unsafe visitors.label(of: slot)
            return unsafe Rank(
                first: Self.word(id, from: 0), second: Self.word(id, from: 8), third: 0, slot: slot)
        case .page:
            let page = record.page < 0 ? .max : pageRanks[Int(record.page)]
            return Rank(first: page, second: ~tenths, third: tie, slot: slot)
        case .since:
            let since = UInt64(clamping: record.sinceMilliseconds)
            return Rank(first: ~since, second: 0, third: ~UInt64(record.serial), slot: slot)
        case .last:
            let last = UInt64(clamping: record.lastMilliseconds)
            return Rank(first: ~last, second: 0, third: ~record.arrival, slot: slot)
        case .worker:
            let worker = UInt64(clamping: record.worker)
            return Rank(first: worker, second: ~tenths, third: tie, slot: slot)
        }
    }

    @inline(__always)
    private func isBefore(_ one: Rank, _ other: Rank, in query: VisitorQuery) -> Bool {
        if query.order == .id, one.first == other.first, one.second == other.second {
            let (lesser, greater) = query.isReversed ? (other.slot, one.slot) : (one.slot, other.slot)
            return unsafe FoldedWord.isBefore(visitors.label(of: lesser), visitors.label(of: greater))
        }
        return Rank.isBefore(one, other)
    }

    /// The rate in tenths of a sample a second, which is how finely it is told.
    @inline(__always)
    private func tenths(of slot: Int) -> UInt64 { UInt64((rate(of: slot) * 10).rounded()) }

    /// Eight bytes of a label, in lower case, as a number that has their order.
    @inline(__always)
    private static func word(_ id: UnsafeRawBufferPointer, from start: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in start..<start + 8 {
            word = unsafe word << 8 | (index < id.count ? UInt64(FoldedWord.folded(id[index])) : 0)
        }
        return word
    }
}
