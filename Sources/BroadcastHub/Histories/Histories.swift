/// What a hub remembers of the last ten minutes: all together, by worker and by page, and of the last two by
/// visitor.
///
/// Nothing here is paid for by a sample. When a second is over, the counts that visitors have anyway of the
/// seconds before (`RateWindow`) are gone through, some entries at a turn; what all had together follows from
/// the hub's order.
///
/// ```
///  second      ... | done | target |  running
///  passed               ▲     ▲ entries below `next` are counted through here
///                       └── all others through here
/// ```
struct Histories: ~Copyable {
    /// A pass over all entries, in which the seconds from `first` to `target` are counted.
    struct Pass: BitwiseCopyable {
        var first: UInt32
        var target: UInt32
        /// Entries below were looked at.
        var next: UInt32 = 0
        /// Visitors heard within five seconds, and pages that somebody is on.
        var active: UInt32 = 0
        var pages: UInt32 = 0
        /// Nobody was here before it.
        var isFirst: Bool
    }

    let limits: HistoryLimits
    /// The first second of which anything is known; 0 while nothing is kept.
    var began: UInt32 = 0
    /// The newest second that all are counted through.
    var done: UInt32 = 0
    var pass: Pass?
    /// Samples of the hub before the second that is running.
    var ordinal: UInt64 = 0
    var totals = SeriesTable(capacity: TotalFigure.allCases.count)
    var workers: WorkerHistories
    var workerSeries: SeriesTable
    var pages: PageHistories
    var pageSeries: SeriesTable
    var visitors: VisitorHistories
    /// Counts up when something is another than it was.
    var revision: UInt64 = 0
    /// A bit for each page of the hub that somebody is on, in the pass at hand.
    var seenPages: ContiguousArray<UInt64> = []

    /// Histories of a hub that keeps none until it is told to.
    init(_ limits: HistoryLimits) {
        self.limits = limits
        workers = WorkerHistories(capacity: limits.workers)
        workerSeries = SeriesTable(capacity: limits.workers * WorkerFigure.allCases.count)
        pages = PageHistories(capacity: limits.pages)
        pageSeries = SeriesTable(capacity: limits.pages)
        visitors = VisitorHistories(capacity: limits.visitors)
        for figure in TotalFigure.allCases { totals.begin(figure.rawValue) }
    }

    /// Whether anything is kept.
    var isKept: Bool { began > 0 }

    /// Begins to keep what happens from the second that is running on.
    mutating func begin(at second: UInt32, ordinal: UInt64) {
        began = max(second, 1)
        done = began - 1
        self.ordinal = ordinal
    }

    /// The second at hand is over: the hub has had `ordinal` samples up to its end.
    mutating func endSecond(_ second: UInt32, ordinal: UInt64) {
        guard isKept else { return }
        totals.advance(to: second)
        totals.add(UInt32(clamping: ordinal &- self.ordinal), to: TotalFigure.samples.rawValue, at: second)
        self.ordinal = ordinal
    }

    /// Begins to count up to `target`, which is over.
    mutating func beginPass(to target: UInt32, window: UInt32, numbersOfPages: Int) {
        pass = Pass(
            first: max(done + 1, target - min(target, window)), target: target, isFirst: isAtRest)
        revision &+= 1
        pages.beginSecond()
        let words = (numbersOfPages + 63) / 64
        for word in seenPages.indices { seenPages[word] = 0 }
        if words > seenPages.count {
            seenPages.append(contentsOf: repeatElement(0, count: words - seenPages.count))
        }
    }

    /// Counts a page that somebody is on.
    mutating func see(_ page: UInt32) {
        let (word, bit) = (Int(page / 64), UInt64(1) << UInt64(page % 64))
        // One that was named since the pass began.
        guard word < seenPages.count, seenPages[word] & bit == 0 else { return }
        seenPages[word] |= bit
        pass?.pages += 1
    }

    /// Everybody was looked at, of whom `present` are here.
    mutating func endPass(present: Int) {
        guard let pass else { return }
        self.pass = nil
        totals.advance(to: pass.target)
        // Seconds without a pass of their own are like the one at their end, unless nobody was here in them.
        let first =
            pass.isFirst
            ? pass.target : max(done + 1, pass.target - min(pass.target, HistoryLimits.allSeconds))
        for second in first...pass.target {
            totals.set(UInt32(clamping: present), of: TotalFigure.visitors.rawValue, at: second)
            totals.set(pass.active, of: TotalFigure.active.rawValue, at: second)
            totals.set(pass.pages, of: TotalFigure.pages.rawValue, at: second)
        }
        done = pass.target
        revision &+= 1
        if done > HistoryLimits.allSeconds { pages.forgetQuiet(before: done - HistoryLimits.allSeconds) }
    }

    /// The newest second that the entry of a visitor is counted through.
    func countedThrough(_ visitor: UInt32) -> UInt32 {
        pass.map { visitor < $0.next ? $0.target : $0.first - 1 } ?? done
    }

    /// Counts samples on a page in a second.
    mutating func add(_ count: UInt32, to page: UInt32, at second: UInt32) {
        guard count > 0, page != PageTable.none else { return }
        var place = pages.find(page)
        if place == nil {
            place = pages.take(page, at: second, limits)
            if let place { pageSeries.begin(place) }
        }
        guard let place else { return }
        pages.hear(place, at: second)
        pageSeries.advance(to: second)
        pageSeries.add(count, to: place, at: second)
    }

    /// Takes in what the workers are like at the end of `second`.
    mutating func measured(_ figures: some Sequence<WorkerFigures>, at second: UInt32) {
        workerSeries.advance(to: second)
        for worker in figures where worker.processID != 0 {
            let known = workers.find(worker.processID)
            guard let place = known ?? workers.take(worker.processID, at: second) else { continue }
            let series = place * WorkerFigure.allCases.count
            if known == nil {
                for figure in WorkerFigure.allCases { workerSeries.begin(series + figure.rawValue) }
            }
            let (samples, since) = workers.measure(place, worker.received, at: second)
            workerSeries.add(samples, to: series + WorkerFigure.samples.rawValue, at: second)
            let first = max(min(since &+ 1, second), second - min(second, HistoryLimits.allSeconds))
            for second in first...second {
                workerSeries.set(worker.cpu, of: series + WorkerFigure.cpu.rawValue, at: second)
                workerSeries.set(
                    worker.residentKiB, of: series + WorkerFigure.residentKiB.rawValue, at: second)
                workerSeries.set(
                    worker.connections, of: series + WorkerFigure.connections.rawValue, at: second)
            }
        }
    }
}
