import BroadcastHub
import Foundation
import PosixIO
import Testing

@testable import ViewerGateway

@Suite struct ViewerTests {
    @Test func theStreamBeginsAsTheContractSays() throws {
        let fixture = try Fixture()
        let watcher = try Watcher(fixture)
        #expect(
            try fixture.run {
                try watcher.read()
                return watcher.text.contains("retry: 2000\n\n")
            })
        let fields = try #require(watcher.head).fields
        #expect(watcher.head?.status == 200)
        #expect(fields["content-type"] == "text/event-stream")
        #expect(fields["cache-control"] == "no-store, no-transform")
        #expect(fields["date"]?.hasSuffix(" GMT") == true)
        #expect(fields["x-accel-buffering"] == "no")
        #expect(fields["connection"] == "close")
        #expect(fields["content-length"] == nil && fields["transfer-encoding"] == nil)
        #expect(fields["access-control-allow-origin"] == nil)
        #expect(watcher.text.hasPrefix(":"))
        #expect(watcher.text.utf8.firstIndex(of: 10)!.utf16Offset(in: watcher.text) > 2048)
        #expect(fixture.gateway.viewerCount == 1)
    }

    @Test(arguments: [false, true])
    func samplesAndKillsArriveInOrder(byteByByte: Bool) throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        crowd.move("early", 1, 1)
        fixture.turn()
        let watcher = try Watcher(fixture)
        if byteByByte {
            watcher.client.close()
            _ = fixture.run { fixture.gateway.connections.count == 0 }
        }
        let request = "GET /receive/ann HTTP/1.1\r\nHost: localhost\r\n\r\n"
        let client = try Client(fixture.gateway.address)
        for byte in Array(request.utf8) {
            client.send([byte])
            if byteByByte { fixture.turn() }
        }
        let second = Watcher(bare: client)
        #expect(fixture.run { fixture.gateway.viewerCount == (byteByByte ? 1 : 2) })
        crowd.move("user123", 812, 433)
        crowd.move("user123", -1.5, 0.25)
        crowd.leave("user123")
        #expect(
            try fixture.run {
                try second.read()
                return second.messages.count >= 3
            })
        #expect(
            second.messages == [
                Message(event: "", data: #"{"id":"user123","x":812,"y":433}"#, id: "00c0ffee00c0ffee-2"),
                Message(event: "", data: #"{"id":"user123","x":-1.5,"y":0.25}"#, id: "00c0ffee00c0ffee-3"),
                Message(event: "", data: #"{"kill":"user123"}"#, id: "00c0ffee00c0ffee-4"),
            ])
    }

    @Test func aResumeGoesOnBehindTheNamedEvent() throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        for x in 1...10 { crowd.move("u", Double(x), 0) }
        fixture.turn()
        let header = try Watcher(fixture, "/receive/a", "Last-Event-ID: 00c0ffee00c0ffee-4\r\n")
        let query = try Watcher(fixture, "/receive/a?last-event-id=00c0ffee00c0ffee-7")
        let both = try Watcher(
            fixture, "/receive/a?last-event-id=00c0ffee00c0ffee-1", "Last-Event-ID: 00c0ffee00c0ffee-9\r\n")
        #expect(
            try fixture.run {
                for watcher in [header, query, both] { try watcher.read() }
                return header.messages.last?.n == 10 && query.messages.last?.n == 10
                    && both.messages.last?.n == 10
            })
        #expect(header.messages.map(\.n) == Array(5...10))
        #expect(query.messages.map(\.n) == [8, 9, 10])
        #expect(both.messages.map(\.n) == [10])
    }

    @Test(arguments: ["0123456789abcdef-4", "00c0ffee00c0ffee-99", "nonsense"])
    func anUnknownEventIsAnsweredByAReset(id: String) throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        crowd.move("u", 1, 2)
        crowd.move("u", 3, 4)
        fixture.turn()
        let watcher = try Watcher(fixture, "/receive/a", "Last-Event-ID: \(id)\r\n")
        #expect(
            try fixture.run {
                try watcher.read()
                return watcher.messages.count >= 2
            })
        #expect(watcher.messages.first?.event == "reset")
        #expect(watcher.messages.first?.data == #"{"n":2}"#)
        #expect(watcher.messages.last?.data == #"{"id":"u","x":3,"y":4}"#)
    }

    @Test func heartbeatsComeEvery15Seconds() throws {
        let fixture = try Fixture()
        let watcher = try Watcher(fixture)
        _ = try fixture.run {
            try watcher.read()
            return watcher.text.contains("retry: 2000\n\n")
        }
        let opening = watcher.text
        for count in 1...3 {
            fixture.advance(seconds: 15.1)
            #expect(
                try fixture.run {
                    try watcher.read()
                    return watcher.text == opening + String(repeating: ":\n\n", count: count)
                })
        }
    }

    @Test func aViewerThatGoesIsNoticed() throws {
        let fixture = try Fixture()
        let closing = try Watcher(fixture)
        let halfClosing = try Watcher(fixture)
        #expect(fixture.run { fixture.gateway.viewerCount == 2 })
        closing.client.close()
        #expect(fixture.run { fixture.gateway.viewerCount == 1 })
        halfClosing.client.endWriting()
        #expect(fixture.run { fixture.gateway.viewerCount == 0 })
        #expect(fixture.gateway.connections.count == 0)
        #expect(fixture.hub.counters.viewers == 0)
    }

    @Test func viewersLeaveInAnyOrder() throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        var watchers: [Watcher] = []
        for index in 0..<9 {
            watchers.append(
                try Watcher(fixture, index % 3 == 2 ? "/receive/a?shape=frames&hz=60" : "/receive/a"))
            #expect(fixture.run { fixture.gateway.viewerCount == watchers.count })
        }
        for (left, place) in zip(stride(from: 8, through: 1, by: -1), [4, 0, 3, 5, 1, 2, 1, 0]) {
            watchers.remove(at: place).client.close()
            #expect(fixture.run { fixture.gateway.viewerCount == left })
            crowd.move("u", Double(left), 0)
            #expect(
                try fixture.run {
                    for watcher in watchers { try watcher.read() }
                    return watchers.allSatisfy { $0.messages.last?.data.contains("\"x\":\(left),") == true }
                })
        }
        #expect(fixture.hub.counters.viewers == 1)
    }

    @Test func whatAViewerSaysIsDiscardedWithinBounds() throws {
        let fixture = try Fixture()
        let watcher = try Watcher(fixture)
        #expect(fixture.run { fixture.gateway.viewerCount == 1 })
        watcher.client.send([UInt8](repeating: 65, count: 60_000))
        for _ in 0..<20 { fixture.turn(timeoutMilliseconds: 1) }
        #expect(fixture.gateway.viewerCount == 1)
        watcher.client.send([UInt8](repeating: 65, count: 10_000))
        #expect(fixture.run { fixture.gateway.viewerCount == 0 })
    }

    @Test func whatFollowsTheRequestIsNoRequest() throws {
        let fixture = try Fixture()
        let watcher = try Watcher(
            fixture, "/receive/a", "\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n")
        #expect(fixture.run { fixture.gateway.viewerCount == 1 })
        Crowd(fixture).move("u", 1, 1)
        #expect(
            try fixture.run {
                try watcher.read()
                return !watcher.messages.isEmpty
            })
        #expect(!watcher.text.contains("ok\n"))
    }

    @Test func overTheLimitViewersAreTold503() throws {
        var settings = GatewaySettings()
        settings.viewerLimit = 1
        let fixture = try Fixture(settings: settings)
        let first = try Watcher(fixture)
        #expect(fixture.run { fixture.gateway.viewerCount == 1 })
        #expect(try fixture.get("/receive/b").status == 503)
        #expect(try fixture.get("/healthz").status == 200)
        first.client.close()
        #expect(fixture.run { fixture.gateway.viewerCount == 0 })
    }

    @Test func aRequestWithABodyGetsNoStream() throws {
        let fixture = try Fixture()
        #expect(try fixture.get("/receive/b", "Content-Length: 3\r\n").status == 400)
        #expect(fixture.gateway.viewerCount == 0)
    }

    @Test(arguments: ["/receive/a?shape=frames&hz=7", "/receive/a?shape=x", "/receive/a?hz="])
    func badQueriesAre400(target: String) throws {
        let fixture = try Fixture()
        #expect(try fixture.get(target).status == 400)
        #expect(fixture.gateway.viewerCount == 0)
    }
}
