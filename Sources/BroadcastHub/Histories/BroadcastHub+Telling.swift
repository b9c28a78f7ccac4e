import ByteCore
import FramesShape
import PointerEvents
import SSEWire

/// What was, as viewers of the frames shape are told it, once, behind the keyframe with which they begin.
///
/// ```
///  {"at":T,"totals":{"samples":[[...],[...]],...},"rest":7,"workers":[...],"pages":[...],"more":true}
///  {"at":T,"pages":[{"p":"/","samples":[[...],[...]]},...],"more":true}
///  {"at":T,"visitors":[{"id":"u1","s":"AAAFGH"},...]}
/// ```
/// A message is made when its viewer can take it, so that many visitors hold up nobody: frames go on in
/// between. All of it is of the whole hub; who is held to pages is told of those, and of visitors since they
/// came to theirs.
extension BroadcastHub {
    /// What stands around the entries of a message.
    private static var overheadBytes: Int { 128 }

    /// The hub that remembers.
    private var keeper: BroadcastHub { whole ?? self }

    /// Where a viewer begins that comes now; one that `resumes` has the visitors' rates.
    func historyToTell(resumes: Bool, now: Int64) -> HistoryCursor {
        let keeper = keeper
        // Where nobody is here, nothing was counted for a while. Whoever does not fold keeps no histories.
        if keeper.histories.isKept, keeper.visitors.presentCount == 0 { keeper.foldHistories(now: now) }
        guard keeper.hasHistory else { return HistoryCursor() }
        let isRepeated = isFaulty(.historyToldAgain)
        return HistoryCursor(part: .totals, endsBeforeVisitors: resumes && !isRepeated)
    }

    /// Whether there is something to tell.
    private var hasHistory: Bool {
        guard histories.isKept, histories.done >= histories.began else { return false }
        if visitors.presentCount > 0 { return true }
        let span = HistorySpan(end: histories.done, began: histories.began)
        let samples = TotalFigure.samples.rawValue
        return span.fine.contains { histories.totals.value(of: samples, at: UInt32($0)) > 0 }
            || span.coarse.contains { histories.totals.tenSeconds(of: samples, at: UInt32($0)) > 0 }
    }

    /// Whether a viewer is to be told something of it now.
    func owesHistory(to viewer: Viewer) -> Bool {
        viewer.history.part != .none && ticker.mayInterject(to: viewer)
    }

    /// Appends one message of it for a viewer; returns where the viewer stands once it has that.
    func appendHistory(for viewer: Viewer, to text: inout ByteBuffer) -> HistoryCursor {
        text.appendMessageHead(boot: boot, n: viewer.position, event: "history")
        let cursor = viewer.history
        // The first one says what the others do not share.
        guard cursor.part != .totals else { return compose(viewer, cursor, to: &text) }
        let key = SharedHistory.Key(cursor: cursor, revision: keeper.histories.revision)
        guard sharedHistory.key != key else {
            sharedHistory.text.withUnsafeBytes { text.append($0) }
            return sharedHistory.end
        }
        let start = text.count
        sharedHistory.end = compose(viewer, cursor, to: &text)
        sharedHistory.key = key
        sharedHistory.text = Array(UnsafeRawBufferPointer(rebasing: text.readable[start...]))
        return sharedHistory.end
    }

    private func compose(
        _ viewer: Viewer, _ start: HistoryCursor, to text: inout ByteBuffer
    ) -> HistoryCursor {
        let keeper = keeper
        let span = HistorySpan(end: keeper.histories.done, began: keeper.histories.began)
        let view = keeper.find(scopeNumber)?.view ?? HubView()
        let limit = text.count + limits.frames.messageBytes - Self.overheadBytes
        var cursor = start
        text.append("{\"at\":")
        text.appendDecimal(keeper.epochMilliseconds(Int64(span.end + 1) * 1_000_000_000))
        if cursor.part == .totals {
            keeper.appendTotals(span, view, to: &text)
            if scopeNumber == 0 { appendRest(viewer, to: &text) }
            cursor.go(to: .workers)
        }
        if cursor.part == .workers {
            let count = view.scope == nil ? keeper.histories.workers.places.count : 0
            let isWhole = appendList("workers", &cursor, of: count, upTo: limit, to: &text) {
                keeper.appendWorker($0, span, to: &$1)
            }
            if isWhole { cursor.go(to: .pages) }
        }
        if cursor.part == .pages {
            let count = view.visitors.isEmpty ? keeper.histories.pages.places.count : 0
            let isWhole = appendList("pages", &cursor, of: count, upTo: limit, to: &text) {
                keeper.admits($0, view) && keeper.appendPage($0, span, to: &$1)
            }
            if isWhole { cursor.go(to: .visitors) }
        } else if cursor.part == .visitors {
            let scope = keeper.find(scopeNumber)
            let count = keeper.histories.visitors.used
            let isWhole = appendList("visitors", &cursor, of: count, upTo: limit, to: &text) {
                keeper.appendVisitor($0, span, scope, to: &$1)
            }
            if isWhole { cursor.go(to: .none) }
        }
        text.append(cursor.part == .none ? "}\n\n" : ",\"more\":true}\n\n")
        return cursor
    }

    /// Appends the entries of a list from the cursor on, as many as there is room for, and the list only
    /// where there is one; returns whether all the rest is there. `append` says whether there was anything to
    /// append.
    private func appendList(
        _ key: StaticString, _ cursor: inout HistoryCursor, of count: Int, upTo limit: Int,
        to text: inout ByteBuffer, _ append: (Int, inout ByteBuffer) -> Bool
    ) -> Bool {
        var isFirst = true
        defer { if !isFirst { text.append("]") } }
        while cursor.next < count {
            let start = text.count
            if isFirst {
                text.append(",\"")
                text.append(key)
                text.append("\":[")
            } else {
                text.append(UInt8(ascii: ","))
            }
            let isThere = append(cursor.next, &text)
            if !isThere {
                text.truncate(by: text.count - start)
            } else if text.count > limit, !isFirst {
                text.truncate(by: text.count - start)
                if isFaulty(.historySkips) { cursor.next += 1 }
                return false
            } else {
                isFirst = false
            }
            cursor.next += 1
        }
        return true
    }
}

/// The entries, of the hub that remembers.
extension BroadcastHub {
    private func appendTotals(_ span: HistorySpan, _ view: HubView, to text: inout ByteBuffer) {
        text.append(",\"totals\":{")
        if view.scope == nil, view.filter == nil || isFaulty(.historyOfEveryone) {
            for figure in TotalFigure.allCases {
                text.append(figure == .samples ? "\"" : ",\"")
                text.append(figure.key)
                text.append("\":")
                span.append(
                    to: &text, tens: { histories.totals.tenSeconds(of: figure.rawValue, at: $0) },
                    seconds: { histories.totals.value(of: figure.rawValue, at: $0) })
            }
        } else if view.visitors.isEmpty {
            let places = histories.pages.places.indices.filter { admits($0, view) }
            text.append("\"samples\":")
            span.append(
                to: &text,
                tens: { second in sum(places) { histories.pageSeries.tenSeconds(of: $0, at: second) } },
                seconds: { second in sum(places) { histories.pageSeries.value(of: $0, at: second) } })
        }
        text.append("}")
    }

    private func sum(_ places: [Int], _ value: (Int) -> UInt32) -> UInt32 {
        UInt32(clamping: places.reduce(0 as UInt64) { $0 + UInt64(value($1)) })
    }

    /// Appends how many samples the viewer has had since the newest second that is told, so that its own
    /// count goes on from there.
    private func appendRest(_ viewer: Viewer, to text: inout ByteBuffer) {
        guard viewer.position + 1 >= ring.firstN, viewer.position <= ring.sealedN else { return }
        var before = histories.ordinal
        let first = max(histories.done + 1, second - min(second, HistoryLimits.fineKept))
        for second in first..<max(second, first) {
            before &-= UInt64(histories.totals.value(of: TotalFigure.samples.rawValue, at: second))
        }
        let had = ring.ordinal(through: viewer.position)
        text.append(",\"rest\":")
        text.appendDecimal(Int64(bitPattern: had &- before))
    }

    private func appendWorker(_ place: Int, _ span: HistorySpan, to text: inout ByteBuffer) -> Bool {
        let worker = histories.workers.places[place]
        guard Int(worker.heard) >= span.coarseFrom else { return false }
        text.append("{\"pid\":")
        text.appendDecimal(Int(worker.processID))
        for figure in WorkerFigure.allCases {
            let series = place * WorkerFigure.allCases.count + figure.rawValue
            text.append(",\"")
            text.append(figure.key)
            text.append("\":")
            span.append(
                to: &text, tens: { histories.workerSeries.tenSeconds(of: series, at: $0) },
                seconds: { histories.workerSeries.value(of: series, at: $0) })
        }
        text.append("}")
        return true
    }

    private func admits(_ place: Int, _ view: HubView) -> Bool {
        let page = histories.pages.places[place].page
        guard page != PageTable.none, pages.isInUse(page) else { return false }
        if view == HubView() || isFaulty(.historyOfEveryone) { return true }
        var isAdmitted = false
        pages.withPath(page) { isAdmitted = view.admits(page: $0) }
        return isAdmitted
    }

    private func appendPage(_ place: Int, _ span: HistorySpan, to text: inout ByteBuffer) -> Bool {
        text.append("{\"p\":")
        text.append(pages.json(histories.pages.places[place].page))
        text.append(",\"samples\":")
        let isThere = span.append(
            to: &text, tens: { histories.pageSeries.tenSeconds(of: place, at: $0) },
            seconds: { histories.pageSeries.value(of: place, at: $0) })
        text.append("}")
        return isThere
    }

    private func appendVisitor(
        _ place: Int, _ span: HistorySpan, _ scope: HubScope?, to text: inout ByteBuffer
    ) -> Bool {
        let kept = histories.visitors[place]
        guard kept.visitor != Visitor.none else { return false }
        var first = max(span.end + 1 - Int(HistoryLimits.fineSeconds), 1)
        if let scope, !isFaulty(.historyOfEveryone) {
            guard scope.members[kept.visitor] != Visitor.none else { return false }
            if scope.view.looksAtPages { first = max(first, Int(kept.pageSince)) }
        }
        while first <= span.end, histories.visitors.level(of: place, at: UInt32(first)) == 0 { first += 1 }
        guard first <= span.end else { return false }
        text.append("{\"id\":")
        text.append(visitors.idJSON(of: kept.visitor))
        text.append(",\"s\":\"")
        for second in first...span.end {
            text.append(RateLevel.characters[Int(histories.visitors.level(of: place, at: UInt32(second)))])
        }
        text.append("\"}")
        return true
    }
}
