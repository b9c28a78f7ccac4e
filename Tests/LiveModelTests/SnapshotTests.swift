import TestSupport
import Testing

@testable import LiveModel

@Suite struct SnapshotTests {
    /// Everything that can be seen of a picture, as text.
    private func account(_ model: inout LiveModel, now: Int64) -> [String] {
        var lines: [String] = []
        var visitors: [RankedVisitor] = []
        _ = model.visitors(matching: VisitorQuery(order: .id), from: 0, count: .max, into: &visitors)
        for visitor in visitors {
            lines.append("\(visitor) \(model.id(of: visitor.slot)) \(model.page(of: visitor.slot))")
            model.visitor(in: visitor.slot).map { lines.append("\($0)") }
            lines.append("\((0..<60).map { model.samples(of: visitor.slot, secondsAgo: $0) })")
        }
        var pages: [PageActivity] = []
        _ = model.pages(order: .page, from: 0, count: .max, into: &pages)
        for page in pages {
            lines.append("\(page) \(model.pageText(page.index))")
            lines.append("\((0..<60).map { model.samples(ofPage: page.index, secondsAgo: $0) })")
        }
        model.forEachTrace(since: 0) { lines.append("\($0)") }
        model.forEachFollowedPoint { lines.append("\($0)") }
        lines.append(
            "\(String(describing: model.followed)) \(model.followedPage) \(model.followedActCount)")
        lines.append("\((0..<300).map { model.followedSpeed(secondsAgo: $0) })")
        lines.append("\((0..<90).map { model.samples(secondsAgo: $0) }) \(model.status)")
        lines.append("\(String(describing: model.workerHistory(12)?.count)) \(model.visitorCount)")
        lines.append("\(String(describing: model.shownLatency)) \(model.nowMilliseconds)")
        lines.append("\(model.membershipRevision) \(model.link) \(model.fractionOfSecond)")
        lines.append("\(String(describing: model.uptimeSeconds(now: now)))")
        lines.append("\(String(describing: model.secondsOfSilence(now: now)))")
        return lines
    }

    private func live(_ picture: Picture, _ generator: inout SplitMix64) {
        for _ in 0..<30 {
            let number = Int.random(in: 0..<8, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: picture.join("v\(number)")
            case 1: picture.frame(#""leaves":["v\#(number)"]"#)
            case 2: picture.apply("status", HealthTests.status)
            default:
                let x = Int.random(in: 0..<900, using: &generator)
                picture.frame(
                    #""samples":[{"id":"v\#(number)","x":\#(x),"y":1,"k":"click","p":"/\#(x % 4)"}]"#)
            }
            picture.pass(milliseconds: Int64.random(in: 1...300, using: &generator))
            picture.model.noteShown(now: picture.now)
        }
    }

    @Test(arguments: 0..<6)
    func aCopyStaysAsItWasWhateverHappens(seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        let picture = Picture()
        live(picture, &generator)
        picture.model.follow(picture.slots().first)
        live(picture, &generator)
        picture.model.link = .live
        var copy = picture.model.snapshot()
        let before = account(&picture.model, now: picture.now)
        #expect(account(&copy, now: picture.now) == before)
        live(picture, &generator)
        copy.advance(now: picture.now)
        copy.noteShown(now: picture.now)
        #expect(account(&copy, now: picture.now) == before)
        #expect(account(&picture.model, now: picture.now) != before)
        // Nor does the copy change the picture.
        let after = account(&picture.model, now: picture.now)
        copy.follow(nil)
        #expect(account(&picture.model, now: picture.now) == after)
    }
}
