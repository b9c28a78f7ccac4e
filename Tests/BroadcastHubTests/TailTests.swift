import PointerEvents
import Testing

@testable import BroadcastHub
@testable import FramesShape

/// What tails say, byte for byte.
@Suite struct TailTests {
    private func hub(_ change: (inout HubLimits) -> Void = { _ in }) -> (hub: BroadcastHub, channel: Int) {
        var limits = HubLimits()
        change(&limits)
        let hub = BroadcastHub(boot: 0xAB, epochOffsetNanoseconds: 0, limits: limits)
        return (hub, hub.openChannel(pid: 42))
    }

    private func tell(_ hub: BroadcastHub, _ name: String, _ element: String, index: UInt32 = 0) {
        Array(name.utf8).withUnsafeBytes { hub.name(channel: 0, index: index, bytes: $0) }
        Array(element.utf8).withUnsafeBytes { hub.element(channel: 0, index: index, bytes: $0) }
    }

    private func sample(
        _ hub: BroadcastHub, x: Double, _ kind: PointerKind = .move, tail: SampleTail, now: Int64 = 0
    ) {
        var sample = PointerSample(x: x, y: 2, kind: kind)
        if kind != .move { sample.fields.insert(.kind) }
        hub.received(channel: 0, sample, tail: tail, now: now)
    }

    private var everything: SampleTail {
        var tail = SampleTail()
        (tail.scrollX, tail.scrollY, tail.documentWidth, tail.documentHeight) = (0, 300.5, 1_280, 9_000)
        tail.pointerType = PointerType.touch.rawValue
        tail.fields = TailFields(rawValue: 0x7F)
        return tail
    }

    private static let said =
        "\"sx\":0,\"sy\":300.5,\"dw\":1280,\"dh\":9000,\"pt\":\"touch\",\"n\":\"Zo\u{EB} \\\"Z\\\"\""

    @Test func everyKeyGoesOutInItsOrder() {
        let (hub, channel) = hub()
        let viewer = hub.attach(shape: .samples, resume: .head, now: 0)
        _ = hub.readAll(viewer, now: 0)
        hub.join(channel, slot: 0, id: "a", now: 0)
        tell(hub, "Zo\u{EB} \"Z\"", "button.buy")
        sample(hub, x: 1, .click, tail: everything)
        hub.sample(channel, slot: 0, x: 2, now: 0)
        hub.endTurn(now: 0)
        #expect(
            hub.readAll(viewer, now: 0)
                == "id: 00000000000000ab-1\ndata: {\"id\":\"a\",\"x\":1,\"y\":2,\"k\":\"click\",\(Self.said),"
                + "\"el\":\"button.buy\"}\n\nid: 00000000000000ab-2\ndata: {\"id\":\"a\",\"x\":2,\"y\":2}\n\n"
        )
    }

    /// The element is of the click alone; the rest holds until it is said otherwise.
    @Test func aResetSaysWhatHolds() {
        let (hub, channel) = hub()
        hub.join(channel, slot: 0, id: "a", now: 0)
        tell(hub, "Zo\u{EB} \"Z\"", "button.buy")
        sample(hub, x: 1, .click, tail: everything)
        func newest() -> String {
            hub.endTurn(now: 0)
            let viewer = hub.attach(shape: .samples, resume: .unreadable, now: 0)
            let text = hub.readAll(viewer, now: 0)
            hub.detach(viewer, reason: .closed)
            return String(text.split(separator: "\n").last ?? "")
        }
        #expect(
            newest()
                == "data: {\"id\":\"a\",\"x\":1,\"y\":2,\"k\":\"click\",\(Self.said),\"el\":\"button.buy\"}")
        hub.sample(channel, slot: 0, x: 2, now: 0)
        #expect(newest() == "data: {\"id\":\"a\",\"x\":2,\"y\":2,\(Self.said)}")
        var scrolled = SampleTail()
        scrolled.scrollY = 400
        scrolled.fields = .scrollY
        sample(hub, x: 3, .scroll, tail: scrolled)
        let moved = Self.said.replacing("300.5", with: "400")
        #expect(newest() == "data: {\"id\":\"a\",\"x\":3,\"y\":2,\"k\":\"scroll\",\(moved)}")
        hub.forEachVisitor(now: 0) {
            #expect(String(decoding: $0.nameJSON ?? $0.idJSON, as: UTF8.self) == "\"Zo\u{EB} \\\"Z\\\"\"")
        }
    }

    @Test func framesAndKeyframesSayIt() {
        let (hub, channel) = hub()
        let viewer = hub.attach(shape: .frames(.hz60), resume: .head, now: 0)
        hub.tick(now: 0)
        _ = hub.readAll(viewer, now: 0)
        hub.join(channel, slot: 0, id: "a", now: 0)
        tell(hub, "Zo\u{EB} \"Z\"", "button.buy")
        sample(hub, x: 1, .click, tail: everything, now: 16_000_000)
        hub.endTurn(now: 16_000_000)
        hub.tick(now: 17_000_000)
        #expect(hub.readAll(viewer, now: 0).contains("\"k\":\"click\",\(Self.said),\"el\":\"button.buy\"}]"))
        let late = hub.attach(shape: .frames(.hz60), resume: .head, now: 1_000_000_000)
        hub.tick(now: 1_000_000_000)
        #expect(hub.readAll(late, now: 0).contains("\"k\":\"click\",\(Self.said),\"el\":\"button.buy\"}]"))
    }

    @Test func aFloodOfNamesPushesOutNoPageAndStaysWithinItsLimits() {
        let (hub, channel) = hub {
            ($0.names, $0.pagesBeforeSweep, $0.ringBytes, $0.segmentRecords) = (512, 16, 30_000, 16)
        }
        hub.join(channel, slot: 0, id: "a", now: 0)
        Array("/p".utf8).withUnsafeBytes { hub.page(channel: channel, index: 0, bytes: $0) }
        var first = PointerSample(x: 0, y: 2)
        first.fields.insert(.page)
        hub.received(channel: channel, first, now: 0)
        var tail = SampleTail()
        tail.fields = .name
        for round in 0..<5_000 {
            tell(hub, "n\(round)", "e")
            sample(hub, x: Double(round), tail: tail)
            #expect(hub.texts.names.count <= 512 && hub.ringBytes <= 30_000)
        }
        #expect(hub.pages.count == 1)
        hub.endTurn(now: 0)
        let viewer = hub.attach(shape: .samples, resume: .unreadable, now: 0)
        #expect(hub.readAll(viewer, now: 0).contains("\"x\":4999,\"y\":2,\"p\":\"/p\",\"n\":\"n4999\"}"))
    }

    @Test func tailsAreFoundByTheirPlace() {
        var tails = TailList()
        #expect(tails.bytes == 0 && tails.tail(at: 0).fields.isEmpty)
        for place in stride(from: 3, to: 300, by: 7) {
            var tail = SampleTail()
            tail.fields = .scrollX
            tail.scrollX = Double(place)
            tails.append(tail, at: place)
        }
        for place in 0..<300 {
            let isThere = place >= 3 && (place - 3) % 7 == 0
            #expect(tails.tail(at: place).scrollX == (isThere ? Double(place) : 0))
            #expect(tails.tail(at: place).fields.isEmpty != isThere)
        }
        #expect(tails.count == 43 && tails.bytes == 64 * 50)
        tails.removeAll()
        #expect(tails.count == 0 && tails.bytes == 0)
    }
}
