/// Makes incidents of what a server's statuses say, one after the other.
///
/// What became of workers is told by lines of the log, of which a status has the newest; figures that only go
/// up tell the rest. A server without a log is taken by its list of workers.
struct IncidentWatch: Sendable {
    /// The last line of the log that was read; nil before the first status.
    private var lastLine: LogLineText?
    private var isFirst = true
    /// Workers that were told to stop, whose end is no incident.
    private var stopping: Set<Int> = []
    /// The incident of the place of a worker that is not filled again yet.
    private var openPlaces: [Int: Int] = [:]
    private var openProcesses: [Int: Int] = [:]
    /// What was asked for at this terminal, by the process that ends with it.
    private var requests: [Int: Int] = [:]
    private var loss: Gathering?
    private var closed: Gathering?
    private var surge: Surge?
    /// What was refused in each of the last seconds.
    private var refused = RecentRing<Double>(capacity: LiveModelLimits.refusalSeconds)
    /// When each reason was last given, epoch milliseconds.
    private(set) var refusedAt: [String: Int64] = [:]

    /// Something that is counted into one incident as long as it goes on.
    private struct Gathering: Sendable {
        var number: Int
        var count: Double
        var lastMilliseconds: Int64
    }

    private struct Surge: Sendable {
        var number: Int
        var before: [TotalFigure]
    }

    /// Takes in a status, `seconds` after the one before, at `now` (epoch milliseconds).
    mutating func heard(
        _ status: ServerStatus, after before: ServerStatus, seconds: Int, now: Int64,
        _ memory: inout IncidentMemory
    ) {
        // Another server counts from nothing.
        let isAnother = status.uptimeSeconds > 0 && status.uptimeSeconds < before.uptimeSeconds
        let told = readLog(status.log, isNews: !isFirst, now: now, &memory)
        defer { isFirst = false }
        guard !isFirst, !isAnother else {
            refused.removeAll()
            surge = nil
            loss = nil
            closed = nil
            return
        }
        if status.log.isEmpty { compareWorkers(status, before, now: now, &memory) }
        let lost = Self.more("lost", status, before) - told
        gather(lost, .loss, into: &loss, now: now, &memory) { count in
            "\(Self.counted(count, "sample")) \(count == 1 ? "was" : "were") lost"
        }
        gather(
            Self.more("closedViewers", status, before), .viewers, into: &closed, now: now, &memory
        ) { count in
            "\(Self.counted(count, "viewer")) \(count == 1 ? "was" : "were") closed, having taken nothing for too long"
        }
        watchRefusals(status, before, seconds: seconds, now: now, &memory)
    }

    private static func more(_ name: String, _ status: ServerStatus, _ before: ServerStatus) -> Double {
        guard let now = status.total(name), let then = before.total(name) else { return 0 }
        return max(now - then, 0)
    }

    /// Counts into the incident of a moment ago, or begins one.
    private func gather(
        _ count: Double, _ kind: Incident.Kind, into gathering: inout Gathering?, now: Int64,
        _ memory: inout IncidentMemory, _ words: (Double) -> String
    ) {
        guard count >= 1 else { return }
        if var known = gathering, now - known.lastMilliseconds < LiveModelLimits.incidentMilliseconds {
            known.count += count
            known.lastMilliseconds = now
            memory.change(known.number) { $0.text = words(known.count) }
            gathering = known
        } else {
            let number = memory.add(Incident(kind, at: now, words(count)))
            gathering = Gathering(number: number, count: count, lastMilliseconds: now)
        }
    }

    static func counted(_ count: Double, _ noun: String) -> String {
        let whole = Int(min(max(count, 0), 1e15))
        return "\(whole) \(noun)\(whole == 1 ? "" : "s")"
    }
}

// MARK: Workers

extension IncidentWatch {
    /// Reads the lines that are new; returns how many lost samples they told of.
    private mutating func readLog(
        _ lines: [LogLineText], isNews: Bool, now: Int64, _ memory: inout IncidentMemory
    ) -> Double {
        var start = 0
        if let lastLine, let known = lines.lastIndex(of: lastLine) { start = known + 1 }
        lastLine = lines.last ?? lastLine
        var lost = 0.0
        for line in lines[start...] {
            let at = line.epochMilliseconds > 0 ? line.epochMilliseconds : now
            lost += read(LogWords(line.text), at: at, isNews: isNews, &memory)
        }
        return lost
    }

    private mutating func read(
        _ words: LogWords, at milliseconds: Int64, isNews: Bool, _ memory: inout IncidentMemory
    ) -> Double {
        let pid = words.number("worker_pid") ?? 0
        let place = words.number("worker") ?? -1
        func incident(_ text: String, isOpen: Bool = false) -> Incident {
            var incident = Incident(.worker, at: milliseconds, text, isOpen: isOpen && isNews)
            incident.isBefore = !isNews
            return incident
        }
        switch words.event {
        case "worker_stopping": stopping.insert(pid)
        case "worker_unresponsive":
            openProcesses[pid] = memory.add(incident("worker \(pid) does not answer", isOpen: true))
        case "worker_errored":
            let text = "worker \(place) was given up: \(words.text("why"))"
            // It is over when somebody brings the worker back.
            if let number = openPlaces[place] {
                memory.change(number) { $0.text = text }
            } else {
                openPlaces[place] = memory.add(incident(text, isOpen: true))
            }
        case "worker_over_memory":
            let mebibytes = (words.number("bytes") ?? 0) / 1_048_576
            memory.add(incident("worker \(pid) has \(mebibytes) MiB of memory and is replaced"))
        case "worker_corrupt":
            memory.add(incident("worker \(pid) sent what is no record: \(words.text("why"))"))
        case "worker_not_started":
            memory.add(incident("a worker could not be started: \(words.text("why"))"))
        case "worker_exited":
            let lost = Double(words.number("events_lost") ?? 0)
            let how = words.text("how")
            let wasTold = stopping.remove(pid) != nil
            if let number = requests.removeValue(forKey: pid) {
                memory.change(number) {
                    let seconds = Double(max(milliseconds - $0.atMilliseconds, 0)) / 1_000
                    $0.text += "; \(pid) ended after \((seconds * 10).rounded() / 10) s"
                }
            }
            if wasTold, how == "exit status 0" { return lost }
            let losing = lost > 0 ? ", and \(Self.counted(lost, "sample")) with it" : ""
            let text = "worker \(pid) \(Self.ended(how))\(losing)"
            if let number = openProcesses.removeValue(forKey: pid) {
                memory.change(number) { $0.text = "\($0.text), and \(Self.ended(how))\(losing)" }
                openPlaces[place] = number
            } else {
                openPlaces[place] = memory.add(incident(text, isOpen: true))
            }
            return lost
        case "worker_ready":
            guard let number = openPlaces.removeValue(forKey: place) else { break }
            memory.change(number) {
                let seconds = Double(max(milliseconds - $0.atMilliseconds, 0)) / 1_000
                $0.text += "; \(pid) took its place after \((seconds * 10).rounded() / 10) s"
                $0.isOpen = false
            }
        default: break
        }
        bound()
        return 0
    }

    /// Says in the incident `number` when that process has ended.
    mutating func expect(theEndOf pid: Int, for number: Int) {
        requests[pid] = number
        bound()
    }

    private static func ended(_ how: String) -> String {
        how.hasPrefix("signal") ? "was killed by \(how)" : how.isEmpty ? "is gone" : "ended (\(how))"
    }

    /// Whoever writes the log of such a server has no bounds of ours.
    private mutating func bound() {
        if stopping.count > LiveModelLimits.standard.workers { stopping.removeAll() }
        if openPlaces.count > LiveModelLimits.standard.workers { openPlaces.removeAll() }
        if openProcesses.count > LiveModelLimits.standard.workers { openProcesses.removeAll() }
        if requests.count > LiveModelLimits.standard.workers { requests.removeAll() }
    }

    /// Who ran and is not there any more.
    private func compareWorkers(
        _ status: ServerStatus, _ before: ServerStatus, now: Int64, _ memory: inout IncidentMemory
    ) {
        guard !before.workers.isEmpty, !status.workers.isEmpty else { return }
        let present = Set(status.workers.map(\.pid))
        let gone = before.workers.filter { $0.state == "running" && !present.contains($0.pid) }
        for worker in gone.prefix(LiveModelLimits.incidents) {
            memory.add(Incident(.worker, at: now, "worker \(worker.pid) is gone"))
        }
    }
}

// MARK: Refusals

extension IncidentWatch {
    private mutating func watchRefusals(
        _ status: ServerStatus, _ before: ServerStatus, seconds: Int, now: Int64,
        _ memory: inout IncidentMemory
    ) {
        let more = Self.differences(status.refusals, before.refusals)
        for figure in more
        where refusedAt.count < LiveModelLimits.standard.refusals
            || refusedAt[figure.name] != nil
        {
            refusedAt[figure.name] = now
        }
        for _ in 1..<max(seconds, 1) { refused.append(0) }
        refused.append(more.reduce(0) { $0 + $1.value })
        let window = min(LiveModelLimits.surgeSeconds, refused.count)
        let recent = (0..<window).reduce(0) { $0 + (refused.newest(ago: $1) ?? 0) }
        if let surge {
            let all = Self.differences(status.refusals, surge.before)
            let isOver = recent < LiveModelLimits.surge / 2
            memory.change(surge.number) {
                $0.text = Self.words(for: all, seconds: Double(now - $0.atMilliseconds) / 1_000)
                $0.isOpen = !isOver
            }
            if isOver { self.surge = nil }
            return
        }
        let older = max(refused.count - window, 0)
        let usual = (window..<window + older).reduce(0) { $0 + (refused.newest(ago: $1) ?? 0) }
        let expected = older > 0 ? usual / Double(older) * Double(window) : 0
        guard recent >= max(LiveModelLimits.surge, expected * LiveModelLimits.surgeTimes) else { return }
        let incident = Incident(.refusals, at: now, Self.words(for: more, seconds: 0), isOpen: true)
        surge = Surge(number: memory.add(incident), before: before.refusals)
    }

    /// What there is more of, the most first.
    private static func differences(_ figures: [TotalFigure], _ before: [TotalFigure]) -> [TotalFigure] {
        let known = Dictionary(before.map { ($0.name, $0.value) }, uniquingKeysWith: { one, _ in one })
        return figures.map { TotalFigure(name: $0.name, value: $0.value - (known[$0.name] ?? 0)) }
            .filter { $0.value > 0 }.sorted { $0.value > $1.value }
    }

    private static func words(for figures: [TotalFigure], seconds: Double) -> String {
        let sum = figures.reduce(0) { $0 + $1.value }
        let time = seconds >= 1 ? " in \(Int(min(seconds, 1e12))) s" : ""
        let most = figures.first.map { "; most of them: \(RefusalWords.words(for: $0.name))" } ?? ""
        return "far more is refused than usually: \(counted(sum, "time"))\(time)\(most)"
    }
}
