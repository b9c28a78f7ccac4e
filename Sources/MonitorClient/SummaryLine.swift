import Glibc
import LiveModel
import TerminalGraph

/// What is going on, in one line of words: for whoever listens to a terminal instead of looking at it, for
/// terminals that show lines only, and for pipes.
///
/// ```
/// 16:40:12, 24 visitors, 312 samples a second, 2 viewers, busiest ann on /cart with 41.2 a second, 2 workers
/// ```
struct SummaryLine {
    /// Columns of an id or page from strangers.
    private static let textColumns = 64
    /// Columns of a reason, which has words of others, and how many incidents one line tells.
    private static let reasonColumns = 160
    private static let incidents = 4
    /// A server says something every second; silence is worth a word from the third on.
    private static let quietSeconds = 3

    private let glyphs: Glyphs
    private var lost = 0.0
    private var refused = 0.0
    private var chosen: [RankedVisitor] = []
    private var hasBefore = false
    /// The number of the newest incident that was told.
    private var told = 0

    init(glyphs: Glyphs) { self.glyphs = glyphs }

    /// The line at `now` (monotonic nanoseconds), which a clock shows as `time`.
    mutating func text(_ model: inout LiveModel, now: Int64, time: String) -> String {
        model.advance(now: now)
        var parts = [time]
        if let trouble = linkTrouble(model, now: now) { parts.append(trouble) }
        parts.append(Self.count(model.visitorCount, "visitor"))
        parts.append("\(Self.figure(model.samplesPerSecond)) samples a second")
        parts.append(Self.count(model.status.viewers, "viewer"))
        if let busiest = busiest(&model) { parts.append(busiest) }
        parts.append(Self.workers(model.status.workers))
        if model.hasStatus { parts += dataTrouble(model.status) }
        parts += news(model.incidents)
        return parts.joined(separator: ", ")
    }

    private func linkTrouble(_ model: borrowing LiveModel, now: Int64) -> String? {
        switch model.link {
        case .connecting: return "connecting"
        case .reconnecting(let attempt):
            let next = model.secondsToRetry(now: now).map { $0 > 0 ? " in \($0) s" : " now" } ?? ""
            let why = model.connectionLoss.map { " because the server \(reason($0.why))" } ?? ""
            return "reconnecting, attempt \(attempt)\(next)\(why)"
        case .ended: return "the server has ended"
        case .live:
            let silence = model.secondsOfSilence(now: now) ?? 0
            return silence >= Self.quietSeconds ? "silent for \(silence) s" : nil
        }
    }

    /// What went wrong since the line before, as far as no figure of a line says it.
    private mutating func news(_ incidents: [Incident]) -> [String] {
        let new = incidents.filter { $0.number > told && !$0.isBefore }
        told = incidents.last?.number ?? told
        return new.filter { $0.kind == .worker || $0.kind == .viewers }.suffix(Self.incidents)
            .map { reason($0.text) }
    }

    private func reason(_ text: String) -> String { glyphs.safe(text, columns: Self.reasonColumns) }

    private mutating func busiest(_ model: inout LiveModel) -> String? {
        _ = model.visitors(matching: VisitorQuery(), from: 0, count: 1, into: &chosen)
        guard let first = chosen.first, first.rate > 0 else { return nil }
        let page = model.page(of: first.slot)
        let place = page.isEmpty ? "" : " on \(safe(page))"
        return "busiest \(safe(model.id(of: first.slot)))\(place) with \(Self.figure(first.rate)) a second"
    }

    private func safe(_ text: String) -> String { glyphs.safe(text, columns: Self.textColumns) }

    private static func workers(_ workers: [WorkerStatus]) -> String {
        let running = workers.count { $0.state == "running" }
        return running == workers.count
            ? count(running, "worker") : "\(running) of \(count(workers.count, "worker")) running"
    }

    /// What was refused or lost since the line before.
    private mutating func dataTrouble(_ status: ServerStatus) -> [String] {
        let lostNow = status.total("lost") ?? 0
        let refusedNow = (status.total("refusedMessages") ?? 0) + (status.total("refusedConnections") ?? 0)
        var parts: [String] = []
        if hasBefore {
            if lostNow > lost { parts.append("\(Self.figure(lostNow - lost)) samples lost") }
            if refusedNow > refused { parts.append("\(Self.figure(refusedNow - refused)) refused") }
        }
        hasBefore = true
        lost = lostNow
        refused = refusedNow
        return parts
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    /// At most one decimal, and none where there is nothing behind the point.
    private static func figure(_ value: Double) -> String {
        let tenths = (min(max(value, 0), 1e15) * 10).rounded()
        let whole = Int(tenths) / 10
        return value >= 100 || Int(tenths) % 10 == 0 ? "\(whole)" : "\(whole).\(Int(tenths) % 10)"
    }

    /// The time of day here, as `16:40:12`.
    static func timeOfDay(epochNanoseconds: Int64) -> String {
        var seconds = time_t(epochNanoseconds / 1_000_000_000)
        var parts = unsafe tm()
        unsafe localtime_r(&seconds, &parts)
        return unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec]
            .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}
