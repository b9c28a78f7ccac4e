import ByteCore
import Foundation
import PointerEvents
import TestSupport
import Testing

@testable import FramesShape

/// Keyframes of crowds that have more to say than there is room for.
@Suite struct KeyframeTests {
    /// What a reader gets of one keyframe.
    private struct Shown {
        var entries: [[String: Any]] = []
        /// The text of each entry.
        var texts: [String] = []
        var counted = FramesCounters()
    }

    private func limits(_ change: (inout FramesLimits) -> Void) -> FramesLimits {
        var limits = FramesLimits()
        limits.keyframeGapNanoseconds = 0
        limits.keyframeGapPerVisitorNanoseconds = 0
        limits.messageBytes = 4_096
        change(&limits)
        return limits
    }

    private func keyframe(of source: ScriptedSource, _ ticker: FrameTicker, now: Int64 = 0) throws -> Shown {
        let before = ticker.counted
        let reader = StreamReader(
            position: source.headN, baseOrdinal: source.headOrdinal, isEssential: false)
        ticker.attach(reader, at: .hz10, source: source, now: now)
        let bytes = Array(ticker.shared(for: reader, at: .hz10))
        ticker.took(reader, at: .hz10, bytes: bytes.count)
        ticker.detach(reader, at: .hz10)
        var shown = Shown()
        let messages = String(decoding: bytes, as: UTF8.self).split(separator: "\n\n")
        for (index, message) in messages.enumerated() {
            #expect(message.utf8.count <= ticker.limits.messageBytes || messages.count == 1)
            let data = try #require(message.split(separator: "\n").last?.dropFirst("data: ".count))
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any])
            #expect((object["more"] as? Bool ?? false) == (index + 1 < messages.count))
            shown.entries += try #require(object["visitors"] as? [[String: Any]])
            // No text of these tests has such a seam in it.
            let list = try #require(data.firstRange(of: "\"visitors\":[")).upperBound
            let end = try #require(data.lastIndex(of: "]"))
            shown.texts += data[list..<end].split(separator: "},{").map {
                "{" + $0.drop { $0 == "{" }.reversed().drop { $0 == "}" }.reversed() + "}"
            }
        }
        shown.counted = ticker.counted
        shown.counted.keyframes -= before.keyframes
        shown.counted.shortenedKeyframes -= before.shortenedKeyframes
        shown.counted.cutEntries -= before.cutEntries
        shown.counted.placeEntries -= before.placeEntries
        return shown
    }

    private func ticker(_ change: (inout FramesLimits) -> Void = { _ in }) -> FrameTicker {
        FrameTicker(limits: limits(change), ledger: ReaderLedger(budget: ByteBudget(limit: .max)))
    }

    /// A crowd by chance: texts of all lengths, of characters that JSON escapes and that it does not.
    private func crowd(_ random: inout SplitMix64) -> ScriptedSource {
        let count = 1 + random.below(120)
        let characters = ["a", "\u{1}", "\"", "é", "…", "\u{1F600}", "\u{E0001}", "/", "\u{AD}"]
        let isLong = random.below(3)
        let pages = (0..<20).map { _ in
            var text = "/"
            let most = isLong == 0 ? 20 : random.below(250)
            let character = random.pick(characters)
            while text.utf8.count < most { text += random.once(in: 4) ? random.pick(characters) : character }
            return text
        }
        let source = ScriptedSource(visitors: (0..<count).map { "v\($0)\"" }, pages: pages)
        for visitor in 0..<UInt32(count) {
            let page = random.once(in: 3) ? nil : UInt32(random.below(20))
            let x = random.once(in: 4) ? -1.2345678901234567e-300 : Double(random.below(2_000))
            source.move(visitor, x: x, page: page)
            guard random.once(in: 2) else { continue }
            var tail = SampleTail()
            (tail.name, tail.element) = (UInt32(random.below(20)), UInt32(random.below(20)))
            tail.fields = random.pick([.name, .element, [.name, .element, .scrollX]])
            source.say(tail)
        }
        return source
    }

    @Test func nobodyIsLeftOutAndNobodyPaysForOthers() throws {
        var covered = FramesCounters()
        for seed: UInt64 in 0..<400 {
            var random = SplitMix64(seed: seed)
            let source = crowd(&random)
            let whole = try keyframe(of: source, ticker())
            let wholeBytes = whole.texts.reduce(0) { $0 + $1.utf8.count + 1 }
            let (least, most) = (random.pick([60, 150, 250]), random.pick([0, 3_000, 10_000, 30_000]))
            let ticker = ticker {
                $0.keyframeBytes = most
                $0.keyframeBytesPerVisitor = least
            }
            let room = max(most, source.presentCount * least)
            // The second one knows from the first how it has to begin.
            for round: Int64 in 0...1 {
                let shown = try keyframe(of: source, ticker, now: round)
                try check(shown, against: whole, room: room, visitors: source.presentCount)
                #expect(shown.counted.keyframes == 1)
                let isShortened = shown.texts != whole.texts
                #expect(shown.counted.shortenedKeyframes == (isShortened ? 1 : 0))
                if wholeBytes <= room { #expect(!isShortened, "seed \(seed)") }
                covered.shortenedKeyframes += shown.counted.shortenedKeyframes
                covered.cutEntries += shown.counted.cutEntries
                covered.placeEntries += shown.counted.placeEntries
            }
        }
        #expect(covered.shortenedKeyframes > 100 && covered.cutEntries > 500 && covered.placeEntries > 500)
    }

    private func check(_ shown: Shown, against whole: Shown, room: Int, visitors: Int) throws {
        #expect(shown.entries.map { $0["id"] as? String } == whole.entries.map { $0["id"] as? String })
        var (cut, placed, bytes, least) = (0, 0, 0, 0)
        for (index, (entry, full)) in zip(shown.entries, whole.entries).enumerated() {
            let length = shown.texts[index].utf8.count + 1
            bytes += length
            for key in ["id", "since", "worker", "rate", "last", "x", "y"] {
                #expect(entry[key] as? NSObject == full[key] as? NSObject)
            }
            guard shown.texts[index] != whole.texts[index] else { continue }
            #expect(whole.texts[index].utf8.count + 1 > room / visitors, "a share was taken away")
            if Set(entry.keys) == Set(full.keys) {
                cut += 1
            } else {
                #expect(entry.count == 7)
                placed += 1
                least = max(least, length)
            }
            for key in ["p", "n", "el"] {
                guard let text = entry[key] as? String, text != full[key] as? String else { continue }
                let original = try #require(full[key] as? String)
                // As Unicode scalars: the last one of a cut text may combine with what followed.
                #expect(text.unicodeScalars.last == "…" && text.utf8.count <= 48)
                #expect(original.unicodeScalars.starts(with: text.unicodeScalars.dropLast()))
            }
        }
        #expect(UInt64(cut) == shown.counted.cutEntries && UInt64(placed) == shown.counted.placeEntries)
        // Where a place alone takes more than a share, it is told all the same.
        #expect(bytes <= room + placed * max(0, least - room / visitors))
    }

    @Test func thePlaceOfAnyoneHasRoomInAShare() throws {
        // Ids of the characters whose escapes are longest: three bytes for each of theirs.
        let id = String(repeating: "\u{AD}", count: 32)
        let source = ScriptedSource(visitors: (0..<40).map { _ in id }, pages: [id + id + id + id])
        for visitor: UInt32 in 0..<40 {
            source.move(visitor, x: -1.2345678901234567e-300, page: 0, now: 1_732_109_508_123_000_000)
        }
        let ticker = ticker { ($0.keyframeBytes, $0.keyframeBytesPerVisitor) = (0, 1) }
        let shown = try keyframe(of: source, ticker)
        #expect(shown.counted.placeEntries == 40)
        // The script's y, rate, times and process have few digits.
        let longest = (shown.texts.map(\.utf8.count).max() ?? 0) + 24 + 10 + 20 + 11
        #expect(longest < FramesLimits().keyframeBytesPerVisitor)
    }

    @Test func aCrowdThatHasGoneCostsNobodyTheirTexts() throws {
        let long = "/" + String(repeating: "\u{1}", count: 200)
        let source = ScriptedSource(visitors: (0..<40).map { "v\($0)" }, pages: [long])
        let ticker = ticker {
            $0.keyframeBytes = 10_000
            $0.keyframeBytesPerVisitor = 100
        }
        for visitor: UInt32 in 0..<40 { source.move(visitor, x: 1, page: 0) }
        let crowded = try keyframe(of: source, ticker)
        #expect(crowded.counted.shortenedKeyframes == 1 && crowded.counted.cutEntries > 30)
        for visitor: UInt32 in 1..<40 { source.leave(visitor) }
        let quiet = try keyframe(of: source, ticker, now: 1)
        #expect(quiet.counted.shortenedKeyframes == 0)
        #expect(quiet.entries.map { $0["p"] as? String } == [long])
    }

    @Test(arguments: [
        ("\"/short\"", "\"/short\""),
        ("\"/exact-12x\"", "\"/exact-12x\""),
        ("\"/long-enough\"", "\"/long-e…\""),
        (#""\u0001\u0001\u0001""#, #""\u0001…""#),
        (#""a\\\\\\\\\\""#, #""a\\\\\\…""#),
        (#""ab\"\"\"\"\"""#, #""ab\"\"…""#),
        // A pair of surrogates is one character, and so is UTF-8 of two, three and four bytes.
        (#""\udb40\udc01x""#, #""…""#),
        (#""\ud7ff\u0001x""#, #""\ud7ff…""#),
        (#""\ue000\u0001x""#, #""\ue000…""#),
        ("\"aéééééé\"", "\"aééé…\""), ("\"€€€€\"", "\"€€…\""), ("\"😀😀😀\"", "\"😀…\""),
    ])
    func cutTextsEndBehindWholeCharacters(text: String, cut: String) {
        var buffer = ByteBuffer()
        Array(text.utf8).withUnsafeBytes { buffer.appendCut(json: $0, to: 12) }
        #expect(String(decoding: buffer.readable, as: UTF8.self) == cut)
    }
}
