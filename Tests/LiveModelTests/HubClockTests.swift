import Testing

@testable import LiveModel

@Suite struct HubClockTests {
    @Test func theQuickestMessageTells() {
        var clock = HubClock()
        #expect(clock.milliseconds(now: 0) == nil)
        var isOther = clock.heard(at: 10_000, now: 1_000_000_000)
        #expect(clock.milliseconds(now: 1_500_000_000) == 10_500)
        // Forty milliseconds late: hardly believed.
        isOther = clock.heard(at: 10_960, now: 2_000_000_000) || isOther
        #expect(clock.milliseconds(now: 2_000_000_000) == 10_999)
        isOther = clock.heard(at: 11_005, now: 2_000_000_000) || isOther
        #expect(clock.milliseconds(now: 2_000_000_000) == 11_005)
        #expect(!isOther)
    }

    @Test func aSlowerClockIsFollowed() {
        var clock = HubClock()
        // The hub loses 100 microseconds a second, for an hour, with ten messages a second.
        for tick in 0..<Int64(36_000) {
            let isOther = clock.heard(at: tick * 100 - tick / 100, now: tick * 100_000_000)
            #expect(!isOther)
        }
        let hub = 3_600_000 - 360
        let told = clock.milliseconds(now: 3_600_000_000_000) ?? 0
        #expect(abs(Int(told) - hub) < 20)
    }

    @Test func aHubOfAnotherTimeBeginsAnew() {
        let picture = Picture()
        picture.join("a")
        picture.send(4, from: "a")
        picture.apply("frame", #"{"at":5000,"samples":[{"id":"a","x":1,"y":2}]}"#)
        #expect(picture.model.nowMilliseconds == 5_000)
        #expect(picture.model.samples(secondsAgo: 0) == 1)
        #expect(picture.model.samples(of: picture.slot(of: "a"), secondsAgo: 0) == 1)
        picture.apply("frame", #"{"at":253402300799000,"samples":[{"id":"a","x":1,"y":2}]}"#)
        #expect(picture.model.samples(secondsAgo: 0) == 1)
        picture.send(2, from: "a")
        #expect(picture.model.nowMilliseconds == picture.at)
        #expect(picture.model.samples(of: picture.slot(of: "a"), secondsAgo: 0) == 2)
    }

    @Test func timeGoesOnWithoutMessages() {
        let picture = Picture()
        picture.frame("")
        picture.pass(milliseconds: 3_400)
        #expect(picture.model.nowMilliseconds == Picture.epoch + 3_400)
        #expect(picture.model.secondsOfSilence(now: picture.now) == 3)
    }
}
