import Glibc
import TestSupport
import Testing

@testable import PointerEvents

/// Random pages over wires that lose nothing, and over wires that do.
@Suite struct WireHistoryTests {
    private static let partCount: UInt64 = 20
    private static let streamsPerPart: UInt64 = getenv("POINTERSCOPE_QUICK") == nil ? 5_000 : 500

    /// 100,000 streams: what the encoder is told comes out of the decoder, to the last key.
    @Test(arguments: 0..<partCount)
    func everythingComesThrough(part: UInt64) {
        for index in 0..<Self.streamsPerPart {
            let seed = part * Self.streamsPerPart + index
            if let difference = Self.plainDifference(seed: seed, fault: nil) {
                Issue.record("seed \(seed): \(difference)")
                return
            }
        }
    }

    private static func plainDifference(seed: UInt64, fault: WireV1Mutant?) -> String? {
        var story = WireStory(seed: seed)
        var bench = WireBench(fault: fault)
        for index in 0..<4 {
            let message = index == 0 ? story.hello() : story.message(isLast: index == 3 && seed % 4 == 0)
            let outcome = bench.receive(message.bytes)
            if let refusal = outcome.refusal { return "message \(index): \(refusal.reason)" }
            var notes = WireV1Notes()
            notes.isVisible = message.isVisible
            notes.saidBye = message.saysBye
            if outcome.notes != notes { return "message \(index): \(outcome.notes)" }
            let expected = message.samples.map(\.text)
            if outcome.samples != expected { return "message \(index): \(outcome.samples), not \(expected)" }
        }
        return nil
    }

    /// A wire that loses, doubles and delays messages, with damaged ones in between that change nothing.
    @Test func everyGapIsSeen() {
        var tally = WireTally()
        for seed in 0..<(getenv("POINTERSCOPE_QUICK") == nil ? 3_000 : 500) as Range<UInt64> {
            var wire = LossyWire(seed: seed, fault: nil)
            if let difference = wire.firstDifference(messages: 60, &tally) {
                Issue.record("seed \(seed): \(difference)")
                return
            }
        }
        #expect(tally.gaps > 1_000 && tally.duplicates > 1_000 && tally.refused > 1_000)
        #expect(tally.unreadable > 1_000 && tally.syncs > 1_000 && tally.farGaps > 100)
    }

    /// A model that notices nothing proves nothing: each of these must be seen. What comes again after 128
    /// messages and more is the matter of `WireFarTests`.
    @Test(arguments: WireV1Mutant.allCases.filter { $0 != .staysMisled })
    func everyMutantIsCaught(fault: WireV1Mutant) {
        var tally = WireTally()
        for seed in 0..<300 as Range<UInt64> {
            if Self.plainDifference(seed: seed, fault: fault) != nil { return }
            var wire = LossyWire(seed: seed, fault: fault)
            if wire.firstDifference(messages: 60, &tally) != nil { return }
        }
        Issue.record("\(fault) went unnoticed")
    }

    /// Whatever bytes come: no trap, and a refusal leaves the state as it was.
    @Test func noiseIsRefusedWithoutATrace() {
        var random = SplitMix64(seed: 77)
        var story = WireStory(seed: 77)
        var bench = WireBench()
        _ = bench.receive(story.hello().bytes)
        for round in 0..<20_000 {
            let before = bench.state
            var noise = (0..<random.below(24)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            if round % 2 == 0, !noise.isEmpty {
                noise[0] = UInt8(truncatingIfNeeded: before.place.number + 1)
            }
            if round % 3 == 0, noise.count > 1 { noise[1] &= 0x1F }
            let outcome = bench.receive(noise)
            if outcome.refusal != nil {
                #expect(bench.state == before)
                #expect(outcome.samples.isEmpty)
            }
            guard bench.state.saidBye else { continue }
            bench = WireBench()
            _ = bench.receive(story.hello().bytes)
        }
    }
}

/// How often what happened, so that nothing is proved by its absence.
struct WireTally {
    var gaps = 0
    var duplicates = 0
    var refused = 0
    var unreadable = 0
    var syncs = 0
    /// Gaps behind which messages looked late.
    var farGaps = 0
}

/// A page, a wire that is not to be trusted, and what a server has to make of it.
struct LossyWire: ~Copyable {
    private var random: SplitMix64
    private var story: WireStory
    private var bench: WireBench
    private var sent: [WireStory.Message] = []
    /// Messages until the page hears that it shall say a sync; nil for none asked for.
    private var resyncIn: Int?
    // What the server knows.
    private var last: UInt64 = 0
    private var awaitsSync = false
    private var isOnPage = false
    /// Numbers in a row that looked late.
    private var late: [UInt64] = []

    init(seed: UInt64, fault: WireV1Mutant?) {
        random = SplitMix64(seed: seed ^ 0x5EED)
        story = WireStory(seed: seed)
        bench = WireBench(fault: fault)
    }

    /// What went otherwise than it should; nil where nothing did.
    mutating func firstDifference(messages: Int, _ tally: inout WireTally) -> String? {
        let first = story.hello()
        isOnPage = !first.samples[0].text.contains("leave")
        let begun = bench.receive(first.bytes)
        guard begun.samples == first.samples.map(\.text) else { return "hello: \(begun)" }
        for _ in 0..<messages {
            if let left = resyncIn {
                resyncIn = left > 0 ? left - 1 : nil
                if left == 0 { story.receivedResync() }
            }
            let message = story.message()
            sent.append(message)
            if random.below(12) == 0 {
                // Some gaps are longer than a byte tells, and none so long that numbers look right again.
                let isFar = random.below(8) == 0 && message.number < last + 8
                let more = isFar ? 127 + random.below(40) : random.below(4)
                for _ in 0..<more { sent.append(story.message()) }
                continue
            }
            if random.below(6) == 0, let difference = damaged(message, &tally) { return difference }
            if let difference = deliver(sent[sent.count - 1], &tally) { return difference }
            if random.below(8) == 0, sent.count > 3 {
                let old = sent[sent.count - 1 - random.below(3)]
                if old.number <= last, let difference = deliver(old, &tally) { return difference }
            }
        }
        return nil
    }

    /// A message that is refused leaves no trace, and what the decoder says of it is the same each time.
    private mutating func damaged(_ message: WireStory.Message, _ tally: inout WireTally) -> String? {
        var bytes = message.bytes
        switch random.below(3) {
        case 0: bytes += [0x3F]
        case 1: bytes += [0x02, 0x80]
        default: bytes += [0x02, 0x08, 0x80, 0x80, 0x80, 0x80, 0x0F, 0x00]
        }
        let before = bench.state
        guard bench.receive(bytes).refusal != nil else {
            // Those that are not taken are not looked at.
            guard before.place.flags.contains(.awaitsSync) || message.number != last + 1 else {
                return "\(bytes) was taken"
            }
            return accountFor(message)
        }
        tally.refused += 1
        return bench.state == before ? nil : "a refused message changed the state"
    }

    /// A damaged message that was passed over counts all the same.
    private mutating func accountFor(_ message: WireStory.Message) -> String? {
        if looksLate(message) {
            _ = isToBeAsked(behind: message)
        } else if message.number > last {
            late = []
            if message.number != last + 1 {
                awaitsSync = true
                resyncIn = resyncIn ?? random.below(5)
            }
            last = message.number
        }
        return nil
    }

    /// Whether its number, a byte, is behind the last one or too far in front of it.
    private func looksLate(_ message: WireStory.Message) -> Bool {
        guard message.number > last else { return true }
        return !message.beginsWithSync && (message.number - last - 1) % 256 >= 128
    }

    /// Whether the server asks for a sync because of what looks late.
    private mutating func isToBeAsked(behind message: WireStory.Message) -> Bool {
        // Those of a sync it knows to be late.
        guard !message.beginsWithSync else { return false }
        if let before = late.last, (message.number ^ (before + 1)) % 256 == 0 {
            late.append(message.number)
        } else {
            late = [message.number]
        }
        return [2, 4, 8, 16, 32, 64, 128].contains(late.count)
    }

    private mutating func deliver(_ message: WireStory.Message, _ tally: inout WireTally) -> String? {
        let outcome = bench.receive(message.bytes)
        if let refusal = outcome.refusal { return "message \(message.number): \(refusal.reason)" }
        var notes = WireV1Notes()
        var isTaken = false
        if looksLate(message) {
            notes.isDuplicate = true
            tally.duplicates += 1
            notes.needsResync = isToBeAsked(behind: message)
            if notes.needsResync { resyncIn = resyncIn ?? random.below(5) }
        } else {
            notes.missing = message.number - last - 1
            if message.beginsWithSync, let first = late.first, first > last, late.last == message.number - 1 {
                notes.missing = first - last - 1
                tally.farGaps += 1
            }
            late = []
            last = message.number
            if notes.missing > 0 { tally.gaps += 1 }
            if message.beginsWithSync {
                tally.syncs += 1
                awaitsSync = false
            } else if notes.missing > 0 {
                awaitsSync = true
                notes.needsResync = true
                resyncIn = resyncIn ?? random.below(5)
            }
            isTaken = !awaitsSync
            notes.isUnreadable = awaitsSync
            if awaitsSync { tally.unreadable += 1 }
        }
        if isTaken { notes.isVisible = message.isVisible }
        guard outcome.notes == notes else {
            return "message \(message.number): \(outcome.notes), not \(notes)"
        }
        guard outcome.samples.count == (isTaken ? message.samples.count : 0) else {
            return "message \(message.number): \(outcome.samples.count) samples"
        }
        for (text, expected) in zip(outcome.samples, message.samples) {
            let beginning =
                isOnPage ? expected.beginning : expected.beginningOffPage ?? expected.beginning
            guard text.hasPrefix(beginning) else {
                return "message \(message.number): \(text), not \(beginning)"
            }
            isOnPage = expected.isOnPage ?? isOnPage
        }
        return nil
    }
}
