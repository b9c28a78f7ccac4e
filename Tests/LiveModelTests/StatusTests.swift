import Testing

@testable import LiveModel

@Suite struct StatusTests {
    @Test func aStatusIsTakenWhole() {
        let picture = Picture()
        let outcome = picture.apply(
            "status",
            #"{"workers":[{"pid":12,"state":"running","connections":3,"rate":12.5,"restarts":1,"#
                + #""rss":1234567},"#
                + #"{"pid":13,"state":"starting"}],"viewers":2,"#
                + #""totals":{"received":100,"conflated":{"relay":1,"viewer":2},"name":"no figure"},"#
                + #""uptime":12.3,"ingest":"127.0.0.1:8081","http":"[::1]:2112","#
                + #""url":"https://watch.example.org/ps/","invite":"https://a/?token=b","more keys":[{}]}"#)
        #expect(outcome == .applied)
        let status = picture.model.status
        #expect(status.workers.count == 2)
        #expect(status.workers[0].pid == 12)
        #expect(status.workers[0].state == "running")
        #expect(status.workers[0].connections == 3)
        #expect(status.workers[0].rate == 12.5)
        #expect(status.workers[0].restarts == 1)
        #expect(status.workers[0].memoryBytes == 1_234_567)
        #expect(status.workers[1].state == "starting")
        #expect(status.viewers == 2)
        #expect(status.totals.map(\.name) == ["received", "conflated.relay", "conflated.viewer"])
        #expect(status.total("conflated.viewer") == 2)
        #expect(status.total("nothing") == nil)
        #expect(status.ingestAddress == "127.0.0.1:8081")
        #expect(status.httpAddress == "[::1]:2112")
        #expect(status.publicURL == "https://watch.example.org/ps/")
        #expect(status.invite == "https://a/?token=b")
        picture.pass(milliseconds: 2_000)
        #expect(picture.model.uptimeSeconds(now: picture.now) == 14)
        // Of a server that is not there nobody knows how long it was.
        picture.frame("")
        picture.model.link = .reconnecting(attempt: 1)
        picture.pass(milliseconds: 9_000)
        #expect(picture.model.uptimeSeconds(now: picture.now) == 14)
        picture.model.link = .live
        #expect(picture.model.uptimeSeconds(now: picture.now) == 23)
    }

    @Test func aStatusIsBounded() {
        var limits = LiveModelLimits()
        limits.workers = 2
        limits.totals = 1
        let picture = Picture(limits: limits)
        let long = String(repeating: "y", count: 500)
        picture.apply(
            "status",
            #"{"workers":[{"pid":1e99},{"pid":-5,"rss":1e300},{"pid":3}],"viewers":1e300,"uptime":1e300,"#
                + #""totals":{"a":1,"b":2},"ingest":"\#(long)"}"#)
        let status = picture.model.status
        #expect(status.workers.map(\.pid) == [.max, 0])
        #expect(status.totals.count == 1)
        #expect(status.ingestAddress.utf8.count == 128)
        #expect(picture.model.uptimeSeconds(now: picture.now) == 1_000_000_000_000)
    }

    @Test func anotherEventIsIgnored() {
        let picture = Picture()
        #expect(picture.apply("message", "{}") == .ignored)
        #expect(picture.apply("", "") == .ignored)
        #expect(picture.model.secondsOfSilence(now: picture.now) == nil)
    }

    @Test func keysAreWhatTheySay() {
        check(MessageKey.self)
        check(StatusKey.self)
    }

    private func check<Key: MessageWord>(_ keys: Key.Type) {
        for key in keys.allCases {
            let name = "\(key.word)"
            let word = name.utf8.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            #expect(key.rawValue == word, "\(name)")
        }
    }
}
