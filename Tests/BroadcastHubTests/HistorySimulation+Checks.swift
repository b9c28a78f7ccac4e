import FramesShape
import PointerEvents
import SSEWire
import TestSupport

@testable import BroadcastHub

/// Holds what viewers are told against what happened.
extension HistorySimulation {
    func look() {
        turn()
        let told = hub.toldHistory(now: now)
        guard !told.messages.isEmpty else { return checkSilence() }
        seen["looks", default: 0] += 1
        let part = told.messages.dropLast().first { $0["more"] as? Bool != true }
        if part != nil || told.messages.last?["more"] != nil { fail("the parts do not end where they do") }
        if told.longest > limits.frames.messageBytes, told.messages.count > 1 {
            seen["long messages", default: 0] += 1
        }
        checkTotals(told)
        for page in Set(byPage.keys).union(told.pages.keys) {
            check(page, told.pages[page] ?? ToldHistory.Series(), told.end, byPage[page] ?? [:])
        }
        checkVisitors(told)
        checkScope()
        checkResume()
    }

    /// Nothing is told where nothing was.
    private func checkSilence() {
        let done = Int(hub.histories.done)
        if all.keys.contains(where: { $0 > done - 500 && $0 <= done }) { fail("nothing is told") }
    }

    private func checkTotals(_ told: ToldHistory) {
        let samples = told.totals["samples"] ?? ToldHistory.Series()
        check("all", samples, told.end, all)
        let rest = all.reduce(0) { $0 + ($1.key > told.end ? $1.value : 0) }
        if told.rest != rest { fail("\(told.rest ?? -1) since then, should be \(rest)") }
    }

    private func check(
        _ name: String, _ series: ToldHistory.Series, _ end: Int, _ counts: Counts
    ) {
        let seconds = counts.filter { $0.key <= end && $0.key > end - 600 }
        let fineFrom = series.seconds.isEmpty ? max(end - 110, 0) : series.fineFrom
        for second in fineFrom...end where series.count(second) != seconds[second] ?? 0 {
            fail(
                "\(name) in second \(second) of \(end): \(series.count(second)), not \(seconds[second] ?? 0)")
        }
        seen["seconds", default: 0] += series.seconds.values.count { $0 > 0 }
        for (start, count) in series.tens {
            let expected = (start..<start + 10).reduce(0) { $0 + (seconds[$1] ?? 0) }
            // Of the oldest, what is over ten minutes ago may count as well.
            guard start > end - 590, count != expected else { continue }
            fail("\(name) in ten seconds from \(start) of \(end): \(count), not \(expected)")
        }
        seen["tens", default: 0] += series.tens.values.count { $0 > 0 }
        let oldest = series.tens.keys.min() ?? fineFrom
        // Whole steps of ten that would be told.
        if seconds.contains(where: { $0.key < oldest && $0.key > end - 580 && $0.value > 0 }) {
            fail("\(name) before \(oldest) is not told")
        }
    }

    private func checkVisitors(_ told: ToldHistory) {
        for (id, levels) in told.visitors {
            guard let person = person(id), person.isPresent else {
                return fail("\(id) is told, who has gone")
            }
            if levels.isEmpty { fail("nothing is told of \(id)") }
        }
        for number in people.indices where people[number].isPresent {
            let levels = told.visitors["v\(number)"] ?? [:]
            let counts = byStay[stay(number)] ?? [:]
            for second in max(told.end - 119, 0)...told.end {
                let count = counts[second] ?? 0
                let expected = Int(RateLevel.count(of: RateLevel.level(of: UInt32(count))))
                guard levels[second] ?? 0 != expected else { continue }
                return fail("v\(number) in second \(second): \(levels[second] ?? 0), not \(expected)")
            }
        }
        seen["visitors", default: 0] += told.visitors.count
    }

    private func person(_ id: String) -> Person? { Int(id.dropFirst()).map { people[$0] } }

    /// Who is held to pages is told of nothing that was on others.
    private func checkScope() {
        let pages = random.pick([["/m0"], ["/m1", "/s1"], ["/m*"], ["/t0"]])
        let isScope = random.once(in: 2)
        let scope = isScope ? pages.map { "page:" + $0 }.joined(separator: " ") : ""
        let told = hub.toldHistory(within: scope, pages: isScope ? [] : pages, now: now)
        func admits(_ page: String) -> Bool {
            pages.contains { $0.hasSuffix("*") ? page.hasPrefix($0.dropLast()) : page == $0 }
        }
        if let page = told.pages.keys.first(where: { !admits($0) }) {
            fail("\(page) is told within \(pages)")
        }
        if isScope, !told.workers.isEmpty { fail("workers are told within a scope") }
        if Set(told.totals.keys).isSubset(of: ["samples"]) == false { fail("totals of all within \(pages)") }
        // One with several pages at a time is told of by the page of the moment.
        for number in people.indices where number != 9 {
            let person = people[number]
            check(number, told, isAdmitted: person.isPresent && person.named.map(admits) == true)
        }
        turn()
    }

    /// Of somebody within pages the seconds are told, all of them, that were wholly spent on the one they are
    /// on.
    private func check(_ number: Int, _ told: ToldHistory, isAdmitted: Bool) {
        let levels = told.visitors["v\(number)"] ?? [:]
        if !isAdmitted, !levels.isEmpty { return fail("v\(number) is told within other pages") }
        guard isAdmitted else { return }
        let counts = byStay[stay(number)] ?? [:]
        for second in max(told.end - 119, 0)...told.end {
            let count = second > people[number].turned ? counts[second] ?? 0 : 0
            let expected = Int(RateLevel.count(of: RateLevel.level(of: UInt32(count))))
            guard levels[second] ?? 0 != expected else { continue }
            let place = "v\(number), there since \(people[number].turned), in second \(second)"
            return fail("\(place): \(levels[second] ?? 0), not \(expected)")
        }
        if !levels.isEmpty { seen["visitors in scopes", default: 0] += 1 }
    }

    /// Who goes on where they were has the visitors' rates.
    private func checkResume() {
        let first = hub.attach(shape: .frames(.hz10), resume: .head, now: now)
        let text = hub.readAll(first, now: now)
        hub.detach(first, reason: .closed)
        guard let line = text.split(separator: "\n").last(where: { $0.hasPrefix("id: ") }),
            let id = Array(line.dropFirst(4).utf8).withUnsafeBytes({ LastEventID.parse($0) })
        else { return }
        let told = hub.toldHistory(resume: .after(id), now: now)
        if told.messages.isEmpty { fail("nothing is told behind a resume") }
        if told.messages.contains(where: { $0["visitors"] != nil }) { fail("visitors are told again") }
    }
}
