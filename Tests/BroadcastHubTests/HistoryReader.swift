import ByteCore
import Foundation
import FramesShape
import PointerEvents

@testable import BroadcastHub

/// What a viewer is told of the last minutes, all of its messages together.
struct ToldHistory {
    /// Counts by second; steps of ten seconds by the second in which they begin.
    struct Series: Equatable {
        var tens: [Int: Int] = [:]
        var seconds: [Int: Int] = [:]
        /// The first second that is told as such.
        var fineFrom = 0

        init() {}

        /// `[[...],[...]]` that ends with second `end`.
        init(_ json: Any?, end: Int) {
            let lists = json as? [[Int]] ?? [[], []]
            fineFrom = end + 1 - lists[1].count
            for (index, count) in lists[1].enumerated() { seconds[fineFrom + index] = count }
            for (index, count) in lists[0].enumerated() {
                tens[fineFrom - 10 * (lists[0].count - index)] = count
            }
        }

        /// What is told of a second, and of ten that begin with one.
        func count(_ second: Int) -> Int { seconds[second] ?? 0 }
    }

    var messages: [[String: Any]] = []
    /// The newest second that is told of.
    var end = 0
    var totals: [String: Series] = [:]
    var rest: Int?
    var workers: [Int: [String: Series]] = [:]
    var pages: [String: Series] = [:]
    /// Samples by second and id.
    var visitors: [String: [Int: Int]] = [:]
    /// The length of the longest message.
    var longest = 0

    /// Reads an event stream; the epoch is where monotonic time begins.
    init(_ stream: String) {
        for block in stream.components(separatedBy: "\n\n") {
            let lines = block.split(separator: "\n")
            guard lines.contains("event: history"), let data = lines.last(where: { $0.hasPrefix("data: ") })
            else { continue }
            longest = max(longest, block.utf8.count + 2)
            let object = try? JSONSerialization.jsonObject(with: Data(data.dropFirst(6).utf8))
            guard let object = object as? [String: Any] else { continue }
            messages.append(object)
            read(object)
        }
    }

    private mutating func read(_ object: [String: Any]) {
        end = (object["at"] as? Int ?? 0) / 1_000 - 1
        rest = object["rest"] as? Int ?? rest
        for (name, series) in object["totals"] as? [String: Any] ?? [:] {
            totals[name] = Series(series, end: end)
        }
        for worker in object["workers"] as? [[String: Any]] ?? [] {
            let figures = worker.filter { $0.key != "pid" }.mapValues { Series($0, end: end) }
            workers[worker["pid"] as? Int ?? -1] = figures
        }
        for page in object["pages"] as? [[String: Any]] ?? [] {
            pages[page["p"] as? String ?? "?"] = Series(page["samples"], end: end)
        }
        for visitor in object["visitors"] as? [[String: Any]] ?? [] {
            let levels = Array((visitor["s"] as? String ?? "").utf8)
            var counts: [Int: Int] = [:]
            for (index, character) in levels.enumerated() {
                let level = RateLevel.characters.firstIndex(of: character) ?? 0
                counts[end + 1 - levels.count + index] = Int(RateLevel.count(of: UInt8(level)))
            }
            visitors[visitor["id"] as? String ?? "?"] = counts
        }
    }
}

extension BroadcastHub {
    /// What a new viewer is told, who goes again; nil for one that is refused.
    func toldHistory(
        within scope: String = "", pages: [String] = [], visitors: [String] = [],
        resume: ResumeRequest = .head, now: Int64
    ) -> ToldHistory {
        let filter = try? StreamFilter(
            pages: pages.map { Array($0.utf8) }, visitors: visitors.map { Array($0.utf8) })
        let id: ViewerID
        if scope.isEmpty, filter?.isEmpty != false {
            id = attach(shape: .frames(.hz10), resume: resume, now: now)
        } else {
            let held = try? attach(
                shape: .frames(.hz10), resume: resume, within: PageScope(parsing: scope.utf8),
                filter: filter?.isEmpty == false ? filter : nil, now: now)
            guard let held else { return ToldHistory("") }
            id = held
        }
        defer { detach(id, reason: .closed) }
        return ToldHistory(readAll(id, now: now))
    }
}
