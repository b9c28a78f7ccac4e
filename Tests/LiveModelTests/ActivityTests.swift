import Testing

@testable import LiveModel

@Suite struct ActivityTests {
    @Test func theRateIsOverTheLastFiveFullSeconds() {
        let picture = Picture()
        picture.join("a")
        for count in 1...8 {
            picture.send(count * 10, from: "a")
            picture.pass(milliseconds: 1_000)
        }
        // What came this second is not spoken of yet, nor is a second that ended just now.
        picture.send(90, from: "a")
        #expect(picture.rate("a") == 50)
        picture.pass(milliseconds: 249)
        #expect(picture.rate("a") == 50)
        picture.pass(milliseconds: 1)
        #expect(picture.rate("a") == 60)
        picture.pass(milliseconds: 1_000)
        #expect(picture.rate("a") == 70)
        picture.pass(milliseconds: 60_000)
        #expect(picture.rate("a") == 0)
    }

    @Test func aNewVisitorsRateIsOverItsAgeButAtLeastASecond() {
        let picture = Picture()
        picture.join("a")
        picture.send(6, from: "a")
        #expect(picture.rate("a") == 6)
        picture.pass(milliseconds: 500)
        picture.send(1, from: "a")
        #expect(picture.rate("a") == 7)
        picture.pass(milliseconds: 1_500)
        #expect(picture.rate("a") == 3.5)
        picture.send(1, from: "a")
        picture.pass(milliseconds: 1_000)
        #expect(picture.rate("a") == 2.7)
    }

    @Test func aVisitorWhoWasThereBeforeUsKeepsTheHubsRate() {
        let picture = Picture()
        for passed in [0, 400, 999] {
            picture.pass(milliseconds: Int64(passed))
            let since = picture.at - 60_000
            picture.keyframe(
                #"{"id":"\#(passed)","since":\#(since),"worker":1,"rate":12.4,"last":\#(since)}"#)
            #expect(abs(picture.rate("\(passed)") - 12.4) <= 2.5)
            // It goes down as the seconds of before leave the window.
            picture.pass(milliseconds: 3_000)
            #expect((3...11).contains(picture.rate("\(passed)")))
            picture.pass(milliseconds: 4_000)
            #expect(picture.rate("\(passed)") == 0)
        }
    }

    @Test func aKeyframeInBetweenAddsOnlyWhatWasMissed() {
        let picture = Picture()
        picture.pass(milliseconds: 10_500)
        let since = picture.at - 4_000
        picture.frame(#""joins":[{"id":"a","since":\#(since),"worker":1}]"#)
        picture.send(20, from: "a")
        picture.keyframe(#"{"id":"a","since":\#(since),"worker":1,"rate":5,"last":\#(picture.at)}"#)
        #expect(picture.rate("a") == 5)
        #expect((0..<60).map { picture.model.samples(secondsAgo: $0) }.reduce(0, +) == 20)
        picture.keyframe(#"{"id":"a","since":\#(since),"worker":1,"rate":10,"last":\#(picture.at)}"#)
        #expect(picture.rate("a") == 10)
        #expect((0..<60).map { picture.model.samples(secondsAgo: $0) }.reduce(0, +) == 40)
    }

    @Test func activityIsKeptBySecond() {
        let picture = Picture()
        picture.join("a")
        for count in 1...70 {
            picture.send(count, from: "a")
            picture.pass(milliseconds: 1_000)
        }
        let slot = picture.slot(of: "a")
        let activity = (0..<60).map { picture.model.samples(of: slot, secondsAgo: $0) }
        #expect(activity == [0] + (12...70).reversed())
        let totals = (0..<80).map { picture.model.samples(secondsAgo: $0) }
        #expect(totals == [0] + (1...70).reversed() + Array(repeating: 0, count: 9))
    }

    @Test func silenceLeavesNoOldActivityBehind() {
        let picture = Picture()
        picture.join("a")
        picture.send(5, from: "a")
        picture.pass(milliseconds: 64_000)
        picture.send(7, from: "a")
        let slot = picture.slot(of: "a")
        #expect((0..<60).map { picture.model.samples(of: slot, secondsAgo: $0) }.reduce(0, +) == 7)
        picture.pass(milliseconds: 5_000_000)
        #expect((0..<LiveModel.historySeconds).allSatisfy { picture.model.samples(secondsAgo: $0) == 0 })
    }

    @Test func countersStopAtTheirEnd() {
        var table = VisitorTable(seed: 1, capacity: 4)
        let slot = Array("a".utf8).withUnsafeBytes { table.add($0) } ?? -1
        table.addSamples(.max, of: slot, at: 100)
        table.addSamples(9, of: slot, at: 100)
        #expect(table.samples(of: slot, at: 100) == Int(UInt16.max))
        var history = SecondHistory()
        history.add(.max, at: 5)
        history.add(.max, at: 5)
        #expect(history.count(at: 5) == Int(UInt32.max))
    }

    @Test func theHistoryKeepsItsCapacity() {
        var history = SecondHistory()
        for second in 1...Int64(SecondHistory.capacity + 10) { history.add(Int(second), at: second) }
        #expect(history.count(at: 10) == 0)
        #expect(history.count(at: 11) == 11)
        history.add(1, at: 5)
        #expect(history.headSecond == 5)
        #expect(history.count(at: 5) == 1)
        #expect(history.count(at: 11) == 0)
    }

    @Test func theTotalNowIsOverTheLastSecond() {
        let picture = Picture()
        picture.send(100, from: "x")
        picture.pass(milliseconds: 1_250)
        #expect(picture.model.samplesPerSecond == 75)
        picture.send(25, from: "x")
        #expect(picture.model.samplesPerSecond == 100)
    }
}
