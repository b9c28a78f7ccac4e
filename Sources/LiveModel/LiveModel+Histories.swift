import ByteCore

/// What was before this picture began, as the server remembers it.
extension LiveModel {
    /// Where the parts of a history are; finding them checks the grammar of the whole.
    private struct HistoryOutline {
        var at: Int64?
        var rest: Int?
        var totals: JSONScanner?
        var workers: JSONScanner?
        var pages: JSONScanner?
        var visitors: JSONScanner?

        init(_ data: UnsafeRawBufferPointer) throws(JSONFault) {
            try unsafe JSONScanner.readMessage(data) { name, scanner throws(JSONFault) in
                let isArray = scanner.next == UInt8(ascii: "[")
                switch HistoryKey(name) {
                case .at: at = try scanner.takeEpochMilliseconds()
                case .rest:
                    let limit = Double(UInt32.max)
                    rest = try scanner.takeNumber().map { Int(min(max($0, -limit), limit)) }
                case .totals where scanner.next == UInt8(ascii: "{"): totals = try scanner.mark()
                case .workers where isArray: workers = try scanner.mark()
                case .pages where isArray: pages = try scanner.mark()
                case .visitors where isArray: visitors = try scanner.mark()
                default: try scanner.skipValue()
                }
            }
        }
    }

    /// Takes in a part of a history: what it tells of seconds before the keyframe is right, and what was
    /// guessed of those from the visitors' rates is not.
    mutating func applyHistory(_ data: UnsafeRawBufferPointer) throws(JSONFault) -> Outcome {
        let outline = try unsafe HistoryOutline(data)
        // Of a time to come nothing can be remembered.
        guard let at = outline.at, at <= nowMilliseconds + HubClock.rebaseMilliseconds else {
            return .malformed
        }
        if var scanner = outline.totals { try readTotals(&scanner, at: at, rest: outline.rest) }
        if let list = outline.workers {
            try forEachObject(of: list) { model, scanner throws(JSONFault) in
                try model.readWorkerHistory(&scanner, at: at)
            }
        }
        if let list = outline.pages {
            try forEachObject(of: list) { model, scanner throws(JSONFault) in
                try model.readPageHistory(&scanner, at: at)
            }
        }
        if let list = outline.visitors {
            try forEachObject(of: list) { model, scanner throws(JSONFault) in
                try model.readVisitorHistory(&scanner, at: at)
            }
        }
        return .applied
    }

    /// Calls `body` at each object of a list, which it must read to its end.
    private mutating func forEachObject(
        of list: JSONScanner,
        _ body: (inout LiveModel, inout JSONScanner) throws(JSONFault) -> Void
    ) throws(JSONFault) {
        var scanner = list
        try scanner.open()
        var isFirst = true
        while try scanner.nextElement(isFirst: isFirst) {
            isFirst = false
            guard scanner.next == UInt8(ascii: "{") else {
                try scanner.skipValue()
                continue
            }
            try scanner.open()
            try body(&self, &scanner)
        }
    }

    private mutating func readTotals(
        _ scanner: inout JSONScanner, at: Int64, rest: Int?
    ) throws(JSONFault) {
        try scanner.open()
        var isFirst = true
        while let name = try scanner.nextKey(isFirst: isFirst) {
            isFirst = false
            guard HistoryKey(name) == .samples else {
                try scanner.skipValue()
                continue
            }
            let told = try ToldSeries(&scanner, at: at)
            let series = ToldSeries(told, rest: rest ?? 0, until: rest == nil ? at : heardMilliseconds)
            history.advance(to: second)
            series.forEachSecond { second, count, isWhole in
                // All that came since is told too, as far as we have had it.
                let isAll = isWhole || rest != nil && second >= keyframeSecond
                let own = history.count(at: second)
                history.put(merge(own, count, at: second, isWhole: isAll), at: second)
            }
        }
    }

    private mutating func readPageHistory(_ scanner: inout JSONScanner, at: Int64) throws(JSONFault) {
        var page: JSONString?
        var series: ToldSeries?
        var isFirst = true
        while let name = try scanner.nextKey(isFirst: isFirst) {
            isFirst = false
            switch HistoryKey(name) {
            case .page: page = try scanner.takeString()
            case .samples: series = try ToldSeries(&scanner, at: at)
            default: try scanner.skipValue()
            }
        }
        guard let page, let series, let number = unsafe page.withBytes({ unsafe pages.find($0) }) else {
            return
        }
        _ = pages.counts.advance(to: second)
        series.forEachSecond { second, count, isWhole in
            let own = pages.counts.samples(of: number, at: second)
            pages.counts.put(merge(own, count, at: second, isWhole: isWhole), to: number, at: second)
        }
    }

    private mutating func readVisitorHistory(_ scanner: inout JSONScanner, at: Int64) throws(JSONFault) {
        var id: JSONString?
        var levels: JSONString?
        var isFirst = true
        while let name = try scanner.nextKey(isFirst: isFirst) {
            isFirst = false
            switch HistoryKey(name) {
            case .id: id = try scanner.takeString()
            case .levels: levels = try scanner.takeString()
            default: try scanner.skipValue()
            }
        }
        guard let id, let levels, let slot = unsafe id.withBytes({ unsafe visitors.find($0) }) else { return }
        let series = unsafe levels.withBytes { unsafe ToldSeries(levels: $0, at: at) }
        series.forEachSecond { second, count, isWhole in
            let own = visitors.samples(of: slot, at: second)
            visitors.putSamples(
                UInt16(clamping: merge(own, count, at: second, isWhole: isWhole)), of: slot, at: second)
        }
    }

    private mutating func readWorkerHistory(_ scanner: inout JSONScanner, at: Int64) throws(JSONFault) {
        var pid: Int32 = 0
        var figures: [HistoryKey: [Int]] = [:]
        var isFirst = true
        while let name = try scanner.nextKey(isFirst: isFirst) {
            isFirst = false
            let key = HistoryKey(name)
            switch key {
            case .pid: pid = Int32(try scanner.takeCount(upTo: Int(Int32.max)) ?? 0)
            case .samples, .cpu, .rss, .connections:
                figures[key ?? .samples] = try ToldSeries(&scanner, at: at).seconds
            default: try scanner.skipValue()
            }
        }
        let isKnown = workerHistories[pid] != nil
        guard pid > 0, isKnown || workerHistories.count < limits.workers else { return }
        func figure(_ key: HistoryKey, _ ago: Int) -> Int {
            guard let values = figures[key], ago < values.count else { return 0 }
            return values[values.count - 1 - ago]
        }
        let count = figures.values.reduce(0) { max($0, $1.count) }
        let moments = (0..<count).reversed().map { ago in
            WorkerMoment(
                rate: Double(figure(.samples, ago)), cpu: Double(figure(.cpu, ago)) / 1_000,
                memoryBytes: figure(.rss, ago) * 1_024, connections: figure(.connections, ago))
        }
        workerHistories[pid, default: WorkerHistory()].begin(with: moments)
    }

    /// What counts for a second of which we have `own` and are told `told`.
    ///
    /// Up to the keyframe we had guesses at best, for as far back as those go; before that what we heard
    /// ourselves is no less than what was.
    private func merge(_ own: Int, _ told: Int, at second: Int64, isWhole: Bool) -> Int {
        isWhole && second > keyframeSecond - LiveModelLimits.guessedSeconds ? told : max(own, told)
    }
}
