import TestSupport
import Testing

@testable import LiveModel

/// Random histories against a picture that is too simple to be wrong.
@Suite struct HistorySimulationTests {
    private struct Expected {
        var x: Int
        var page: String
        var worker: Int32
        /// Samples by second of the hub's clock.
        var samples: [Int64: Int]
    }

    @Test(arguments: 0..<12)
    func randomHistoriesGiveTheSamePicture(seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed) &* 977)
        let picture = Picture()
        var expected: [String: Expected] = [:]
        var totals: [Int64: Int] = [:]
        for _ in 0..<150 {
            picture.pass(milliseconds: Int64.random(in: 1...900, using: &generator))
            let second = picture.at / 1_000
            var joins: [String] = []
            var samples: [String] = []
            var leaves: [String] = []
            for number in 0..<12 where Int.random(in: 0..<4, using: &generator) == 0 {
                let id = "visitor \(number)"
                if expected[id] == nil {
                    let worker = Int32.random(in: 1...9, using: &generator)
                    expected[id] = Expected(x: 0, page: "", worker: worker, samples: [:])
                    joins.append(#"{"id":"\#(id)","since":\#(picture.at),"worker":\#(worker)}"#)
                }
                for _ in 0..<Int.random(in: 0...5, using: &generator) {
                    let x = Int.random(in: -100...5_000, using: &generator)
                    let page = Bool.random(using: &generator) ? "/\(x % 5)" : nil
                    samples.append(
                        #"{"id":"\#(id)","x":\#(x),"y":1\#(page.map { #","p":"\#($0)""# } ?? "")}"#)
                    expected[id]?.x = x
                    if let page { expected[id]?.page = page }
                    expected[id]?.samples[second, default: 0] += 1
                    totals[second, default: 0] += 1
                }
                if Int.random(in: 0..<5, using: &generator) == 0 {
                    leaves.append(#""\#(id)""#)
                    expected[id] = nil
                }
            }
            picture.frame(
                #""joins":[\#(joins.joined(separator: ","))],"samples":[\#(samples.joined(separator: ","))],"#
                    + #""leaves":[\#(leaves.joined(separator: ","))]"#)
        }
        compare(picture, expected, totals)
    }

    private func compare(_ picture: Picture, _ expected: [String: Expected], _ totals: [Int64: Int]) {
        #expect(Set(picture.ids) == Set(expected.keys))
        let second = picture.at / 1_000
        for ago in 0..<120 {
            #expect(picture.model.samples(secondsAgo: ago) == totals[second - Int64(ago)] ?? 0)
        }
        for (id, visitor) in expected {
            let slot = picture.slot(of: id)
            let glance = picture.model.visitor(in: slot)
            if glance?.hasPosition == true { #expect(glance?.x == Double(visitor.x)) }
            #expect(glance?.worker == visitor.worker)
            #expect(picture.model.page(of: slot) == visitor.page)
            for ago in 0..<60 {
                let count = visitor.samples[second - Int64(ago)] ?? 0
                #expect(picture.model.samples(of: slot, secondsAgo: ago) == count)
            }
        }
        #expect(picture.model.pages.count == Set(expected.values.map(\.page)).subtracting([""]).count)
    }
}
