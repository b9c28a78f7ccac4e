import BroadcastHub
import Testing

@testable import ViewerGateway

@Suite struct StopTests {
    @Test func viewersGetWhatIsPendingAndAreClosed() throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        let watcher = try Watcher(fixture)
        let kept = try Client(fixture.gateway.address)
        kept.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(
            fixture.run {
                kept.receive()
                return fixture.gateway.viewerCount == 1 && !kept.received.isEmpty
            })
        for x in 1...5_000 { crowd.move("u", Double(x), 0) }
        crowd.leave("u")
        fixture.hub.endTurn(now: fixture.now)
        fixture.gateway.beginStop(fixture.poller, now: fixture.now)
        #expect(!fixture.gateway.isDrained)
        #expect(
            try fixture.run {
                try watcher.read()
                kept.receive()
                return watcher.client.hasEnded && kept.hasEnded
            })
        #expect(watcher.messages.last?.data == #"{"kill":"u"}"#)
        #expect(watcher.messages.count == 5_001)
        #expect(fixture.gateway.isDrained)
        #expect(fixture.hub.counters.undelivered.reduce(0, +) == 0)
    }

    @Test func aViewerThatDoesNotReadIsLeftAfterASecond() throws {
        let fixture = try Fixture(ringBytes: 512 * 1024)
        let crowd = Crowd(fixture)
        let stuck = try Watcher(fixture, buffer: 4096)
        #expect(fixture.run { fixture.gateway.viewerCount == 1 })
        for x in 1...30_000 {
            crowd.move("u", Double(x), 0)
            if x % 500 == 0 { fixture.turn() }
        }
        fixture.gateway.beginStop(fixture.poller, now: fixture.now)
        for _ in 0..<5 { fixture.turn() }
        #expect(!fixture.gateway.isDrained)
        fixture.advance(seconds: 1)
        #expect(fixture.run { fixture.gateway.isDrained })
        #expect(fixture.hub.counters.undelivered(.stopped) > 0)
        stuck.client.close()
    }

    @Test func nobodyIsTakenInAnyMore() throws {
        let fixture = try Fixture()
        fixture.gateway.beginStop(fixture.poller, now: fixture.now)
        #expect(fixture.gateway.isDrained)
        let late = try Client(fixture.gateway.address)
        late.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(
            fixture.run {
                late.receive()
                return late.hasEnded
            })
        #expect(late.received.isEmpty)
        #expect(fixture.gateway.nextDeadline(now: fixture.now) == nil)
    }

    @Test func anAnswerUnderWayIsFinished() throws {
        let fixture = try Fixture()
        let slow = try Client(fixture.gateway.address, receiveBufferBytes: 128 * 1024)
        let request = "GET /pointerscope.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
        slow.send(String(repeating: request, count: 300))
        for _ in 0..<50 { fixture.turn() }
        fixture.gateway.beginStop(fixture.poller, now: fixture.now)
        #expect(
            fixture.run {
                slow.receive(limit: 65536)
                return slow.hasEnded
            })
        let answers = Response.parse(slow.received, isHead: false, ended: false)
        #expect(!answers.isEmpty && answers.count <= 300)
        #expect(fixture.gateway.isDrained || fixture.run { fixture.gateway.isDrained })
    }
}
