/// Bounds of what a hub remembers of the last minutes, each with its reason.
///
/// ```
///            1 s buckets        10 s buckets
///  kept      128                64                 powers of two, so that a place is a mask
///  told      111 ... 120        up to ten minutes  the one where they begin is a whole ten seconds
/// ```
public struct HistoryLimits: Sendable {
    /// Visitors whose rates are kept: as many as a dashboard shows.
    public var visitors = 10_000
    /// Pages whose samples are kept: more than a list of pages has lines for.
    public var pages = 512
    /// Workers, those who have ended among them: more than most machines have cores.
    public var workers = 64
    /// Entries of visitors that one turn looks at when a second is over: a tenth of a millisecond.
    public var entriesPerTurn = 1_024
    /// Looks through all pages in one second for one that makes room for another.
    public var pageSearchesPerSecond = 16
    /// A page nobody moved on for so long makes room for another.
    public var quietPageSeconds: UInt32 = 10

    /// What a chart of a visitor's last two minutes is made of, and ten minutes of everything else.
    static let fineSeconds: UInt32 = 120
    static let coarseSeconds: UInt32 = 10
    static let allSeconds: UInt32 = 600
    /// Kept of each.
    static let fineKept: UInt32 = 128
    static let coarseKept: UInt32 = 64

    public init() {}

    /// Memory that histories take at most with everything as long as it can be, of a hub of `entries`
    /// visitors: 3.9 MB as a server runs.
    public func mostBytes(entries: Int) -> Int {
        let series = TotalFigure.allCases.count + workers * WorkerFigure.allCases.count + pages
        // What grows by doubling may have twice what it needs, and a page's text stays as long as it is kept.
        let tables = entries * MemoryLayout<UInt16>.stride * 2 + pages * (64 + HistoryLimits.pageTextBytes)
        return series * SeriesTable.bytesPerSeries
            + visitors * (Int(HistoryLimits.fineKept) + MemoryLayout<VisitorHistories.Place>.stride) + tables
    }

    /// The longest page as a JSON string: every byte of 256 escaped.
    static let pageTextBytes = 256 * 6 + 2
    /// Never more than that.
    public static let budgetBytes = 4 * 1024 * 1024
}
