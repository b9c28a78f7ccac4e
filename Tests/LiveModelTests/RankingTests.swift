import TestSupport
import Testing

@testable import LiveModel

@Suite struct RankingTests {
    @Test func mostActiveFirstThenWhoeverWasHeardLast() {
        let picture = Picture()
        for id in ["idle", "slow", "fast", "late"] { picture.join(id) }
        picture.send(9, from: "fast")
        picture.send(2, from: "slow")
        picture.pass(milliseconds: 10)
        picture.send(2, from: "late")
        #expect(picture.ids == ["fast", "late", "slow", "idle"])
        picture.pass(milliseconds: 10)
        picture.join("silent")
        #expect(picture.ids == ["fast", "late", "slow", "silent", "idle"])
        picture.frame(#""leaves":["silent"]"#)
        // In one frame whoever stands later was heard later.
        picture.frame(#""samples":[{"id":"late","x":1,"y":1},{"id":"slow","x":1,"y":1}]"#)
        #expect(picture.ids == ["fast", "slow", "late", "idle"])
    }

    @Test func aKeyframeBeginsWithWhoeverWasHeardLast() {
        let picture = Picture()
        picture.keyframe(#"{"id":"a","worker":1},{"id":"b","worker":1}"#, more: true)
        picture.keyframe(#"{"id":"c","worker":1}"#)
        #expect(picture.ids == ["a", "b", "c"])
        picture.pass(milliseconds: 2_000)
        picture.frame(#""samples":[{"id":"c","x":1,"y":1}]"#)
        picture.pass(milliseconds: 20_000)
        #expect(picture.ids == ["c", "a", "b"])
        picture.keyframe(#"{"id":"b","worker":1},{"id":"c","worker":1},{"id":"a","worker":1}"#)
        #expect(picture.ids == ["b", "c", "a"])
    }

    @Test func anyWindowIsTheSameAsSortingEveryone() {
        var generator = SplitMix64(seed: 11)
        for size in [0, 1, 2, 3, 7, 50, 300] {
            let picture = Picture()
            for number in 0..<size {
                picture.join("v\(number)")
                picture.send(Int.random(in: 0...6, using: &generator), from: "v\(number)")
            }
            let all = picture.slots().map { slot in
                (
                    rate: picture.model.rate(of: slot), arrival: picture.model.visitors[slot].arrival,
                    slot: slot
                )
            }
            #expect(all.count == size)
            #expect(zip(all, all.dropFirst()).allSatisfy { ($0.rate, $0.arrival) > ($1.rate, $1.arrival) })
            for _ in 0..<30 {
                let offset = Int.random(in: -1...size + 2, using: &generator)
                let count = Int.random(in: 0...size + 2, using: &generator)
                let expected = all.map(\.slot).dropFirst(max(offset, 0)).prefix(count)
                #expect(picture.slots(from: offset, count: count) == Array(expected))
            }
        }
    }

    @Test func extremeWindowsAreCut() {
        let picture = Picture()
        picture.join("a")
        #expect(picture.slots(from: .max, count: .max).isEmpty)
        #expect(picture.slots(from: .min, count: .max).count == 1)
        #expect(picture.slots(from: 0, count: .min).isEmpty)
    }

    @Test func aSlotThatNobodyHasShowsNothing() {
        let picture = Picture()
        for slot in [-1, 0, 5, Int.max] {
            #expect(picture.model.visitor(in: slot) == nil)
            #expect(picture.model.id(of: slot).isEmpty)
            #expect(picture.model.page(of: slot).isEmpty)
            #expect(picture.model.samples(of: slot, secondsAgo: 0) == 0)
        }
    }
}
