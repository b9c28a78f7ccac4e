import TestSupport
import Testing

@testable import LiveModel

/// Pages' figures against counting the plain way.
@Suite struct PageActivityTests {
    private struct Expected {
        var page: String?
        var isPresent = false
    }

    /// Samples and clicks by page and second; nil is no page.
    private struct Counts {
        var samples: [String?: [Int64: Int]] = [:]
        var clicks: [String?: [Int64: Int]] = [:]
    }

    @Test(arguments: 0..<6)
    func randomHistoriesGiveTheSameFigures(seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed) &* 31)
        let picture = Picture()
        var visitors = [Expected](repeating: Expected(), count: 15)
        var counts = Counts()
        for step in 0..<120 {
            let pause = Int.random(in: 0..<30, using: &generator) == 0 ? 70_000 : 700
            picture.pass(milliseconds: Int64.random(in: 1...Int64(pause), using: &generator))
            turn(picture, &visitors, &counts, &generator)
            if step % 10 == 9 { compare(picture, visitors, counts, &generator) }
        }
    }

    private func turn(
        _ picture: Picture, _ visitors: inout [Expected], _ counts: inout Counts,
        _ generator: inout SplitMix64
    ) {
        let second = picture.at / 1_000
        var (joins, samples, leaves) = ([String](), [String](), [Int]())
        for number in visitors.indices where Int.random(in: 0..<3, using: &generator) == 0 {
            if !visitors[number].isPresent {
                visitors[number] = Expected(isPresent: true)
                joins.append(#"{"id":"v\#(number)","since":\#(picture.at),"worker":1}"#)
            }
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                let isClick = Int.random(in: 0..<4, using: &generator) == 0
                let page =
                    Bool.random(using: &generator) ? "/\(Int.random(in: 0..<6, using: &generator))" : nil
                if let page {
                    visitors[number].page = page
                    forgetPages(visitors, &counts)
                }
                let more = (isClick ? #","k":"click""# : "") + (page.map { #","p":"\#($0)""# } ?? "")
                samples.append(#"{"id":"v\#(number)","x":1,"y":1\#(more)}"#)
                counts.samples[visitors[number].page, default: [:]][second, default: 0] += 1
                if isClick { counts.clicks[visitors[number].page, default: [:]][second, default: 0] += 1 }
            }
            if Int.random(in: 0..<6, using: &generator) == 0 {
                leaves.append(number)
            }
        }
        for number in leaves { visitors[number].isPresent = false }
        forgetPages(visitors, &counts)
        let left = leaves.map { #""v\#($0)""# }
        picture.frame(
            #""joins":[\#(joins.joined(separator: ","))],"samples":[\#(samples.joined(separator: ","))],"#
                + #""leaves":[\#(left.joined(separator: ","))]"#)
    }

    /// A page is forgotten with its last visitor.
    private func forgetPages(_ visitors: [Expected], _ counts: inout Counts) {
        let inUse = Set(visitors.filter(\.isPresent).map(\.page))
        for page in counts.samples.keys where page != nil && !inUse.contains(page) {
            counts.samples[page] = nil
            counts.clicks[page] = nil
        }
    }

    private func compare(
        _ picture: Picture, _ visitors: [Expected], _ counts: Counts, _ generator: inout SplitMix64
    ) {
        let second = picture.at / 1_000
        var byPage: [String?: Int] = [:]
        for visitor in visitors where visitor.isPresent { byPage[visitor.page, default: 0] += 1 }
        var all: [PageActivity] = []
        #expect(picture.model.pages(order: .page, from: 0, count: .max, into: &all) == byPage.count)
        #expect(all.count == byPage.count)
        for row in all {
            let text = picture.model.pageText(row.index)
            let page: String? = row.index == -1 ? nil : text
            #expect(row.visitors == byPage[page] ?? 0)
            let samples = counts.samples[page] ?? [:]
            for ago in 0..<60 {
                let count = samples[second - Int64(ago)] ?? 0
                #expect(picture.model.samples(ofPage: row.index, secondsAgo: ago) == count)
            }
            let last = picture.model.lastFullSecond
            let recent = (0..<5).reduce(0) { $0 + (samples[last - Int64($1)] ?? 0) }
            #expect(row.rate == Double(recent) / 5)
            let clicks = counts.clicks[page] ?? [:]
            #expect(row.clicks == (0..<60).reduce(0) { $0 + (clicks[second - Int64($1)] ?? 0) })
        }
        for order in PageOrder.allCases { checkOrder(picture, order, all, &generator) }
    }

    private func checkOrder(
        _ picture: Picture, _ order: PageOrder, _ all: [PageActivity], _ generator: inout SplitMix64
    ) {
        func text(_ row: PageActivity) -> String { row.index == -1 ? "~" : picture.model.pageText(row.index) }
        func isBefore(_ a: PageActivity, _ b: PageActivity) -> Bool {
            switch order {
            case .visitors: (-Double(a.visitors), -a.rate, text(a)) < (-Double(b.visitors), -b.rate, text(b))
            case .rate: (-a.rate, text(a)) < (-b.rate, text(b))
            case .clicks: (-a.clicks, text(a)) < (-b.clicks, text(b))
            case .page: text(a) < text(b)
            }
        }
        let expected = all.sorted(by: isBefore)
        var chosen: [PageActivity] = []
        for isReversed in [false, true] {
            let offset = Int.random(in: -1...all.count + 1, using: &generator)
            let count = Int.random(in: 0...all.count + 1, using: &generator)
            let rows = picture.model.pages(
                order: order, isReversed: isReversed, from: offset, count: count, into: &chosen)
            #expect(rows == all.count)
            let whole = isReversed ? expected.reversed() : expected
            #expect(chosen == Array(whole.dropFirst(max(offset, 0)).prefix(count)))
        }
    }

    @Test func aNumberThatIsAnotherPagesIsTold() {
        let picture = Picture()
        picture.join("a")
        func page() -> PageActivity? {
            var rows: [PageActivity] = []
            _ = picture.model.pages(order: .page, from: 0, count: 9, into: &rows)
            return rows.first
        }
        func move(_ path: String) {
            picture.frame(#""samples":[{"id":"a","x":1,"y":1,"p":"\#(path)"}]"#)
        }
        var pages: [PageActivity] = []
        for path in ["/a", "/b", "/c", "/a"] {
            let revision = picture.model.pageRevision
            move(path)
            #expect(picture.model.pageRevision != revision)
            if let page = page() { pages.append(page) }
        }
        #expect(pages.map(\.index) == [0, 1, 0, 1])
        #expect(Set(pages.map(\.serial)).count == 4)
        #expect(
            pages.map { picture.model.isPage($0.index, serial: $0.serial) } == [false, false, false, true])
        let revision = picture.model.pageRevision
        move("/a")
        #expect(picture.model.pageRevision == revision)
        picture.frame(#""leaves":["a"]"#)
        #expect(picture.model.isPage(1, serial: pages[3].serial) == false)
    }

    @Test func pagesBeyondTheLimitAreAsNone() {
        var limits = LiveModelLimits()
        limits.pages = 2
        let picture = Picture(limits: limits)
        for number in 0..<4 {
            picture.join("v\(number)")
            picture.frame(#""samples":[{"id":"v\#(number)","x":1,"y":1,"k":"click","p":"/\#(number)"}]"#)
        }
        var rows: [PageActivity] = []
        #expect(picture.model.pages(order: .visitors, from: 0, count: 9, into: &rows) == 3)
        #expect(rows.map(\.index) == [-1, 0, 1])
        #expect(rows.map(\.visitors) == [2, 1, 1])
        #expect(rows.map(\.clicks) == [2, 1, 1])
        #expect(picture.model.pageText(-1) == "(no page, or one too many)")
        for index in [-2, 2, Int32.max, .min] {
            #expect(picture.model.pageText(index).isEmpty)
            #expect(picture.model.samples(ofPage: index, secondsAgo: 0) == 0)
        }
    }

    @Test func whatAKeyframeMakesUpForCountsForThePage() {
        let picture = Picture()
        let since = picture.at - 60_000
        picture.keyframe(
            #"{"id":"a","since":\#(since),"worker":1,"rate":10,"last":\#(picture.at),"x":1,"y":1,"p":"/x"}"#)
        #expect(
            (0..<60).allSatisfy { ago in
                picture.model.samples(ofPage: 0, secondsAgo: ago) == picture.model.samples(secondsAgo: ago)
            })
        #expect((0..<60).contains { picture.model.samples(ofPage: 0, secondsAgo: $0) > 0 })
    }

    @Test func anotherClockCountsAnew() {
        let picture = Picture()
        picture.join("a")
        picture.send(5, from: "a")
        picture.apply("frame", #"{"at":1000000,"samples":[{"id":"a","x":1,"y":1,"k":"click"}]}"#)
        #expect(picture.model.samples(ofPage: -1, secondsAgo: 0) == 1)
        var rows: [PageActivity] = []
        #expect(picture.model.pages(order: .rate, from: 0, count: 9, into: &rows) == 1)
        #expect(rows[0].clicks == 1)
    }
}
