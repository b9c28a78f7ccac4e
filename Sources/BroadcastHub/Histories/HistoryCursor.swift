/// Where a viewer stands in what it is told of the last minutes.
struct HistoryCursor: Hashable, BitwiseCopyable {
    enum Part: UInt8 {
        /// It has had all that it is to have.
        case none
        case totals, workers, pages, visitors
    }

    var part = Part.none
    /// The place that comes next in its list.
    var next = 0
    /// It has the visitors' rates: all but what it missed of the others.
    var endsBeforeVisitors = false

    /// Goes on with another part, or with none.
    mutating func go(to part: Part) {
        self.part = part == .visitors && endsBeforeVisitors ? .none : part
        next = 0
    }
}

/// A message that those who come at about the same time share.
struct SharedHistory {
    struct Key: Hashable {
        var cursor: HistoryCursor
        var revision: UInt64
    }

    var key: Key?
    /// What stands behind the id and the event.
    var text: [UInt8] = []
    /// Where it ends.
    var end = HistoryCursor()
}
