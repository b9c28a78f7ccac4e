import Testing

@testable import BroadcastHub
@testable import FramesShape

/// How one viewer gets on.
@Suite struct ViewerFiguresTests {
    private func hub() -> (BroadcastHub, Int) {
        var limits = HubLimits()
        limits.ringBytes = 256 * 1024
        let hub = BroadcastHub(boot: 1, epochOffsetNanoseconds: 0, limits: limits)
        let channel = hub.openChannel(pid: 42)
        hub.join(channel, slot: 0, id: "a", now: 0)
        return (hub, channel)
    }

    @Test func aViewerOfSamples() throws {
        let (hub, channel) = hub()
        let viewer = hub.attach(shape: .samples, resume: .head, now: 100)
        let opening = hub.readAll(viewer, now: 150).utf8.count
        for _ in 0..<3 { hub.sample(channel, slot: 0, now: 160) }
        hub.endTurn(now: 160)
        #expect(
            hub.figures(of: viewer, now: 200)
                == ViewerFigures(
                    shape: .samples, behind: 3, conflated: 0, bytes: UInt64(opening), age: 100, idle: 50))
        let rest = hub.readAll(viewer, now: 220).utf8.count
        let had = try #require(hub.figures(of: viewer, now: 300))
        #expect(had.behind == 0 && had.idle == 80 && had.bytes == UInt64(opening + rest))
        // What fell off the ring is skipped.
        for _ in 0..<20_000 { hub.sample(channel, slot: 0, now: 400) }
        hub.endTurn(now: 400)
        #expect(hub.figures(of: viewer, now: 400)?.behind == 20_000)
        _ = hub.readAll(viewer, now: 400)
        #expect(hub.figures(of: viewer, now: 400)?.behind == 0)
        #expect(hub.figures(of: viewer, now: 400)?.conflated == hub.conflated(viewer))
        #expect(hub.counters.bytes == hub.figures(of: viewer, now: 400)?.bytes)
        hub.detach(viewer, reason: .closed)
        #expect(hub.figures(of: viewer, now: 400) == nil)
    }

    @Test func aViewerOfFrames() {
        let (hub, channel) = hub()
        let viewer = hub.attach(shape: .frames(.hz30), resume: .head, now: 0)
        _ = hub.readAll(viewer, now: 0)
        for _ in 0..<7 { hub.sample(channel, slot: 0, now: 10) }
        #expect(hub.figures(of: viewer, now: 10)?.behind == 7)
        hub.tick(now: 1_000_000_000)
        _ = hub.readAll(viewer, now: 1_000_000_000)
        #expect(hub.figures(of: viewer, now: 10)?.behind == 0)
        #expect(hub.figures(of: viewer, now: 10)?.shape == .frames(.hz30))
    }

    /// A byte at a time: between messages is where everything so far parses and nothing is half there.
    @Test(arguments: [ViewerShape.samples, .frames(.hz10)])
    func betweenMessagesIsNowhereElse(shape: ViewerShape) {
        let (hub, channel) = hub()
        let viewer = hub.attach(shape: shape, resume: .head, now: 0)
        #expect(hub.isBetweenMessages(viewer))
        var text: [UInt8] = []
        for round: Int64 in 1...3 {
            hub.sample(channel, slot: 0, now: round)
            hub.endTurn(now: round)
            hub.tick(now: round * 200_000_000)
            while hub.hasOutput(viewer) {
                let bytes = hub.read(viewer, limit: 1, now: round)
                guard !bytes.isEmpty else { break }
                text += bytes
                let isEnd = text.count > 2048 && text.suffix(2) == [10, 10]
                // The opening ends with a blank line of its own; it is one piece all the same.
                #expect(hub.isBetweenMessages(viewer) == isEnd, "behind \(text.count) bytes")
            }
        }
        #expect(text.count > 2200)
    }
}
