import Testing

@testable import LiveModel

/// The parts of a status that tell how the server is.
@Suite struct HealthTests {
    static let status =
        #"{"workers":[{"pid":12,"state":"running","connections":3,"rate":12.5,"restarts":1,"rss":1234567,"#
        + #""cpu":0.12,"folded":7,"received":123}],"viewers":2,"totals":{"received":100},"uptime":12.3,"#
        + #""ingest":"127.0.0.1:8081","http":"[::1]:2112","#
        + #""audience":[{"name":"me","shape":"frames","hz":10,"behind":4,"conflated":5,"sent":123456,"#
        + #""age":12.3,"idle":0.1},{"name":"(terminal)","shape":"samples"}],"#
        + #""sampling":{"rate":12,"batch":125,"why":"busy","later":[{}]},"#
        + #""latency":{"relayed":{"p50":0.08,"p99":0.6,"max":1.2},"encoded":{"p50":1,"p99":2,"max":3}},"#
        + #""refused":{"1002":1,"handshake":2,"origin":0},"#
        + #""log":[{"event":"ready","time":"2026-11-20T16:00:01.123Z","workers":2,"ingest":"127.0.0.1:1"},"#
        + #"{"event":"exit","time":"2026-11-20T17:30:59Z","reason":"killed by signal","ok":false,"x":null,"#
        + #""a":[1,{}],"o":{"k":"v"},"r":1.5,"e":""}]}"#

    @Test func everythingIsRead() {
        let picture = Picture()
        #expect(picture.apply("status", Self.status) == .applied)
        let status = picture.model.status
        #expect(status.workers[0].cpu == 0.12)
        #expect(status.workers[0].folded == 7)
        #expect(status.workers[0].received == 123)
        #expect(status.audience.map(\.name) == ["me", "(terminal)"])
        #expect(status.audience[0].shape == "frames")
        #expect(status.audience[0].hz == 10)
        #expect(status.audience[0].behind == 4)
        #expect(status.audience[0].conflated == 5)
        #expect(status.audience[0].sentBytes == 123_456)
        #expect(status.audience[0].ageSeconds == 12.3)
        #expect(status.audience[0].idleSeconds == 0.1)
        #expect(status.audience[1].hz == 0)
        #expect(status.sampling?.rate == 12 && status.sampling?.batchMilliseconds == 125)
        #expect(status.sampling?.why == "busy" && status.sampling?.isHeldBack == true)
        #expect(status.latency.relayed == LatencyFigures(p50: 0.08, p99: 0.6, max: 1.2))
        #expect(status.latency.encoded == LatencyFigures(p50: 1, p99: 2, max: 3))
        #expect(status.refusals.map(\.name) == ["1002", "handshake", "origin"])
        #expect(status.refusals.map(\.value) == [1, 2, 0])
        #expect(status.log.map(\.time) == ["16:00:01", "17:30:59"])
        #expect(status.log.map(\.epochMilliseconds) == [1_795_190_401_123, 1_795_195_859_000])
        #expect(
            status.log.map(\.text) == [
                "ready workers=2 ingest=127.0.0.1:1",
                #"exit reason="killed by signal" ok=false x=null a=[...] o={...} r=1.5 e="""#,
            ])
    }

    @Test(arguments: [
        "workers", "viewers", "audience", "sampling", "batch", "why", "latency", "refused", "log", "cpu",
        "relayed", "p99", "hz", "time",
    ])
    func anyKeyMayBeMissingOrOfAnotherKind(key: String) {
        for value in [
            "null", "7", "-1e999", #""text""#, "[]", "{}", "[[]]", #"[null,5,{},"x"]"#, #"{"p50":"x"}"#,
        ] {
            let picture = Picture()
            #expect(picture.apply("status", #"{"\#(key)":\#(value)}"#) == .applied)
            // As a key of the same name but other meaning, which takes the value's place by coming later.
            let again = Self.status.replacing("\"\(key)\":", with: "\"\(key)\":\(value),\"\(key) \":")
            #expect(picture.apply("status", again) == .applied, "\(key) as \(value)")
        }
        let picture = Picture()
        let without = Self.status.replacing("\"\(key)\":", with: "\"other\":")
        #expect(picture.apply("status", without) == .applied)
        #expect(picture.model.status.ingestAddress == "127.0.0.1:8081")
    }

    @Test func everythingIsBounded() {
        var limits = LiveModelLimits()
        limits.audience = 3
        limits.refusals = 2
        limits.logLines = 2
        let picture = Picture(limits: limits)
        let long = String(repeating: "é", count: 300)
        let many = (0..<50).map { #"{"name":"\#(long)\#($0)","behind":1e300,"age":-5}"# }
        let lines = (0..<50).map { #"{"event":"e\#($0)","\#(long)":"\#(long)","b":"\#(long)","time":"now"}"# }
        picture.apply(
            "status",
            #"{"audience":[\#(many.joined(separator: ","))],"refused":{"a":1,"b":2,"c":{"d":3}},"#
                + #""latency":{"relayed":{"p50":-1,"p99":1e300}},"log":[\#(lines.joined(separator: ","))]}"#)
        let status = picture.model.status
        #expect(status.audience.count == 3)
        #expect(status.audience[0].name == String(repeating: "é", count: 64))
        #expect(status.audience[0].behind == Int.max >> 1)
        #expect(status.audience[0].ageSeconds == 0)
        #expect(status.refusals.count == 2)
        #expect(status.latency.relayed == LatencyFigures(p50: 0, p99: 1e15, max: 0))
        #expect(status.log.map { $0.text.prefix(4) } == ["e48 ", "e49 "])
        #expect(status.log.allSatisfy { $0.text.utf8.count <= 200 && !$0.text.contains("\u{FFFD}") })
        #expect(status.log.allSatisfy { $0.time.isEmpty })
    }

    @Test func secondsWithoutAStatusAreGaps() {
        let picture = Picture()
        func tell(_ uptime: Double, rate: Int) {
            picture.apply(
                "status",
                #"{"workers":[{"pid":1,"rate":\#(rate)}],"uptime":\#(uptime),"#
                    + #""latency":{"relayed":{"p99":\#(rate)}}}"#)
        }
        for (uptime, rate) in [(10.3, 1), (11.3, 2), (15.2, 3), (16.2, 4), (16.4, 5), (2.5, 6)] {
            tell(uptime, rate: rate)
        }
        let expected: [Double?] = [6, 5, 4, 3, nil, nil, nil, 2, 1]
        #expect(picture.model.workerHistory(1)?.count == 9)
        for (ago, rate) in expected.enumerated() {
            #expect(picture.model.workerHistory(1)?[secondsAgo: ago]?.rate == rate)
            #expect(picture.model.relayedLatency(secondsAgo: ago) == rate)
        }
        tell(1e12, rate: 7)
        #expect(picture.model.workerHistory(1)?.count == 120)
        #expect((1..<120).allSatisfy { picture.model.workerHistory(1)?[secondsAgo: $0] == nil })
    }

    @Test func workersHaveAHistory() {
        let picture = Picture()
        #expect(picture.model.workerHistory(1) == nil)
        for number in 0..<150 {
            let other = number < 100 ? #",{"pid":2,"rate":9},{"pid":2,"rate":8}"# : ""
            picture.apply(
                "status",
                #"{"workers":[{"pid":1,"rate":\#(number),"cpu":0.5,"rss":\#(number * 1000),"#
                    + #""connections":\#(number + 1)}\#(other)],"#
                    + #""latency":{\#(number % 2 == 0 ? #""relayed":{"p99":\#(number)}"# : "")}}"#)
            picture.pass(milliseconds: 1_000)
            if number == 50 { #expect(picture.model.workerHistory(2)?.count == 51) }
        }
        let history = picture.model.workerHistory(1)
        #expect(history?.count == 120)
        for ago in 0..<120 {
            let moment = WorkerMoment(
                rate: Double(149 - ago), cpu: 0.5, memoryBytes: (149 - ago) * 1_000, connections: 150 - ago)
            #expect(history?[secondsAgo: ago] == moment)
            let relayed = picture.model.relayedLatency(secondsAgo: ago)
            #expect(relayed == (ago % 2 == 1 ? Double(149 - ago) : nil))
        }
        #expect(history?[secondsAgo: 120] == nil)
        #expect(history?[secondsAgo: -1] == nil)
        #expect(picture.model.relayedLatency(secondsAgo: 120) == nil)
        // A worker that is gone is forgotten.
        #expect(picture.model.workerHistory(2) == nil)
    }
}
