import TestSupport
import Testing

@testable import LiveModel

/// Orders and windows against sorting everyone the plain way.
@Suite struct QueryTests {
    private func scene(_ generator: inout SplitMix64, size: Int) -> Picture {
        let picture = Picture()
        for number in 0..<size {
            picture.pass(milliseconds: Int64.random(in: 0...30, using: &generator))
            // Long ids with much in common, and some that differ in case only.
            let word = ["Visitor-of-the-shop-", "visitor-of-the-shop-", "v", ""].randomElement(
                using: &generator)
            let id = (word ?? "") + "\(number)"
            let worker = Int.random(in: 1...3, using: &generator)
            let since = picture.at - Int64.random(in: 0...2, using: &generator)
            picture.frame(#""joins":[{"id":"\#(id)","since":\#(since),"worker":\#(worker)}]"#)
            for _ in 0..<Int.random(in: 0...3, using: &generator) {
                let page = ["", #","p":"/a""#, #","p":"/B""#, #","p":"/b""#].randomElement(using: &generator)
                picture.frame(#""samples":[{"id":"\#(id)","x":1,"y":2\#(page ?? "")}]"#)
            }
        }
        return picture
    }

    /// Whether `one` stands before `other` in the natural direction.
    private func isBefore(_ one: Int, _ other: Int, _ order: VisitorOrder, _ picture: Picture) -> Bool {
        let model = picture.model.snapshot()
        let (a, b) = (model.visitors[one], model.visitors[other])
        let rates = (model.rate(of: one), model.rate(of: other))
        let isMoreActive = rates.0 != rates.1 ? rates.0 > rates.1 : a.arrival > b.arrival
        func key(_ text: String) -> [UInt8] { Array(text.lowercased().utf8) + [0] + Array(text.utf8) }
        switch order {
        case .rate: return isMoreActive
        case .id: return key(model.id(of: one)).lexicographicallyPrecedes(key(model.id(of: other)))
        case .page:
            let pages = (model.page(of: one), model.page(of: other))
            guard pages.0 != pages.1 else { return isMoreActive }
            guard !pages.0.isEmpty, !pages.1.isEmpty else { return pages.1.isEmpty }
            return key(pages.0).lexicographicallyPrecedes(key(pages.1))
        case .since:
            return (a.sinceMilliseconds, a.serial) > (b.sinceMilliseconds, b.serial)
        case .last:
            return (a.lastMilliseconds, a.arrival) > (b.lastMilliseconds, b.arrival)
        case .worker: return a.worker != b.worker ? a.worker < b.worker : isMoreActive
        }
    }

    @Test(arguments: VisitorOrder.allCases, [false, true])
    func everyOrderIsTheSameAsSortingEveryone(order: VisitorOrder, isReversed: Bool) {
        var generator = SplitMix64(seed: 99)
        for size in [0, 1, 2, 40] {
            let picture = scene(&generator, size: size)
            for text in ["", "shop", "-page:a"] {
                let filter = VisitorFilter(parsing: text)
                let query = VisitorQuery(filter: filter, order: order, isReversed: isReversed)
                var expected = picture.slots().filter { picture.model.matches($0, filter) }
                expected.sort { isBefore($0, $1, order, picture) }
                if isReversed { expected.reverse() }
                check(picture, query, expected, &generator)
            }
        }
    }

    private func check(
        _ picture: Picture, _ query: VisitorQuery, _ expected: [Int], _ generator: inout SplitMix64
    ) {
        var chosen: [RankedVisitor] = []
        for _ in 0..<8 {
            let offset = Int.random(in: -1...expected.count + 1, using: &generator)
            let count = Int.random(in: 0...expected.count + 1, using: &generator)
            let all = picture.model.visitors(matching: query, from: offset, count: count, into: &chosen)
            #expect(all == expected.count)
            #expect(chosen.map(\.slot) == Array(expected.dropFirst(max(offset, 0)).prefix(count)))
            #expect(chosen.allSatisfy { $0.rate == picture.model.rate(of: $0.slot) })
        }
        for (place, slot) in expected.enumerated() {
            #expect(picture.place(of: slot, in: query) == place)
        }
        for slot in picture.slots() where !expected.contains(slot) {
            #expect(picture.place(of: slot, in: query) == nil)
        }
        #expect(picture.place(of: -1, in: query) == nil)
    }

    @Test func aGlanceTellsOfTheScreenAndWhoIsWho() {
        let picture = Picture()
        picture.join("a")
        let first = picture.visitor("a")
        #expect(first?.viewportWidth == 0)
        #expect(first?.pageIndex == -1)
        picture.frame(#""samples":[{"id":"a","x":1,"y":2,"b":5,"w":800,"h":600.5,"p":"/x"}]"#)
        // What a sample does not say stays as it was.
        picture.frame(#""samples":[{"id":"a","x":3,"y":4,"b":70000,"w":-1,"h":"x"}]"#)
        let glance = picture.visitor("a")
        #expect(glance?.viewportWidth == 800)
        #expect(glance?.viewportHeight == 600.5)
        #expect(glance?.buttons == 65_535)
        #expect(glance?.pageIndex == 0)
        #expect(glance?.serial == first?.serial)
        picture.frame(#""leaves":["a"],"samples":[{"id":"a","x":3,"y":4,"w":1e300}]"#)
        picture.join("b")
        #expect(picture.slots() == [0])
        #expect(picture.visitor("b")?.serial != first?.serial)
        #expect(picture.visitor("b")?.viewportWidth == 0)
        var seen: [Int] = []
        picture.model.forEachVisitor { slot, _ in seen.append(slot) }
        #expect(seen == [0])
    }
}
