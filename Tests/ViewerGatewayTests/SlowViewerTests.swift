import BroadcastHub
import Testing

@testable import ViewerGateway

@Suite struct SlowViewerTests {
    /// Feeds `count` samples in turns of `batch`, and lets `fast` read after each.
    private func feed(_ crowd: Crowd, _ count: Int, batch: Int, _ fast: Watcher) throws {
        var x = 0
        while x < count {
            for _ in 0..<batch {
                x += 1
                crowd.move("u\(x % 7)", Double(x), 0)
            }
            crowd.fixture.turn()
            try fast.read()
        }
    }

    @Test func theGoodViewerGetsEverythingBesideBadOnes() throws {
        let fixture = try Fixture(ringBytes: 512 * 1024)
        let crowd = Crowd(fixture)
        let fast = try Watcher(fixture)
        let never = try Watcher(fixture, buffer: 4096)
        let slow = try Watcher(fixture, buffer: 4096)
        for watcher in [fast, never, slow] { watcher.keepsText = false }
        #expect(fixture.run { fixture.gateway.viewerCount == 3 })
        let total = 24_000
        try feed(crowd, total, batch: 300, fast)
        #expect(
            try fixture.run {
                try fast.read()
                try slow.read(limit: 1024)
                return fast.messages.last?.n == total
            })
        let isWhole = fast.messages.map(\.n) == Array(1...total)
        #expect(isWhole)
        #expect(fixture.gateway.viewerCount == 3)
        let counters = fixture.hub.counters
        #expect(counters.relayed == UInt64(total))
        #expect(
            counters.offered == counters.delivered + counters.conflated + counters.pending
                + counters.undelivered.reduce(0, +))
        // Once it reads, it gets what the kernels held and is current: each visitor's newest, then the
        // stream.
        #expect(
            try fixture.run {
                try slow.read()
                return slow.messages.last?.n == total
            })
        let ns = slow.messages.map(\.n)
        let isOrdered = zip(ns, ns.dropFirst()).allSatisfy { $0 < $1 }
        #expect(isOrdered)
        #expect(slow.messages.count < total)
        let before = slow.messages.count
        crowd.move("u1", -1, -1)
        #expect(
            try fixture.run {
                try slow.read()
                return slow.messages.count > before
            })
        #expect(slow.messages.last?.data == #"{"id":"u1","x":-1,"y":-1}"#)
    }

    @Test func tenMinutesWithoutProgressEndAViewer() throws {
        let fixture = try Fixture(ringBytes: 512 * 1024)
        let crowd = Crowd(fixture)
        let stuck = try Watcher(fixture, buffer: 4096)
        let idle = try Watcher(fixture)
        let fast = try Watcher(fixture)
        fast.keepsText = false
        #expect(fixture.run { fixture.gateway.viewerCount == 3 })
        try feed(crowd, 15_000, batch: 300, fast)
        for _ in 0..<59 {
            fixture.advance(seconds: 10)
            fixture.turn()
            try idle.read()
            try fast.read()
        }
        #expect(fixture.gateway.viewerCount == 3)
        for _ in 0..<3 {
            fixture.advance(seconds: 10)
            fixture.turn()
            try idle.read()
            try fast.read()
        }
        #expect(fixture.gateway.viewerCount == 2)
        #expect(fixture.gateway.counters.viewersClosed[ViewerCloseReason.slow.rawValue] == 1)
        #expect(fixture.hub.counters.undelivered(.stalled) > 0)
        stuck.client.close()
    }

    @Test func aTurnIsBounded() throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        var clients: [Client] = []
        for _ in 0..<48 {
            let client = try Client(fixture.gateway.address)
            client.send("GET /receive/a HTTP/1.1\r\nHost: localhost\r\n\r\n")
            clients.append(client)
        }
        #expect(fixture.run { fixture.gateway.viewerCount == 48 })
        var most: UInt64 = 0
        var sleepsTooEarly = false
        // Nearly a megabyte of text for everyone at once.
        for x in 0..<12_000 { crowd.move("u", Double(x), 0) }
        let isWhole = fixture.run {
            let before = fixture.gateway.counters.bytesSent
            fixture.turn()
            most = max(most, fixture.gateway.counters.bytesSent - before)
            // With bytes left for those who can take them, the loop must not sleep.
            let canTake = fixture.gateway.samplesRound.viewers.contains { viewer in
                !viewer.isBlocked && fixture.hub.hasOutput(viewer.id)
            }
            if canTake, fixture.gateway.nextDeadline(now: 1) != 1 { sleepsTooEarly = true }
            for client in clients { client.receive() }
            return fixture.hub.counters.delivered == 48 * 12_000
        }
        #expect(isWhole)
        #expect(!sleepsTooEarly)
        #expect(most > UInt64(8 * Limits.viewerBytesPerTurn))
        #expect(most <= UInt64(Limits.bytesPerTurn + Limits.viewerBytesPerTurn))
        for client in clients { client.receive() }
        // Behind their heads, whose dates may differ.
        let streams = clients.map { client in
            let head = client.received.firstRange(of: Array("\r\n\r\n".utf8))
            return client.received[(head?.upperBound ?? 0)...]
        }
        let areAlike = streams.allSatisfy { $0.elementsEqual(streams[0]) }
        #expect(areAlike)
    }
}
