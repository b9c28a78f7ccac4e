import PointerEvents

/// Counting what was, once a second.
extension BroadcastHub {
    /// How long a visitor who is not heard is still active, in nanoseconds: as long as screens say so.
    private static var activeNanoseconds: Int64 { 5_000_000_000 }

    /// Goes on with counting the seconds that are over, a bounded piece of it; to be called every turn of
    /// the loop, behind `endTurn` and `tick`. With the first call histories begin to be kept.
    public func foldHistories(now: Int64) {
        guard now >= histories.dueAt else { return }
        if now >= secondEndsAt { startSecond(now) }
        guard histories.isKept else { return histories.begin(at: second, ordinal: ring.headOrdinal) }
        if histories.pass == nil {
            guard second > histories.done + 1 else { return }
            // The window holds the second that is running and the four before it.
            histories.beginPass(
                to: second - 1, window: UInt32(RateWindow.seconds - 2), numbersOfPages: pages.numbersInUse)
        }
        pass()
    }

    /// When `foldHistories` has something to do, monotonic nanoseconds, possibly past; nil while nothing
    /// changes.
    public var nextFold: Int64? {
        guard histories.isKept else { return 0 }
        let isQuiet =
            visitors.presentCount == 0 && ring.headOrdinal == histories.ordinal && histories.isAtRest
        return isQuiet ? nil : histories.dueAt
    }

    /// Takes in what the workers are like, a moment after the end of a second.
    public func measured(_ workers: some Sequence<WorkerFigures>, now: Int64) {
        guard histories.isKept else { return }
        histories.measured(workers, at: max(second(at: now), 1) - 1)
    }

    private func pass() {
        guard var next = histories.pass?.next else { return }
        // Nobody is here: there is nothing to look for.
        if visitors.presentCount == 0 { next = visitors.used }
        let end = min(next &+ UInt32(limits.histories.entriesPerTurn), visitors.used)
        while next < end {
            count(next)
            next &+= 1
            histories.pass?.next = next
        }
        if next >= visitors.used { histories.endPass(present: visitors.presentCount) }
    }

    private func count(_ visitor: UInt32) {
        let entry = visitors[visitor]
        guard let pass = histories.pass, entry.pointee.flags.contains([.present, .hasSample]) else { return }
        let page = historyPage(of: visitor)
        if page != PageTable.none { histories.see(page) }
        let end = Int64(pass.target &+ 1) &* 1_000_000_000
        if end &- entry.pointee.lastNanoseconds < Self.activeNanoseconds {
            histories.pass?.active &+= 1
        }
        let window = entry.pointee.rate
        // Who has not been heard since is where they were, with nothing to count.
        guard window.second >= pass.first else { return }
        keep(window, of: visitor, on: page, from: pass.first, through: pass.target)
    }

    /// A visitor is about to name another page: what they did in the seconds that are over counts for the one
    /// before, and only seconds to come are wholly spent on the other.
    @inline(never)
    func turnHistory(of visitor: UInt32) {
        guard histories.isKept else { return }
        guard let place = histories.visitors.find(visitor) ?? histories.visitors.take(visitor) else { return }
        let window = visitors[visitor].pointee.rate
        let last = min(window.second, second &- 1)
        let first = firstUncounted(of: visitor, in: window)
        if first <= last, !isFaulty(.historyOfPageAfter) {
            put(window, at: place, on: historyPage(of: visitor), from: first, through: last)
        }
        turn(place)
    }

    private func turn(_ place: Int) {
        if !isFaulty(.historyOfPageBefore) { histories.visitors[place].pageSince = second &+ 1 }
    }

    /// The first second of a visitor's window, or behind it, that was not counted.
    private func firstUncounted(of visitor: UInt32, in window: RateWindow) -> UInt32 {
        let oldest = window.second - min(window.second, UInt32(RateWindow.seconds - 1))
        return max(histories.countedThrough(visitor) + 1, oldest)
    }

    /// The page whose samples a visitor's are: none where they may be those of several.
    private func historyPage(of visitor: UInt32) -> UInt32 {
        guard !visitors[visitor].pointee.flags.contains(.several) || isFaulty(.historyOfSeveralPages) else {
            return PageTable.none
        }
        return visitors.surroundings[Int(visitor)].page
    }

    private func keep(
        _ window: RateWindow, of visitor: UInt32, on page: UInt32, from first: UInt32, through target: UInt32
    ) {
        put(window, at: historyPlace(of: visitor), on: page, from: first, through: target)
    }

    /// Counts seconds of a window; of one with a place, those that were not counted when it named another
    /// page.
    private func put(
        _ window: RateWindow, at place: Int?, on page: UInt32, from first: UInt32, through target: UInt32
    ) {
        var second = first
        if let place, !isFaulty(.historyCountedTwice) {
            second = max(second, histories.visitors[place].head + 1)
        }
        while second <= target {
            let count = window.count(in: second)
            if count > 0 {
                if let place {
                    histories.visitors.set(RateLevel.level(of: count), of: place, at: second)
                }
                histories.add(count, to: page, at: isFaulty(.historyShifted) ? second - 1 : second)
            }
            second += 1
        }
    }

    /// The place of a visitor who was heard, a new one or that of somebody who came before; nil where there
    /// is none.
    private func historyPlace(of visitor: UInt32) -> Int? {
        if let place = histories.visitors.find(visitor) { return place }
        if let place = histories.visitors.take(visitor) {
            turn(place)
            return place
        }
        guard limits.histories.visitors > 0, let pass = histories.pass else { return nil }
        // Whoever has just come is newer than almost everybody; the others had their chance.
        let since = visitors[visitor].pointee.sinceNanoseconds
        guard since >= Int64(pass.first) &* 1_000_000_000 else { return nil }
        if visitors[histories.visitors.nextToGo].pointee.sinceNanoseconds < since {
            let place = histories.visitors.takeOver(visitor)
            turn(place)
            return place
        }
        histories.visitors.skip()
        return nil
    }

    /// A visitor goes: what was not counted yet is, on the page; the rates are nobody's any more.
    func leaveHistories(_ visitor: UInt32) {
        guard histories.isKept else { return }
        let window = visitors[visitor].pointee.rate
        let first = firstUncounted(of: visitor, in: window)
        let place = histories.visitors.find(visitor)
        put(window, at: place, on: historyPage(of: visitor), from: first, through: window.second)
        histories.revision &+= 1
        if !isFaulty(.historyOfGoneKept) { histories.visitors.giveBack(visitor) }
    }
}

extension RateWindow {
    /// Samples in a second of the window; 0 in any other.
    @inline(__always)
    func count(in second: UInt32) -> UInt32 {
        switch self.second &- second {
        case 0: current
        case 1: earlier.0
        case 2: earlier.1
        case 3: earlier.2
        case 4: earlier.3
        default: 0
        }
    }
}

extension Histories {
    /// When there is something to do: at once where a pass is under way, else when the next second is over.
    var dueAt: Int64 { !isKept || pass != nil ? 0 : (Int64(done) + 2) * 1_000_000_000 }

    /// Whether the newest second is like all that follow while nobody comes.
    var isAtRest: Bool {
        pass == nil && TotalFigure.allCases.allSatisfy { totals.value(of: $0.rawValue, at: done) == 0 }
    }
}
