import FramesShape
import PointerEvents
import SSEWire
import Testing

@testable import BroadcastHub

/// What viewers are told who want to see some, byte for byte, and what happens when they want to see others.
@Suite struct FilterTests {
    static let pages = ["/shop/cart", "/shop/", "/private", "home?x=1"]

    /// A hub with the pages by their place, and its channel.
    private func hub(_ change: (inout HubLimits) -> Void = { _ in }) -> (BroadcastHub, Int) {
        var limits = HubLimits()
        change(&limits)
        let hub = BroadcastHub(boot: 0xAB, epochOffsetNanoseconds: 0, limits: limits)
        let channel = hub.openChannel(pid: 1)
        for (index, path) in Self.pages.enumerated() {
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

    static func filter(pages: [String] = [], visitors: [String] = []) throws(FilterRefusal) -> StreamFilter {
        try StreamFilter(pages: pages.map { Array($0.utf8) }, visitors: visitors.map { Array($0.utf8) })
    }

    /// Attaches a viewer of the default shape and takes its opening.
    private func attach(
        _ hub: BroadcastHub, _ filter: StreamFilter?, _ resume: ResumeRequest = .head,
        within scope: PageScope? = nil
    ) throws -> ViewerID {
        let viewer =
            filter == nil
            ? hub.attach(shape: .samples, resume: resume, now: 0)
            : try hub.attach(shape: .samples, resume: resume, within: scope, filter: filter, now: 0)
        _ = hub.read(viewer, limit: SamplesModel.opening.count, now: 0)
        return viewer
    }

    /// The data of the default shape, a line each.
    private func data(_ hub: BroadcastHub, _ viewer: ViewerID) -> [String] {
        hub.readAll(viewer, now: 0).split(separator: "\n").filter { $0.hasPrefix("data: ") }
            .map { String($0.dropFirst(6)) }
    }

    // MARK: What a filter takes

    @Test func equalFiltersAreEqual() throws {
        #expect(try Self.filter(pages: ["/b", "/a", "/b"]) == Self.filter(pages: ["/a", "/b"]))
        #expect(try Self.filter(pages: ["/a"]) != Self.filter(pages: ["/a*"]))
        #expect(try Self.filter(pages: ["/a"]) != Self.filter(visitors: ["/a"]))
        #expect(try Self.filter().isEmpty && !Self.filter(visitors: ["a"]).isEmpty)
    }

    @Test func whatIsNoFilterIsRefused() throws {
        func refusal(_ pages: [[UInt8]], _ visitors: [[UInt8]] = []) -> FilterRefusal? {
            do throws(FilterRefusal) {
                _ = try StreamFilter(pages: pages, visitors: visitors)
                return nil
            } catch {
                return error
            }
        }
        let a: [UInt8] = [0x61]
        #expect(refusal([[]]) == .page && refusal([], [[]]) == .visitor)
        #expect(refusal([[0xFF]]) == .page && refusal([], [[0xC3]]) == .visitor)
        #expect(refusal([Array(repeating: 0x61, count: 256)], [Array(repeating: 0x61, count: 64)]) == nil)
        #expect(refusal([Array(repeating: 0x61, count: 257)]) == .page)
        #expect(refusal([], [Array(repeating: 0x61, count: 65)]) == .visitor)
        #expect(refusal(Array(repeating: a, count: 16), Array(repeating: a, count: 16)) == nil)
        #expect(refusal(Array(repeating: a, count: 17)) == .pages)
        #expect(refusal([], Array(repeating: a, count: 17)) == .visitors)
    }

    @Test(arguments: [
        ("/a", ["/a", "/a?x=1", "/a#top"], ["/", "/ab", "/b", "A", ""]),
        ("/a*", ["/a", "/ab?x", "/a/b"], ["/b", "/", "x/a"]),
        ("/a?x=1", ["/a?x=1"], ["/a", "/a?x=12", "/a?x=1#top"]),
        ("/a?x=*", ["/a?x=", "/a?x=1#top"], ["/a", "/a#?x="]),
        ("home", ["home", "home?x=1"], ["/home", "homes"]), ("*", ["", "/", "x?y"], []),
    ])
    func pagesAreComparedByteForByte(pattern: String, admitted: [String], others: [String]) throws {
        let filter = try Self.filter(pages: [pattern])
        for page in admitted { #expect(Array(page.utf8).withUnsafeBytes { filter.admits(page: $0) }) }
        for page in others { #expect(!Array(page.utf8).withUnsafeBytes { filter.admits(page: $0) }) }
    }

    @Test func whoComesToAPageJoinsAndWhoGoesLeaves() throws {
        let (hub, channel) = hub()
        let viewer = try attach(hub, Self.filter(pages: ["/shop/cart", "/private"]))
        hub.join(channel, slot: 0, id: "a", now: 0)
        move(hub, channel, slot: 0, x: 1)  // of an unknown page
        move(hub, channel, slot: 0, x: 2, page: 1)
        #expect(!hub.hasOutput(viewer))
        move(hub, channel, slot: 0, x: 3, page: 0)
        move(hub, channel, slot: 0, x: 4, page: 2)
        move(hub, channel, slot: 0, x: 5, page: 1)
        hub.left(channel: channel, slot: 0, now: 0)
        hub.endTurn(now: 0)
        #expect(
            data(hub, viewer) == [
                #"{"id":"a","x":3,"y":2,"p":"/shop/cart"}"#, #"{"id":"a","x":4,"y":2,"p":"/private"}"#,
                #"{"kill":"a"}"#,
            ])
        #expect(hub.counters.offered == 2 && hub.counters.delivered == 2 && hub.counters.pending == 0)
    }

    @Test func someVisitorsAreSeenWhereverTheyAre() throws {
        let (hub, channel) = hub()
        for (slot, id) in ["a", "b", "c"].enumerated() {
            hub.join(channel, slot: UInt32(slot), id: id, now: 0)
            move(hub, channel, slot: UInt32(slot), x: 0, page: UInt32(slot))
        }
        let viewer = try hub.attach(
            shape: .frames(.hz60), resume: .head, within: nil,
            filter: Self.filter(visitors: ["b", "z"]), now: 0)
        let text = hub.readAll(viewer, now: 0)
        #expect(text.contains(#""visitors":[{"id":"b""#) && !text.contains(#""a""#))
        // A second page of the same one, then one who comes later, and goes.
        hub.join(channel, slot: 3, id: "b", now: 0)
        move(hub, channel, slot: 3, x: 5)
        hub.join(channel, slot: 4, id: "z", now: 0)
        move(hub, channel, slot: 4, x: 6)
        move(hub, channel, slot: 0, x: 7)
        hub.left(channel: channel, slot: 4, now: 0)
        hub.tick(now: 1_000_000_000)
        let frame = hub.readAll(viewer, now: 0)
        #expect(frame.contains(#""samples":[{"id":"b","x":5,"y":2},{"id":"z","x":6,"y":2}],"leaves":["z"]"#))
    }

    @Test func bothMustHold() throws {
        let (hub, channel) = hub()
        let viewer = try attach(hub, Self.filter(pages: ["/shop/*"], visitors: ["a"]))
        for (slot, id) in ["a", "b"].enumerated() {
            hub.join(channel, slot: UInt32(slot), id: id, now: 0)
            move(hub, channel, slot: UInt32(slot), x: 1, page: 0)
            move(hub, channel, slot: UInt32(slot), x: 2, page: 2)
        }
        #expect(data(hub, viewer) == [#"{"id":"a","x":1,"y":2,"p":"/shop/cart"}"#, #"{"kill":"a"}"#])
    }

    @Test func aScopeBoundsWhatAFilterSees() throws {
        let (hub, channel) = hub()
        let shop = PageScope(parsing: "page:/shop/*".utf8)!
        let viewer = try attach(hub, Self.filter(visitors: ["a"]), within: shop)
        hub.join(channel, slot: 0, id: "a", now: 0)
        move(hub, channel, slot: 0, x: 1)
        move(hub, channel, slot: 0, x: 2, page: 2)
        move(hub, channel, slot: 0, x: 3, page: 0)
        move(hub, channel, slot: 0, x: 4, page: 2)
        #expect(data(hub, viewer) == [#"{"id":"a","x":3,"y":2,"p":"/shop/cart"}"#, #"{"kill":"a"}"#])
        // And goes on bounding it.
        let again = try hub.refilter(viewer, to: Self.filter(pages: ["/private"]), now: 0)
        #expect(data(hub, again) == [#"{"n":0}"#])
        let all = try hub.refilter(again, to: nil, now: 0)
        move(hub, channel, slot: 0, x: 5)
        #expect(data(hub, all) == [#"{"n":0}"#])
    }

    // MARK: Changing it

    @Test func aChangedFilterBeginsWithAReset() throws {
        let (hub, channel) = hub()
        for (slot, page) in [0, 2].enumerated() {
            hub.join(channel, slot: UInt32(slot), id: "v\(slot)", now: 0)
            move(hub, channel, slot: UInt32(slot), x: Double(slot), page: UInt32(page))
        }
        let viewer = try attach(hub, nil)
        move(hub, channel, slot: 0, x: 7)
        let moved = try hub.refilter(viewer, to: Self.filter(pages: ["/private"]), now: 0)
        move(hub, channel, slot: 1, x: 8)
        let text = hub.readAll(moved, now: 0)
        #expect(text.hasPrefix("id: ") && text.contains("-0\nevent: reset\ndata: {\"n\":1}"))
        #expect(text.hasSuffix("-2\ndata: {\"id\":\"v1\",\"x\":8,\"y\":2,\"p\":\"/private\"}\n\n"))
        #expect(hub.counters.undelivered(.refiltered) == 1, "what was on its way is of the filter before")
        #expect(hub.counters.offered == 2 && hub.counters.delivered == 1 && hub.counters.filterChanges == 1)
        #expect(hub.pending(viewer) == nil && hub.counters.viewers == 1)
        let whole = try hub.refilter(moved, to: nil, now: 0)
        #expect(data(hub, whole).count == 3)
    }

    /// Byte for byte, wherever the message at hand was cut.
    @Test func theMessageAtHandIsEndedFirst() throws {
        for cut in [1, 20, 40, 62] {
            let (hub, channel) = hub()
            hub.join(channel, slot: 0, id: "a", now: 0)
            let viewer = try attach(hub, Self.filter(visitors: ["a"]))
            move(hub, channel, slot: 0, x: 1, page: 0)
            let whole = hub.fillAndForget(viewer)
            let begin = hub.read(viewer, limit: cut, now: 0)
            let moved = try hub.refilter(viewer, to: Self.filter(visitors: ["a", "b"]), now: 0)
            let rest = hub.readAll(moved, now: 0)
            let text = String(decoding: begin, as: UTF8.self) + rest
            #expect(text.hasPrefix(whole) && text.dropFirst(whole.count).contains("event: reset"))
            #expect(hub.counters.delivered == 1 && hub.counters.offered == 1 && hub.delivered(moved) == 1)
        }
    }

    @Test func theSameFilterAgainTellsEverythingAgain() throws {
        let (hub, channel) = hub()
        hub.join(channel, slot: 0, id: "a", now: 0)
        move(hub, channel, slot: 0, x: 1, page: 0)
        let filter = try Self.filter(pages: ["/shop/*"])
        let viewer = try hub.attach(
            shape: .frames(.hz10), resume: .head, within: nil, filter: filter, now: 0)
        #expect(hub.readAll(viewer, now: 0).contains("keyframe"))
        let same = try hub.refilter(viewer, to: filter, now: 200_000_000)
        #expect(hub.readAll(same, now: 200_000_000).contains(#"event: keyframe"#))
        #expect(hub.scopes.count == 1 && hub.counters.viewers == 1)
    }

    @Test func aFilterTakesTheRoomOfTheOneItReplaces() throws {
        let (hub, _) = hub { $0.filters = 2 }
        let first = try attach(hub, Self.filter(visitors: ["a"]))
        let second = try attach(hub, Self.filter(visitors: ["b"]))
        #expect(throws: ScopeRefusal.tooManyFilters) { try self.attach(hub, Self.filter(visitors: ["c"])) }
        #expect(throws: ScopeRefusal.tooManyFilters) {
            try hub.refilter(self.attach(hub, nil), to: Self.filter(visitors: ["c"]), now: 0)
        }
        let moved = try hub.refilter(first, to: Self.filter(visitors: ["c"]), now: 0)
        #expect(hub.scopes.count == 2 && hub.hasOutput(moved) && hub.pending(second) == 0)
        // A scope is no filter.
        let shop = PageScope(parsing: "page:/shop/*".utf8)!
        _ = try hub.attach(shape: .samples, resume: .head, within: shop, now: 0)
        #expect(hub.counters.refusedFilters == 2 && hub.counters.refusedScopes == 0)
        #expect(hub.filterCount == 2)
    }

    /// As many as there may be, each told of its own page alone.
    @Test func everyFilterHasItsOwn() throws {
        let (hub, channel) = hub()
        let limit = HubLimits().filters
        var viewers: [ViewerID] = []
        for index in 0..<limit {
            let path = Array("/p\(index)".utf8)
            path.withUnsafeBytes { hub.page(channel: channel, index: UInt32(index), bytes: $0) }
            viewers.append(try attach(hub, Self.filter(pages: ["/p\(index)"])))
            hub.join(channel, slot: UInt32(index), id: "v\(index)", now: 0)
        }
        for scope in 0..<16 {
            let scope = PageScope(parsing: "page:/p\(scope)".utf8)!
            _ = try hub.attach(shape: .samples, resume: .head, within: scope, now: 0)
        }
        for index in 0..<limit { move(hub, channel, slot: UInt32(index), x: 1, page: UInt32(index)) }
        for (index, viewer) in viewers.enumerated() {
            #expect(data(hub, viewer) == [#"{"id":"v\#(index)","x":1,"y":2,"p":"/p\#(index)"}"#])
        }
        #expect(hub.counters.offered == UInt64(limit + 16))
    }

    @Test func aStatusIsTheOneWithoutAFilter() throws {
        let (hub, _) = hub()
        let texts = ["whole", "brief"].map { Array("{\"\($0)\":1}".utf8) }
        texts[0].withUnsafeBytes { whole in
            #expect(texts[1].withUnsafeBytes { hub.setStatus(whole, brief: $0) })
        }
        let filter = try Self.filter(visitors: ["a"])
        for (showsLess, word) in [(false, "whole"), (true, "brief")] {
            let viewer = try hub.attach(
                shape: .frames(.hz60), resume: .head, within: nil, filter: filter, showsLess: showsLess,
                now: 0)
            #expect(hub.readAll(viewer, now: 0).hasSuffix("event: status\ndata: {\"\(word)\":1}\n\n"))
        }
    }
}

extension BroadcastHub {
    /// What a viewer could be given now, which it is not.
    func fillAndForget(_ viewer: ViewerID) -> String {
        nextChunk(viewer, limit: .max).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
