import ByteCore
import IdentityWire
import PointerEvents
import PosixIO
import RelayWire
import Telemetry
import TestSupport

@testable import IngestWorker

/// Visitors that come, speak, lose messages, leave and come back, and a master that orders this and that:
/// held against what each of them should hear, step by step.
final class VisitorHistory {
    var random: SplitMix64
    private let bench: WorkerBench
    private var ears = MasterEars()
    var pages: [PageModel] = []
    private var pace = Pace()
    var counted = Counted()
    /// What the master should be told in this step.
    var expected: [String] = []
    /// Tokens of visitors who have gone.
    private var tokens: [[UInt8]] = []

    /// What the worker should have counted.
    struct Counted: Equatable {
        var gaps: UInt64 = 0
        var missing: UInt64 = 0
        var repeated: UInt64 = 0
        /// new, resumed, expired, forged, malformed
        var tokens: [UInt64] = [0, 0, 0, 0, 0]
        var refused: UInt64 = 0
        var samples: UInt64 = 0
    }

    init(seed: UInt64, fault: VisitorFault? = nil) throws {
        random = SplitMix64(seed: seed)
        bench = try WorkerBench()
        bench.greetAsMaster()
        bench.worker.fault = fault
    }

    /// The first step at which something differs, and how.
    func firstDifference(steps: Int) throws -> String? {
        for step in 0..<steps {
            expected = []
            let what = try act()
            bench.settle()
            if let difference = try difference() { return "step \(step), \(what): \(difference)" }
        }
        return nil
    }

    private func difference() throws -> String? {
        for index in pages.indices {
            let heard = try pages[index].page.hears()
            if heard != pages[index].hears { return "it hears \(heard), and should \(pages[index].hears)" }
            pages[index].hears = []
        }
        let told = try bench.masterHears(&ears)
        if told != expected { return "the master is told \(told), and should be \(expected)" }
        let counters = bench.counters
        let counts = Counted(
            gaps: counters.value(.ingestGaps), missing: counters.value(.messagesMissing),
            repeated: counters.value(.messagesRepeated),
            tokens: [.tokensNew, .tokensResumed, .tokensExpired, .tokensForged, .tokensMalformed].map {
                counters.value($0)
            }, refused: counters.value(.identitiesRefused), samples: counters.value(.eventsReceived))
        return counts == counted ? nil : "\(counts), and should be \(counted)"
    }

    // MARK: Steps

    private func act() throws -> String {
        guard !pages.isEmpty else {
            try come()
            return "come"
        }
        let index = random.below(pages.count)
        switch random.below(24) {
        case 0, 1:
            if pages.count < 6 { try come() }
            return "come"
        case 2: return lose(index)
        case 3:
            counted.repeated += 1
            pages[index].page.send()
            return "repeat"
        case 4: return try leave(index, after: "bye")
        case 5: return try leave(index, after: "close")
        case 6: return try leave(index, after: "refusal")
        case 7: return order(forEveryone: true, index)
        case 8: return order(forEveryone: false, index)
        case 9:
            bench.order(.moveAway(spreadMilliseconds: 700))
            for index in pages.indices { pages[index].hears.append("move away 700") }
            return "move away"
        case 10: return try impersonate(index)
        default: return speak(index)
        }
    }

    private func come() throws {
        let page = WirePage(try bench.connect(saying: WirePage.handshake()))
        let shown = showToken()
        let isKnown = !random.once(in: 4)
        let path = "/\(random.below(5))"
        let instance = UInt64(random.below(1000)) + 1
        page.hello(token: shown.token, instance: instance, path: path, at: isKnown ? (10, 20) : nil)
        page.send()
        bench.settle()
        if shown.result == 1 {
            if try page.hears() != [] {
                pages.append(PageModel(page: page, told: pace, hears: ["nothing yet"]))
            }
            // What everyone is told meanwhile, the welcome says.
            if random.once(in: 2) { _ = order(forEveryone: true, 0) }
            bench.order(.admit(connection: page.number))
            bench.settle()
        }
        let heard = try page.hears()
        counted.tokens[shown.result] += 1
        counted.samples += 1
        var model = PageModel(page: page, isOnPage: isKnown, told: pace)
        if !isKnown { (model.x, model.y) = (0, 0) }
        let origin = ["new", "resumed", "refused", "refused", "refused"][shown.result]
        model.hears = heard == ["welcome \(origin) \(pace.rate) \(pace.batchMilliseconds)"] ? [] : heard
        if let id = shown.id, id != page.id { model.hears.append("welcome as \(id)") }
        expected += [
            "\(model.who): join \(shown.stamp) \(instance)",
            "\(model.who): \(isKnown ? "move 10 20" : "leave 0 0") on \(path)",
        ]
        pages.append(model)
    }

    /// A token good or bad, the place of its result in `Counted.tokens`, and what the master is told of it.
    private func showToken() -> (token: [UInt8], result: Int, stamp: UInt64, id: String?) {
        let key = WorkerBench.key
        let now = UInt64(MonotonicClock.wallClock() / 1_000_000)
        switch random.below(8) {
        case 0, 1, 2:
            guard let token = tokens.popLast() else { return ([], 0, 0, nil) }
            let parts = token.split(separator: UInt8(ascii: "."))
            let stamp = UInt64(String(decoding: parts[1], as: UTF8.self), radix: 36) ?? 0
            return (token, 1, stamp, String(decoding: parts[0], as: UTF8.self))
        case 3:
            let id = SignedID(random: [UInt8](repeating: UInt8(random.below(256)), count: 9), key: key)
            let age = UInt64(86_400_000 + random.below(1_000_000))
            return (IdentityToken(id: id, stamp: now - age).text(key: key), 2, 0, nil)
        case 4:
            guard let other = IdentityKey(bytes: [UInt8](repeating: 1, count: 32)) else {
                return ([], 0, 0, nil)
            }
            let id = SignedID(random: [UInt8](repeating: 1, count: 9), key: key)
            return (IdentityToken(id: id, stamp: now).text(key: other), 3, 0, nil)
        case 5: return (Array("nobody".utf8), 4, 0, nil)
        default: return ([], 0, 0, nil)
        }
    }

    private func leave(_ index: Int, after word: String) throws -> String {
        let page = pages[index].page
        guard word != "bye" || (!pages[index].isBehindGap && pages[index].lost == 0) else { return "nothing" }
        var leaves = "\(pages[index].who): leave"
        switch word {
        case "bye":
            page.message { buffer, encoder, time in encoder.appendBye(at: time, to: &buffer) }
            page.send()
            leaves += " for now"
            pages[index].hears.append("close 1000")
        case "close":
            page.visitor.say(Visitor.frame([3, 232], opcode: 8))
            pages[index].hears.append("close 1000")
        default:
            bench.order(.refuse(connection: page.number))
            counted.refused += 1
            pages[index].hears.append("close 4003")
        }
        expected.append(leaves)
        bench.settle()
        if let difference = try difference() { return difference }
        expected = ["\(page.number) closed"]
        page.visitor.hangUp()
        if random.once(in: 2) { tokens.append(page.token) }
        pages.remove(at: index)
        return word
    }

    private func order(forEveryone: Bool, _ index: Int) -> String {
        let asked = Pace(
            rate: UInt8(random.pick([0, 5, 60, 120])), batchMilliseconds: UInt32(random.pick([50, 500])))
        if forEveryone {
            pace = asked
            bench.order(.rate(asked.rate, batchMilliseconds: asked.batchMilliseconds))
        } else if random.once(in: 3) {
            pages[index].own = nil
            bench.order(
                .closely(
                    connection: pages[index].page.number, rate: ControlRecord.asEveryone, batchMilliseconds: 0
                ))
        } else {
            pages[index].own = asked
            bench.order(
                .closely(
                    connection: pages[index].page.number, rate: asked.rate,
                    batchMilliseconds: asked.batchMilliseconds))
        }
        for index in pages.indices {
            let due = pages[index].own ?? pace
            if pages[index].told != due {
                pages[index].hears.append("rate \(due.rate) \(due.batchMilliseconds)")
            }
            pages[index].told = due
        }
        return "order"
    }

    /// Somebody who knows an id speaks for it in JSON.
    private func impersonate(_ index: Int) throws -> String {
        let eve = try bench.connect()
        eve.say(Visitor.samples(of: pages[index].page.id, "move", from: 1, count: 1))
        bench.settle()
        if eve.hearClose() != 1008 { return "an impostor is not refused" }
        eve.hangUp()
        expected.append("\(eve.number) closed")
        return "impersonate"
    }
}
