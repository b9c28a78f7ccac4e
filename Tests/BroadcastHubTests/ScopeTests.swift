import FramesShape
import PointerEvents
import SSEWire
import Testing

@testable import BroadcastHub

/// What viewers are told who are held to some pages, byte for byte.
@Suite struct ScopeTests {
    /// A hub with pages `/shop/cart` (0), `/shop/` (1) and `/private` (2), and its channel.
    private func hub(_ change: (inout HubLimits) -> Void = { _ in }) -> (BroadcastHub, Int) {
        var limits = HubLimits()
        change(&limits)
        let hub = BroadcastHub(boot: 0xAB, epochOffsetNanoseconds: 0, limits: limits)
        let channel = hub.openChannel(pid: 1)
        for (index, path) in ["/shop/cart", "/shop/", "/private"].enumerated() {
            Array(path.utf8).withUnsafeBytes { hub.page(channel: channel, index: UInt32(index), bytes: $0) }
        }
        return (hub, channel)
    }

    private func move(_ hub: BroadcastHub, _ channel: Int, slot: UInt32, x: Double, page: UInt32? = nil) {
        var sample = PointerSample(x: x, y: 2)
        sample.slot = slot
        if let page {
            sample.fields = .page
            sample.page = page
        }
        hub.received(channel: channel, sample, now: 0)
        hub.endTurn(now: 0)
    }

    private let shop = PageScope(parsing: "page:/shop/*".utf8)!
    private let cart = PageScope(parsing: "page:/shop/cart".utf8)!

    /// Attaches a viewer of the default shape and takes its opening.
    private func attach(
        _ hub: BroadcastHub, _ scope: PageScope, _ resume: ResumeRequest = .head
    ) throws -> ViewerID {
        let viewer = try hub.attach(shape: .samples, resume: resume, within: scope, now: 0)
        _ = hub.read(viewer, limit: SamplesModel.opening.count, now: 0)
        return viewer
    }

    /// The data of the default shape, a line each.
    private func data(_ hub: BroadcastHub, _ viewer: ViewerID) -> [String] {
        hub.readAll(viewer, now: 0).split(separator: "\n").filter { $0.hasPrefix("data: ") }
            .map { String($0.dropFirst(6)) }
    }

    @Test func whoMovesAwayIsGoneAndWhoComesInIsNew() throws {
        let (hub, channel) = hub()
        let viewer = try attach(hub, shop)
        hub.join(channel, slot: 0, id: "a", now: 0)
        move(hub, channel, slot: 0, x: 1)  // of an unknown page
        move(hub, channel, slot: 0, x: 2, page: 2)
        #expect(!hub.hasOutput(viewer))
        move(hub, channel, slot: 0, x: 3, page: 1)
        move(hub, channel, slot: 0, x: 4)
        move(hub, channel, slot: 0, x: 5, page: 0)
        move(hub, channel, slot: 0, x: 6, page: 2)
        move(hub, channel, slot: 0, x: 7)
        hub.left(channel: channel, slot: 0, now: 0)
        hub.endTurn(now: 0)
        #expect(
            data(hub, viewer) == [
                #"{"id":"a","x":3,"y":2,"p":"/shop/"}"#, #"{"id":"a","x":4,"y":2}"#,
                #"{"id":"a","x":5,"y":2,"p":"/shop/cart"}"#, #"{"kill":"a"}"#,
            ])
        #expect(hub.delivered(viewer) == 3 && hub.pending(viewer) == 0 && hub.conflated(viewer) == 0)
        #expect(hub.counters.offered == 3 && hub.counters.relayed == 7 && hub.counters.kills == 1)
    }

    @Test func twoConnectionsOfOneVisitorAreOnTwoPages() throws {
        let (hub, channel) = hub()
        let viewer = try attach(hub, shop)
        for slot: UInt32 in 0..<2 { hub.join(channel, slot: slot, id: "a", now: 0) }
        move(hub, channel, slot: 0, x: 1, page: 1)
        move(hub, channel, slot: 1, x: 2, page: 2)
        move(hub, channel, slot: 1, x: 3)
        move(hub, channel, slot: 0, x: 4)
        #expect(
            data(hub, viewer) == [
                #"{"id":"a","x":1,"y":2,"p":"/shop/"}"#, #"{"kill":"a"}"#,
                #"{"id":"a","x":4,"y":2,"p":"/shop/"}"#,
            ])
        // Of whom the newest sample may be of either: not in before the next.
        let late = try hub.attach(shape: .frames(.hz60), resume: .head, within: cart, now: 0)
        #expect(hub.readAll(late, now: 0).contains("\"visitors\":[]"))
    }

    @Test func aScopeBeginsWithThoseWhoAreThere() throws {
        let (hub, channel) = hub()
        for (slot, page) in [0, 2, 1, 0].enumerated() {
            hub.join(channel, slot: UInt32(slot), id: "v\(slot)", now: 0)
            move(hub, channel, slot: UInt32(slot), x: Double(slot), page: UInt32(page))
        }
        hub.join(channel, slot: 9, id: "silent", now: 0)
        let viewer = try hub.attach(shape: .frames(.hz60), resume: .head, within: cart, now: 0)
        let text = hub.readAll(viewer, now: 0)
        for id in ["v0", "v3"] { #expect(text.contains("\"\(id)\"")) }
        for id in ["v1", "v2", "silent", "/shop/\"", "private"] { #expect(!text.contains(id)) }
        var listed: [String] = []
        let ranking = try hub.ranking(limit: 9, within: cart, now: 0)
        hub.forEachVisitor(in: ranking, now: 0) { listed.append(String(decoding: $0.id, as: UTF8.self)) }
        #expect(listed == ["v3", "v0"])
        let figures = try #require(hub.scope(of: viewer).flatMap { hub.figures(of: $0) })
        #expect(figures.present == 2 && figures.viewers == 1 && figures.relayed == 0 && figures.offered == 0)
        #expect(hub.counters.offered == 0 && hub.counters.viewers == 1)
    }

    @Test func resumesWithinAScopeAndNowhereElse() throws {
        let (hub, channel) = hub()
        hub.join(channel, slot: 0, id: "a", now: 0)
        move(hub, channel, slot: 0, x: 0, page: 1)
        let viewer = try attach(hub, shop)
        move(hub, channel, slot: 0, x: 1)
        let text = hub.readAll(viewer, now: 0)
        let id = text.split(separator: "\n").first { $0.hasPrefix("id: ") }!.dropFirst(4)
        let resume = Array(id.utf8).withUnsafeBytes { ResumeRequest(lastEventID: $0) }
        hub.detach(viewer, reason: .closed)
        hub.tick(now: 0)
        move(hub, channel, slot: 0, x: 2)
        move(hub, channel, slot: 0, x: 3, page: 2)
        let again = try attach(hub, shop, resume)
        #expect(data(hub, again) == [#"{"id":"a","x":2,"y":2}"#, #"{"kill":"a"}"#])
        // Of another scope, of none, and from none: everything is forgotten first.
        for scope in [cart, shop] {
            let whole = ResumeRequest.after(LastEventID(boot: hub.boot, n: 1))
            let other = try attach(hub, scope, scope == cart ? resume : whole)
            #expect(hub.readAll(other, now: 0).contains("event: reset"))
        }
        let everything = hub.attach(shape: .samples, resume: resume, now: 0)
        #expect(hub.readAll(everything, now: 0).contains("event: reset"))
    }

    @Test func seventeenAreTooMany() throws {
        let (hub, _) = hub()
        let scopes = (0..<17).map { PageScope(parsing: "page:/\($0)".utf8)! }
        var viewers: [ViewerID] = []
        for scope in scopes.prefix(16) {
            viewers.append(try hub.attach(shape: .samples, resume: .head, within: scope, now: 0))
        }
        // One that is in use takes no room.
        viewers.append(try hub.attach(shape: .samples, resume: .head, within: scopes[3], now: 0))
        #expect(throws: ScopeRefusal.tooMany) {
            try hub.attach(shape: .samples, resume: .head, within: scopes[16], now: 0)
        }
        #expect(throws: ScopeRefusal.tooMany) { _ = try hub.ranking(limit: 1, within: scopes[16], now: 0) }
        #expect(hub.counters.refusedScopes == 2)
        hub.detach(viewers[3], reason: .closed)
        #expect(throws: ScopeRefusal.tooMany) {
            try hub.attach(shape: .samples, resume: .head, within: scopes[16], now: 0)
        }
        hub.detach(viewers[16], reason: .closed)
        let last = try hub.attach(shape: .samples, resume: .head, within: scopes[16], now: 0)
        #expect(hub.hasOutput(last) && !hub.hasOutput(viewers[3]))
        #expect(hub.counters.viewers == 16)
    }

    @Test func aScopeOutlivesItsViewersForAWhile() throws {
        let (hub, _) = hub()
        #expect(hub.nextTick(now: 0) == nil)
        let viewer = try attach(hub, shop)
        hub.detach(viewer, reason: .closed)
        #expect(hub.nextTick(now: 7) == 7)
        hub.tick(now: 7)
        #expect(hub.nextTick(now: 7) == 30_000_000_007)
        hub.tick(now: 30_000_000_006)
        #expect(hub.hasScopes)
        hub.tick(now: 30_000_000_007)
        #expect(!hub.hasScopes && hub.nextTick(now: 30_000_000_007) == nil)
        // What it counted stays counted, and its viewer's name means nobody.
        #expect(hub.pending(viewer) == nil && hub.scope(of: viewer) == nil)
    }

    @Test func everyoneGetsTheStatusThatIsForThem() throws {
        let (hub, channel) = hub()
        hub.join(channel, slot: 0, id: "a", now: 0)
        move(hub, channel, slot: 0, x: 0, page: 0)
        let whole = hub.attach(shape: .frames(.hz60), resume: .head, now: 0)
        let less = hub.attach(shape: .frames(.hz60), resume: .head, showsLess: true, now: 0)
        let held = try hub.attach(shape: .frames(.hz60), resume: .head, within: cart, now: 0)
        for viewer in [whole, less, held] { _ = hub.readAll(viewer, now: 0) }
        let texts = ["whole", "brief", "scoped"].map { Array("{\"\($0)\":1}".utf8) }
        texts[0].withUnsafeBytes { whole in
            #expect(texts[1].withUnsafeBytes { hub.setStatus(whole, brief: $0) })
        }
        let number = try #require(hub.scope(of: held))
        #expect(texts[2].withUnsafeBytes { hub.setStatus($0, of: number) })
        for (viewer, name) in [(whole, "whole"), (less, "brief"), (held, "scoped")] {
            let text = hub.readAll(viewer, now: 0)
            #expect(text.hasSuffix("event: status\ndata: {\"\(name)\":1}\n\n"))
            #expect(text.split(separator: "event: ").count == 2)
        }
        let long = [UInt8](repeating: 0x20, count: hub.limits.frames.statusBytes + 1)
        #expect(!texts[0].withUnsafeBytes { all in long.withUnsafeBytes { hub.setStatus(all, brief: $0) } })
    }
}
