import PointerEvents
import Testing

@testable import BroadcastHub
@testable import FramesShape

/// A connection that moves is nothing to viewers, and is ended once whatever happens; byte for byte.
@Suite struct MoveTests {
    private func hub() -> (hub: BroadcastHub, old: Int, new: Int, viewer: ViewerID) {
        let hub = BroadcastHub(boot: 0xAB, epochOffsetNanoseconds: 0)
        let (old, new) = (hub.openChannel(pid: 41), hub.openChannel(pid: 42))
        let viewer = hub.attach(shape: .samples, resume: .head, now: 0)
        _ = hub.readAll(viewer, now: 0)
        return (hub, old, new, viewer)
    }

    private func said(_ hub: BroadcastHub, _ viewer: ViewerID) -> [String] {
        hub.endTurn(now: 9)
        return hub.readAll(viewer, now: 9).split(separator: "\n").filter { $0.hasPrefix("data: ") }
            .map { String($0.dropFirst(6)) }
    }

    @discardableResult
    private func rejoin(
        _ hub: BroadcastHub, _ channel: Int, slot: UInt32, _ id: String, with connection: UInt64
    ) -> JoinRefusal? {
        Array(id.utf8).withUnsafeBytes {
            hub.joined(channel: channel, slot: slot, id: $0, movedWith: connection, now: 5)
        }
    }

    @Test func nobodyIsToldOfAMove() {
        let (hub, old, new, viewer) = hub()
        hub.join(old, slot: 0, id: "ann", now: 0)
        hub.join(old, slot: 1, id: "bob", now: 0)
        hub.sample(old, slot: 0, x: 1, now: 0)
        for slot: UInt32 in 0...1 { hub.moving(channel: old, slot: slot, connection: 7, now: 1) }
        hub.moved(connection: 7, from: old)
        // The worker before is gone by now, and with it nobody.
        hub.closeChannel(old, now: 2)
        #expect(said(hub, viewer) == ["{\"id\":\"ann\",\"x\":1,\"y\":2}"])
        hub.adopted(connection: 7, by: new)
        rejoin(hub, new, slot: 5, "bob", with: 7)
        rejoin(hub, new, slot: 3, "ann", with: 7)
        hub.sample(new, slot: 3, x: 2, now: 3)
        hub.sample(new, slot: 5, x: 3, now: 3)
        #expect(
            said(hub, viewer) == [
                "{\"id\":\"ann\",\"x\":2,\"y\":2}", "{\"id\":\"bob\",\"x\":3,\"y\":2}",
            ])
        #expect(hub.counters.joins == 2 && hub.counters.kills == 0 && hub.counters.returns == 0)
        hub.forEachVisitor(now: 60) { #expect($0.sinceMilliseconds == 0 && $0.processID == 42) }
        hub.connectionEnded(7, now: 4)
        hub.closeChannel(new, now: 5)
        #expect(said(hub, viewer) == ["{\"kill\":\"ann\"}", "{\"kill\":\"bob\"}"])
    }

    /// Whoever has the connection at its end ends it: the old worker, the master, the new worker.
    @Test(arguments: 0..<6) func itIsEndedOnce(step: Int) {
        let (hub, old, new, viewer) = hub()
        hub.join(old, slot: 0, id: "ann", now: 0)
        hub.moving(channel: old, slot: 0, connection: 7, now: 1)
        switch step {
        case 0: hub.closeChannel(old, now: 2)
        case 1: hub.connectionEnded(7, now: 2)
        case 2:
            hub.moved(connection: 7, from: old)
            hub.closeChannel(old, now: 2)
            hub.closeChannel(new, now: 2)
            #expect(said(hub, viewer) == [])
            hub.connectionEnded(7, now: 2)
        case 3:
            hub.moved(connection: 7, from: old)
            hub.adopted(connection: 7, by: new)
            hub.closeChannel(old, now: 2)
            #expect(said(hub, viewer) == [])
            hub.closeChannel(new, now: 2)
        case 4:
            hub.moved(connection: 7, from: old)
            hub.adopted(connection: 7, by: new)
            hub.connectionEnded(7, now: 2)
        default:
            hub.moved(connection: 7, from: old)
            hub.adopted(connection: 7, by: new)
            rejoin(hub, new, slot: 0, "ann", with: 7)
            hub.connectionEnded(7, now: 2)
            #expect(said(hub, viewer) == [])
            hub.left(channel: new, slot: 0, now: 3)
        }
        #expect(said(hub, viewer) == ["{\"kill\":\"ann\"}"])
        hub.connectionEnded(7, now: 4)
        hub.closeChannel(old, now: 4)
        hub.closeChannel(new, now: 4)
        #expect(said(hub, viewer) == [])
    }

    /// The claim goes along: the same page load and token are no replay, and another one's are refused still.
    @Test func theClaimGoesAlong() {
        let (hub, old, new, _) = hub()
        func join(_ channel: Int, slot: UInt32, stamp: UInt64, instance: UInt64) -> JoinRefusal? {
            Array("~a".utf8).withUnsafeBytes {
                hub.joined(
                    channel: channel, slot: slot, id: $0,
                    claim: IdentityClaim(stamp: stamp, instance: instance), now: 0)
            }
        }
        #expect(join(old, slot: 0, stamp: 5, instance: 1) == nil)
        hub.moving(channel: old, slot: 0, connection: 7, now: 1)
        #expect(join(old, slot: 1, stamp: 6, instance: 2) == .claim(.inUse))
        hub.moved(connection: 7, from: old)
        hub.adopted(connection: 7, by: new)
        #expect(rejoin(hub, new, slot: 4, "~a", with: 7) == nil)
        #expect(join(old, slot: 2, stamp: 6, instance: 2) == .claim(.inUse))
        hub.left(channel: new, slot: 4, now: 2)
        #expect(join(old, slot: 3, stamp: 6, instance: 2) == nil)
    }

    /// A worker can neither take what is another's nor be believed to bring what was never taken away.
    @Test func nobodyTakesWhatIsNotTheirs() {
        let (hub, old, new, viewer) = hub()
        hub.join(old, slot: 0, id: "ann", now: 0)
        hub.moving(channel: old, slot: 0, connection: 7, now: 1)
        // Nobody has given it to this one.
        hub.adopted(connection: 7, by: new)
        rejoin(hub, new, slot: 0, "ann", with: 7)
        hub.left(channel: new, slot: 0, now: 2)
        #expect(said(hub, viewer) == [])
        // What joins besides is a join as any other.
        rejoin(hub, new, slot: 1, "eve", with: 99)
        #expect(hub.counters.joins == 2 && hub.counters.present == 2)
        // Another channel's cannot be added to.
        hub.moving(channel: new, slot: 1, connection: 7, now: 3)
        #expect(said(hub, viewer) == ["{\"kill\":\"eve\"}"])
        hub.connectionEnded(7, now: 4)
        #expect(said(hub, viewer) == ["{\"kill\":\"ann\"}"])
    }

    /// Who is in a scope stays in it, by the page that the connection named last.
    @Test func thePageGoesAlong() throws {
        let (hub, old, new, _) = hub()
        Array("/a".utf8).withUnsafeBytes { hub.page(channel: old, index: 3, bytes: $0) }
        hub.join(old, slot: 0, id: "ann", now: 0)
        let scope = try #require(PageScope(parsing: "page:/a".utf8))
        let viewer = try hub.attach(shape: .samples, resume: .head, within: scope, now: 0)
        var sample = PointerSample(x: 1, y: 2)
        sample.fields.insert(.page)
        sample.page = 3
        hub.received(channel: old, sample, now: 0)
        hub.moving(channel: old, slot: 0, connection: 7, now: 1)
        hub.moved(connection: 7, from: old)
        hub.closeChannel(old, now: 1)
        hub.sweepTexts()
        hub.adopted(connection: 7, by: new)
        rejoin(hub, new, slot: 2, "ann", with: 7)
        _ = said(hub, viewer)
        hub.sample(new, slot: 2, x: 4, now: 2)
        #expect(said(hub, viewer) == ["{\"id\":\"ann\",\"x\":4,\"y\":2}"])
    }

    /// A page that nothing else names any more: its visitor is on another one by another connection, the ring
    /// has rolled over, and what is remembered of pages is over.
    @Test func thePageOfAConnectionOnItsWayIsKept() throws {
        var limits = HubLimits()
        limits.ringBytes = 1 << 20
        let hub = BroadcastHub(boot: 0xAB, epochOffsetNanoseconds: 0, limits: limits)
        let (old, new) = (hub.openChannel(pid: 41), hub.openChannel(pid: 42))
        func page(_ channel: Int, _ index: UInt32, _ path: String) {
            Array(path.utf8).withUnsafeBytes { hub.page(channel: channel, index: index, bytes: $0) }
        }
        func sample(_ channel: Int, slot: UInt32, page: UInt32, now: Int64) {
            var sample = PointerSample(x: 1, y: 2)
            sample.slot = slot
            sample.fields.insert(.page)
            sample.page = page
            hub.received(channel: channel, sample, now: now)
        }
        page(old, 3, "/a")
        page(new, 4, "/b")
        hub.join(old, slot: 0, id: "ann", now: 0)
        hub.join(new, slot: 1, id: "ann", now: 0)
        sample(old, slot: 0, page: 3, now: 0)
        sample(new, slot: 1, page: 4, now: 1)
        hub.moving(channel: old, slot: 0, connection: 7, now: 2)
        hub.moved(connection: 7, from: old)
        hub.closeChannel(old, now: 2)
        for _ in 0..<40_000 { hub.sample(new, slot: 1, now: 3) }
        hub.endTurn(now: 3)
        var now: Int64 = 3
        for _ in 0..<1_300 {
            now += 1_000_000_000
            hub.foldHistories(now: now)
        }
        #expect(hub.pages.count == 2)
        hub.sweepTexts()
        #expect(hub.pages.count == 2)
        // Its number would be this one's now.
        page(new, 5, "/c")
        hub.adopted(connection: 7, by: new)
        rejoin(hub, new, slot: 2, "ann", with: 7)
        let scope = try #require(PageScope(parsing: "page:/a".utf8))
        let viewer = try hub.attach(shape: .samples, resume: .head, within: scope, now: now)
        _ = said(hub, viewer)
        hub.sample(new, slot: 2, x: 4, now: now)
        hub.endTurn(now: now)
        #expect(hub.readAll(viewer, now: now).contains("{\"id\":\"ann\",\"x\":4,\"y\":2,\"p\":\"/a\"}"))
    }
}
