import ByteCore
import PointerEvents
import Testing

@testable import BroadcastHub
@testable import FramesShape

/// How much the ring holds, and when text is made.
@Suite struct RingTests {
    private func hub(ringBytes: Int) -> (BroadcastHub, Int) {
        var limits = HubLimits()
        limits.ringBytes = ringBytes
        let hub = BroadcastHub(boot: 1, epochOffsetNanoseconds: 0, limits: limits)
        let channel = hub.openChannel(pid: 1)
        hub.join(channel, slot: 0, id: "a", now: 0)
        return (hub, channel)
    }

    private func send(_ count: Int, _ hub: BroadcastHub, _ channel: Int) {
        for index in 0..<count { hub.sample(channel, slot: 0, x: Double(index % 900), now: 0) }
        hub.endTurn(now: 0)
    }

    @Test func withoutViewersNoTextIsMadeAndTheRingIsFull() {
        let (hub, channel) = hub(ringBytes: 1 << 20)
        send(40_000, hub, channel)
        #expect(hub.ring.segments.allSatisfy { $0.encodedCount == 0 })
        #expect(hub.ringBytes <= 1 << 20)
        // 64 bytes a record, 4 for its place in the text, and at most two segments not in use.
        let held = Int(hub.headN + 1 - hub.ring.firstN)
        #expect(held * 68 > (1 << 20) - 2 * 1_024 * 68)
    }

    @Test func framesViewersNeedNoTextOfTheRing() {
        let (hub, channel) = hub(ringBytes: 1 << 20)
        let viewer = hub.attach(shape: .frames(.hz10), resume: .head, now: 0)
        _ = hub.readAll(viewer, now: 0)
        send(3_000, hub, channel)
        hub.tick(now: 100_000_000)
        _ = hub.readAll(viewer, now: 100_000_000)
        #expect(hub.delivered(viewer) == 3_000)
        #expect(hub.ring.segments.allSatisfy { $0.encodedCount == 0 })
    }

    @Test func textIsMadeOnceForAll() {
        let (hub, channel) = hub(ringBytes: 1 << 20)
        let viewers = (0..<3).map { _ in hub.attach(shape: .samples, resume: .head, now: 0) }
        for viewer in viewers { _ = hub.readAll(viewer, now: 0) }
        send(100, hub, channel)
        var places: [UnsafeRawPointer?] = []
        for viewer in viewers {
            let chunk = hub.nextChunk(viewer, limit: .max)
            places.append(chunk?.baseAddress)
            hub.took(viewer, bytes: chunk?.count ?? 0, now: 0)
        }
        #expect(Set(places).count == 1 && places[0] != nil)
        #expect(hub.counters.delivered == 300)
    }

    @Test func aViewerThatNeverReadsCostsTheRingNothing() {
        let (hub, channel) = hub(ringBytes: 1 << 20)
        let good = hub.attach(shape: .samples, resume: .head, now: 0)
        let stuck = (0..<20).map { _ in hub.attach(shape: .samples, resume: .head, now: 0) }
        var delivered = 0
        for _ in 0..<300 {
            send(100, hub, channel)
            while hub.hasOutput(good) { delivered += hub.read(good, now: 0).isEmpty ? 0 : 1 }
            #expect(hub.ringBytes <= 1 << 20)
        }
        #expect(hub.delivered(good) == 30_000)
        #expect(hub.conflated(good) == 0)
        for viewer in stuck {
            #expect(hub.find(viewer)?.carry.count == 0)
            // It comes back: the opening, the newest sample, and that is all.
            let text = hub.readAll(viewer, now: 0)
            #expect(text.hasSuffix("id: 0000000000000001-30000\ndata: {\"id\":\"a\",\"x\":99,\"y\":2}\n\n"))
            #expect(hub.delivered(viewer) == 1)
            #expect(hub.conflated(viewer) == 29_999)
        }
    }

    @Test func oneByteAtATime() {
        let (hub, channel) = hub(ringBytes: 1 << 20)
        let whole = hub.attach(shape: .samples, resume: .head, now: 0)
        let slow = hub.attach(shape: .samples, resume: .head, now: 0)
        send(20, hub, channel)
        hub.left(channel: channel, slot: 0, now: 0)
        hub.endTurn(now: 0)
        let expected = hub.readAll(whole, now: 0)
        var bytes: [UInt8] = []
        while hub.hasOutput(slow) { bytes += hub.read(slow, limit: 1, now: 0) }
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
        #expect(hub.delivered(slow) == 20)
    }
}
