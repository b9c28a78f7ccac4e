import Testing

@testable import BroadcastHub
@testable import FramesShape

/// Who leaves a page has time to come to the next, byte for byte.
@Suite struct GraceTests {
    private static let second: Int64 = 1_000_000_000

    private func hub(grace: Int64 = 5 * second) -> (hub: BroadcastHub, channel: Int, viewer: ViewerID) {
        var limits = HubLimits()
        limits.graceNanoseconds = grace
        let hub = BroadcastHub(boot: 0xAB, epochOffsetNanoseconds: 0, limits: limits)
        let channel = hub.openChannel(pid: 42)
        let viewer = hub.attach(shape: .samples, resume: .head, now: 0)
        _ = hub.readAll(viewer, now: 0)
        return (hub, channel, viewer)
    }

    private func said(_ hub: BroadcastHub, _ viewer: ViewerID, now: Int64) -> [String] {
        hub.endTurn(now: now)
        return hub.readAll(viewer, now: now).split(separator: "\n").filter { $0.hasPrefix("data: ") }
            .map { String($0.dropFirst(6)) }
    }

    @Test func whoComesBackHasMoved() {
        let (hub, channel, viewer) = hub()
        hub.join(channel, slot: 0, id: "ann", now: 0)
        hub.sample(channel, slot: 0, x: 1, now: 0)
        hub.left(channel: channel, slot: 0, mayReturn: true, now: Self.second)
        #expect(hub.nextDeadline == 6 * Self.second && hub.counters.present == 1)
        hub.join(channel, slot: 3, id: "ann", now: 5 * Self.second)
        #expect(hub.nextDeadline == nil)
        hub.sample(channel, slot: 3, x: 2, now: 5 * Self.second)
        #expect(
            said(hub, viewer, now: 60 * Self.second) == [
                "{\"id\":\"ann\",\"x\":1,\"y\":2}", "{\"id\":\"ann\",\"x\":2,\"y\":2}",
            ])
        hub.forEachVisitor(now: 60 * Self.second) { #expect($0.sinceMilliseconds == 0) }
        #expect(hub.counters.joins == 1 && hub.counters.kills == 0 && hub.counters.returns == 1)
    }

    @Test func whoDoesNotHasGoneOnceAtTheEnd() {
        let (hub, channel, viewer) = hub()
        hub.join(channel, slot: 0, id: "ann", now: 0)
        hub.left(channel: channel, slot: 0, mayReturn: true, now: 0)
        #expect(said(hub, viewer, now: 5 * Self.second - 1) == [])
        #expect(said(hub, viewer, now: 5 * Self.second) == ["{\"kill\":\"ann\"}"])
        #expect(said(hub, viewer, now: 50 * Self.second) == [])
        // Whoever comes later is here since then.
        hub.join(channel, slot: 0, id: "ann", now: 50 * Self.second)
        hub.forEachVisitor(now: 60 * Self.second) { #expect($0.sinceMilliseconds == 50_000) }
        #expect(hub.counters.joins == 2)
    }

    /// The time is that of the last bye, and a plain leave of a later connection ends it.
    @Test func theTimeBeginsAnew() {
        let (hub, channel, viewer) = hub()
        hub.join(channel, slot: 0, id: "ann", now: 0)
        hub.left(channel: channel, slot: 0, mayReturn: true, now: 0)
        hub.join(channel, slot: 0, id: "ann", now: 3 * Self.second)
        hub.left(channel: channel, slot: 0, mayReturn: true, now: 4 * Self.second)
        #expect(said(hub, viewer, now: 6 * Self.second) == [])
        hub.join(channel, slot: 1, id: "ann", now: 7 * Self.second)
        hub.left(channel: channel, slot: 1, now: 8 * Self.second)
        #expect(said(hub, viewer, now: 8 * Self.second) == ["{\"kill\":\"ann\"}"])
        #expect(said(hub, viewer, now: 20 * Self.second) == [])
    }

    /// Pages that come and say bye take nobody's room: who has waited longest makes it.
    @Test func atTheLimitWhoeverHasWaitedLongestGoes() {
        var limits = HubLimits()
        limits.graces = 2
        let hub = BroadcastHub(boot: 0xAB, epochOffsetNanoseconds: 0, limits: limits)
        let channel = hub.openChannel(pid: 42)
        let viewer = hub.attach(shape: .samples, resume: .head, now: 0)
        _ = hub.readAll(viewer, now: 0)
        for (slot, id) in ["ann", "bea", "cat", "dan"].enumerated() {
            hub.join(channel, slot: UInt32(slot), id: id, now: 0)
        }
        for slot: UInt32 in 0..<3 {
            hub.left(channel: channel, slot: slot, mayReturn: true, now: Int64(slot))
        }
        #expect(said(hub, viewer, now: Self.second) == ["{\"kill\":\"ann\"}"])
        #expect(hub.counters.present == 3)
        hub.join(channel, slot: 9, id: "bea", now: Self.second)
        hub.left(channel: channel, slot: 3, mayReturn: true, now: Self.second)
        #expect(said(hub, viewer, now: 2 * Self.second) == [])
    }

    @Test func aWorkerThatDiesEndsWhoSpeaksAndNobodyElse() {
        let (hub, channel, viewer) = hub()
        hub.join(channel, slot: 0, id: "ann", now: 0)
        hub.join(channel, slot: 1, id: "bob", now: 0)
        hub.left(channel: channel, slot: 0, mayReturn: true, now: 0)
        hub.closeChannel(channel, now: Self.second)
        #expect(said(hub, viewer, now: Self.second) == ["{\"kill\":\"bob\"}"])
        hub.endEveryGrace(now: Self.second)
        #expect(said(hub, viewer, now: Self.second) == ["{\"kill\":\"ann\"}"])
        #expect(hub.nextDeadline == nil)
    }

    @Test func withoutGraceAByeIsALeave() {
        let (hub, channel, viewer) = hub(grace: 0)
        hub.join(channel, slot: 0, id: "ann", now: 0)
        hub.left(channel: channel, slot: 0, mayReturn: true, now: 0)
        #expect(said(hub, viewer, now: 0) == ["{\"kill\":\"ann\"}"])
    }
}
