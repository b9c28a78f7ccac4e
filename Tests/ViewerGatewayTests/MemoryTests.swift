import BroadcastHub
import ByteCore
import PosixIO
import Testing

@testable import ViewerGateway

/// What strangers can make the process keep: one budget for all of it, and all of it given back.
@Suite struct MemoryTests {
    @Test func answersThatNobodyReadsAreBoundedTogether() throws {
        let fixture = try Fixture(heldBytes: 64 << 20)
        fixture.source.padding = 9 << 20
        var clients: [Client] = []
        func ask(_ count: Int) throws {
            // Each gets one of its own, as the clock goes on in between.
            for _ in 0..<count {
                let client = try Client(fixture.gateway.address, receiveBufferBytes: 4096)
                client.send("GET /api/state HTTP/1.1\r\nHost: localhost\r\n\r\n")
                clients.append(client)
                for _ in 0..<8 { fixture.turn(timeoutMilliseconds: 1) }
                fixture.advance(seconds: 0.11)
                #expect(fixture.budget.held <= 32 << 20)
            }
        }
        try ask(6)
        #expect(fixture.budget.held > 20 << 20)
        for client in clients { client.receive() }
        let refused = clients.filter { $0.text.hasPrefix("HTTP/1.1 503") }
        #expect(refused.count == fixture.gateway.counters.answersRefused && refused.count >= 3)
        // How the server does can be found out all the same.
        for target in ["/healthz", "/metrics", "/"] {
            let answer = try fixture.get(target)
            #expect(answer.status == 200, "\(target): \(answer.text)")
        }
        // After a second those who do not take theirs make room.
        fixture.advance(seconds: 1)
        let before = fixture.gateway.counters.answersRefused
        try ask(1)
        #expect(fixture.gateway.counters.answersRefused == before)
        #expect(fixture.gateway.counters.connectionsEvicted > 0)
        for client in clients { client.close() }
        #expect(fixture.run { fixture.gateway.connections.count == 0 })
        #expect(fixture.budget.held == 0 && fixture.gateway.metricsBudget.held == 0)
        #expect(try fixture.get("/api/state").status == 200)
    }

    @Test func oneAnswerIsSharedByAllWhoAskAtATime() throws {
        let fixture = try Fixture()
        fixture.source.padding = 5 << 20
        let clients = try (0..<100).map { _ in
            let client = try Client(fixture.gateway.address, receiveBufferBytes: 4096)
            client.send(String(repeating: "GET /api/state HTTP/1.1\r\nHost: localhost\r\n\r\n", count: 20))
            return client
        }
        for _ in 0..<200 { fixture.turn(timeoutMilliseconds: 1) }
        #expect(fixture.source.states < 20)
        #expect(fixture.budget.held < (fixture.source.states + 1) * (11 << 20))
        _ = clients
    }

    @Test func headsThatAreNotWholeAreBoundedTogether() throws {
        let fixture = try Fixture(heldBytes: 1_200_000)
        let head = "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + String(repeating: "a", count: 15_000)
        let clients = try (0..<40).map { _ in
            let client = try Client(fixture.gateway.address)
            client.send(head)
            return client
        }
        #expect(fixture.run { fixture.gateway.counters.connectionsStarved >= 20 })
        #expect(fixture.budget.held > 200_000 && fixture.budget.held <= 300_000)
        // A request that comes whole needs nothing to be kept.
        for target in ["/healthz", "/metrics", "/"] { #expect(try fixture.get(target).status == 200) }
        for client in clients { client.receive() }
        let refused = clients.filter { $0.text.hasPrefix("HTTP/1.1 503") && $0.text.contains("no memory") }
        #expect(refused.count == fixture.gateway.counters.connectionsStarved)
        for client in clients { client.close() }
        #expect(fixture.run { fixture.gateway.connections.count == 0 })
        #expect(fixture.budget.held == 0)
    }

    @Test func aViewerThatCannotBeKeptWithinAMessageIsClosed() throws {
        let fixture = try Fixture(heldBytes: 200_000)
        let crowd = Crowd(fixture)
        let front = try attachFront(fixture, bufferBytes: 4096)
        var watchers: [Client] = []
        for round in 0..<300
        where fixture.gateway.counters.viewersClosed[ViewerCloseReason.memory.rawValue] == 0 {
            if round % 10 == 0 {
                let client = try Client(fixture.gateway.address, receiveBufferBytes: 4096)
                client.send("GET /receive/a?shape=frames&hz=60 HTTP/1.1\r\nHost: localhost\r\n\r\n")
                watchers.append(client)
            }
            for index in 0..<700 { crowd.move("somebody with a long name \(index)", Double(round), 1) }
            fixture.advance(seconds: 0.02)
            for _ in 0..<3 { fixture.turn() }
            #expect(fixture.budget.held <= 200_000)
        }
        #expect(fixture.gateway.counters.viewersClosed[ViewerCloseReason.memory.rawValue] > 0)
        #expect(fixture.hub.counters.undelivered(.stalled) > 0)
        // The terminal of this server is not one of them, however long it stands still.
        #expect(fixture.gateway.isFrontAttached)
        for client in watchers { client.close() }
        front.close()
        #expect(fixture.run { fixture.gateway.connections.count == 0 })
        #expect(fixture.budget.held == 0)
    }

    @Test func theHeapIsLookedThroughWhenACrowdHasGone() {
        let second: Int64 = 1_000_000_000
        var memory = MemoryWatch()
        for step in 0..<10 {
            memory.note(step << 20, atMost: 0, now: Int64(step) * second)
            #expect(memory.isWatching == (step >= 4))
        }
        // They go: it is waited until they have gone.
        memory.note(3 << 20, atMost: 0, now: 10 * second)
        memory.note(1 << 20, atMost: 0, now: 11 * second)
        #expect(memory.isWatching)
        memory.note(1 << 20, atMost: 0, now: 12 * second)
        #expect(!memory.isWatching)
        // The next crowd's leavings are given back as well, but not at once.
        memory.note(9 << 20, atMost: 0, now: 13 * second)
        memory.note(1 << 20, atMost: 0, now: 14 * second)
        memory.note(1 << 20, atMost: 0, now: 15 * second)
        #expect(memory.isWatching)
        memory.note(1 << 20, atMost: 0, now: 18 * second)
        #expect(!memory.isWatching)
    }

    @Test func aCrowdThatGoesAtOnceIsNoticed() throws {
        let fixture = try Fixture()
        let head = "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + String(repeating: "a", count: 15_000)
        let clients = try (0..<300).map { _ in
            let client = try Client(fixture.gateway.address)
            client.send(head)
            return client
        }
        #expect(fixture.run { fixture.budget.held > 4 << 20 })
        // No time passes, so that nobody has looked while they were there.
        for client in clients { client.close() }
        #expect(fixture.run { fixture.gateway.connections.count == 0 })
        #expect(fixture.budget.most >= 4 << 20)
        // Nobody is there any more, and still the loop is to wake up for it.
        for _ in 0..<3 where fixture.gateway.memory.isWatching || fixture.budget.most > 0 {
            #expect(fixture.gateway.nextDeadline(now: fixture.now) != nil)
            fixture.advance(seconds: 0.3)
            fixture.turn()
        }
        #expect(!fixture.gateway.memory.isWatching && fixture.budget.most == 0)
    }
}
