import PointerEvents
import SSEWire
import Testing

@testable import BroadcastHub

/// What a viewer of the default shape gets that fell off the ring or comes back, byte for byte.
@Suite struct CatchUpTests {
    private static let boot: UInt64 = 0xAB

    /// A ring of about two segments of four records, and its channel.
    private func smallHub(rememberedKills: Int = 100) -> (BroadcastHub, Int) {
        var limits = HubLimits()
        limits.segmentRecords = 4
        limits.ringBytes = 1_800
        limits.rememberedKills = rememberedKills
        let hub = BroadcastHub(boot: Self.boot, epochOffsetNanoseconds: 0, limits: limits)
        return (hub, hub.openChannel(pid: 1))
    }

    private func attach(_ hub: BroadcastHub, _ resume: ResumeRequest = .head) -> ViewerID {
        let viewer = hub.attach(shape: .samples, resume: resume, now: 0)
        // The opening is not what these tests are about.
        _ = hub.read(viewer, limit: SamplesModel.opening.count, now: 0)
        return viewer
    }

    private func line(_ n: Int, _ data: String) -> String { "id: 00000000000000ab-\(n)\ndata: \(data)\n\n" }

    @Test func newestOfEachAndTheKillsInOrder() {
        let (hub, channel) = smallHub()
        hub.join(channel, slot: 0, id: "idle", now: 0)
        hub.sample(channel, slot: 0, x: 0, now: 0)
        hub.endTurn(now: 0)
        let viewer = attach(hub)
        hub.join(channel, slot: 1, id: "a", now: 0)
        hub.join(channel, slot: 2, id: "b", now: 0)
        hub.join(channel, slot: 3, id: "silent", now: 0)
        hub.sample(channel, slot: 1, x: 1, now: 0)  // 2
        hub.sample(channel, slot: 2, x: 2, now: 0)  // 3
        hub.endTurn(now: 0)
        // It takes a beginning of 2 and then nothing for long.
        #expect(hub.read(viewer, limit: 5, now: 0) == Array("id: 0".utf8))
        hub.left(channel: channel, slot: 2, now: 0)  // 4, the kill of b
        for x in 5..<30 { hub.sample(channel, slot: 1, x: Double(x), now: 0) }  // 5 to 29
        hub.join(channel, slot: 2, id: "b", now: 0)
        hub.sample(channel, slot: 2, x: 30, now: 0)  // 30
        hub.endTurn(now: 0)
        #expect(hub.ring.firstN > 10)
        // The rest of 2, then what it missed: b's kill, a's newest, b's newest. Nothing of who stood still.
        #expect(
            hub.readAll(viewer, now: 0)
                == String(line(2, "{\"id\":\"a\",\"x\":1,\"y\":2}").dropFirst(5))
                + line(4, "{\"kill\":\"b\"}") + line(29, "{\"id\":\"a\",\"x\":29,\"y\":2}")
                + line(30, "{\"id\":\"b\",\"x\":30,\"y\":2}"))
        // Offered are 2, 3 and 5 to 30: 28 samples.
        #expect(hub.delivered(viewer) == 3)
        #expect(hub.conflated(viewer) == 25)
        #expect(hub.pending(viewer) == 0)
        // And on with the ring.
        hub.sample(channel, slot: 0, x: 31, now: 0)
        hub.endTurn(now: 0)
        #expect(hub.readAll(viewer, now: 0) == line(31, "{\"id\":\"idle\",\"x\":31,\"y\":2}"))
    }

    @Test func whoMovesOnDuringACatchUpComesWithTheRing() {
        let (hub, channel) = smallHub()
        let viewer = attach(hub)
        for slot: UInt32 in 0..<3 { hub.join(channel, slot: slot, id: "v\(slot)", now: 0) }
        for round in 0..<10 {
            for slot: UInt32 in 0..<3 { hub.sample(channel, slot: slot, x: Double(round), now: 0) }  // to 30
        }
        hub.endTurn(now: 0)
        // The catch-up has 28, 29, 30; only 28 is taken, whole.
        let first = line(28, "{\"id\":\"v0\",\"x\":9,\"y\":2}")
        #expect(hub.read(viewer, limit: first.utf8.count, now: 0) == Array(first.utf8))
        hub.sample(channel, slot: 1, x: 77, now: 0)  // 31, while 29 stood next
        hub.endTurn(now: 0)
        #expect(
            hub.readAll(viewer, now: 0)
                == line(30, "{\"id\":\"v2\",\"x\":9,\"y\":2}") + line(31, "{\"id\":\"v1\",\"x\":77,\"y\":2}"))
        #expect(hub.delivered(viewer) == 3)
        #expect(hub.conflated(viewer) == 28)
    }

    /// Three visitors tell page and viewport once and then move, as pages do, until that is off the ring.
    private func navigate(_ hub: BroadcastHub, _ channel: Int) {
        Array("/new".utf8).withUnsafeBytes { hub.page(channel: channel, index: 0, bytes: $0) }
        for slot: UInt32 in 0..<3 {
            hub.join(channel, slot: slot, id: "v\(slot)", now: 0)
            var first = PointerSample(x: 0, y: 2)
            first.slot = slot
            first.fields = [.page, .width, .height]
            first.width = 1_280
            // Half a pixel: a viewport that nobody keeps.
            first.height = slot == 2 ? 720.5 : 720
            hub.received(channel: channel, first, now: 0)
        }
        for x in 1..<10 {
            for slot: UInt32 in 0..<3 { hub.sample(channel, slot: slot, x: Double(x), now: 0) }  // to 30
        }
        hub.endTurn(now: 0)
    }

    @Test(arguments: [false, true])
    func newestSamplesSayWhereTheirVisitorIs(isReset: Bool) {
        let (hub, channel) = smallHub()
        let early = attach(hub)
        navigate(hub, channel)
        let viewer = isReset ? attach(hub, .unreadable) : early
        let first =
            (isReset ? "id: 00000000000000ab-0\nevent: reset\ndata: {\"n\":30}\n\n" : "")
            + line(28, "{\"id\":\"v0\",\"x\":9,\"y\":2,\"w\":1280,\"h\":720,\"p\":\"/new\"}")
        #expect(hub.read(viewer, limit: first.utf8.count, now: 0) == Array(first.utf8))
        // v1 moves on while it stood next: it comes with the ring, and says the same there, once.
        hub.sample(channel, slot: 1, x: 77, now: 0)
        hub.sample(channel, slot: 1, x: 78, now: 0)
        hub.endTurn(now: 0)
        #expect(
            hub.readAll(viewer, now: 0)
                == line(30, "{\"id\":\"v2\",\"x\":9,\"y\":2,\"w\":1280,\"p\":\"/new\"}")
                + line(31, "{\"id\":\"v1\",\"x\":77,\"y\":2,\"w\":1280,\"h\":720,\"p\":\"/new\"}")
                + line(32, "{\"id\":\"v1\",\"x\":78,\"y\":2}"))
        // Nobody catches up any more: samples are as they were sent.
        hub.sample(channel, slot: 2, x: 5, now: 0)
        hub.endTurn(now: 0)
        #expect(hub.readAll(viewer, now: 0) == line(33, "{\"id\":\"v2\",\"x\":5,\"y\":2}"))
    }

    @Test func lostKillsMakeAReset() {
        let (hub, channel) = smallHub(rememberedKills: 2)
        let viewer = attach(hub)
        hub.join(channel, slot: 9, id: "still", now: 0)
        for round in 0..<6 {
            hub.join(channel, slot: 0, id: "v\(round)", now: 0)
            hub.sample(channel, slot: 0, x: 1, now: 0)
            hub.left(channel: channel, slot: 0, now: 0)
        }
        hub.sample(channel, slot: 9, x: 3, now: 0)  // 13
        hub.endTurn(now: 0)
        #expect(
            hub.readAll(viewer, now: 0)
                == "id: 00000000000000ab-0\nevent: reset\ndata: {\"n\":13}\n\n"
                + line(13, "{\"id\":\"still\",\"x\":3,\"y\":2}"))
        // The samples after a reset are not counted.
        #expect(hub.delivered(viewer) == 0)
        #expect(hub.conflated(viewer) == 7)
        #expect(hub.counters.resets == 1)
    }

    @Test func resumeOnTheRing() {
        let (hub, channel) = smallHub()
        hub.join(channel, slot: 0, id: "a", now: 0)
        for x in 1...3 { hub.sample(channel, slot: 0, x: Double(x), now: 0) }
        hub.endTurn(now: 0)
        let viewer = attach(hub, .after(LastEventID(boot: Self.boot, n: 1)))
        #expect(
            hub.readAll(viewer, now: 0)
                == line(2, "{\"id\":\"a\",\"x\":2,\"y\":2}") + line(3, "{\"id\":\"a\",\"x\":3,\"y\":2}"))
        #expect(hub.counters.offered == 2)
        // The head is on the ring, too, and so is the beginning of everything.
        #expect(hub.readAll(attach(hub, .after(LastEventID(boot: Self.boot, n: 3))), now: 0) == "")
        let first = attach(hub, .after(LastEventID(boot: Self.boot, n: 0)))
        #expect(hub.readAll(first, now: 0).hasPrefix(line(1, "{\"id\":\"a\",\"x\":1,\"y\":2}")))
        #expect(hub.counters.resets == 0)
    }

    @Test func everyOtherResumeIsAReset() {
        let (hub, channel) = smallHub()
        hub.join(channel, slot: 0, id: "a", now: 0)
        for x in 1...40 { hub.sample(channel, slot: 0, x: Double(x), now: 0) }
        hub.endTurn(now: 0)
        let offTheRing = hub.ring.firstN - 2
        let requests: [ResumeRequest] = [
            .unreadable, .after(LastEventID(boot: 5, n: 40)), .after(LastEventID(boot: Self.boot, n: 41)),
            .after(LastEventID(boot: Self.boot, n: .max)),
            .after(LastEventID(boot: Self.boot, n: offTheRing)),
        ]
        for request in requests {
            let viewer = attach(hub, request)
            #expect(
                hub.readAll(viewer, now: 0)
                    == "id: 00000000000000ab-0\nevent: reset\ndata: {\"n\":40}\n\n"
                    + line(40, "{\"id\":\"a\",\"x\":40,\"y\":2}"))
            #expect(hub.pending(viewer) == 0)
        }
        // One further on the ring is no reset.
        #expect(
            !hub.readAll(attach(hub, .after(LastEventID(boot: Self.boot, n: offTheRing + 1))), now: 0).isEmpty
        )
        #expect(hub.counters.resets == 5)
        // A new viewer begins at the head, with nothing.
        #expect(hub.readAll(attach(hub), now: 0) == "")
    }

    @Test func reconnectingAfterAnyMessageOfAResetLosesNothing() {
        let (hub, channel) = smallHub()
        for slot: UInt32 in 0..<4 {
            hub.join(channel, slot: slot, id: "v\(slot)", now: 0)
            hub.sample(channel, slot: slot, x: Double(slot), now: 0)
        }
        for x in 0..<20 { hub.sample(channel, slot: 3, x: Double(x), now: 0) }
        hub.endTurn(now: 0)
        let whole = hub.readAll(attach(hub, .unreadable), now: 0)
        let messages = whole.components(separatedBy: "\n\n").dropLast()
        #expect(messages.count == 5)
        for count in 1...messages.count {
            // The picture of one who got `count` messages, went away and came back with the last id.
            let id = messages[count - 1].dropFirst(4).prefix { $0 != "\n" }
            let resume = Array(id.utf8).withUnsafeBytes { ResumeRequest(lastEventID: $0) }
            let rest = hub.readAll(attach(hub, resume), now: 0)
            var seen = rest.contains("event: reset") ? "" : messages.prefix(count).joined()
            seen += rest
            for slot in 0..<4 { #expect(seen.contains("\"v\(slot)\"")) }
            #expect(seen.contains("\"x\":19"))
        }
    }

    @Test func heartbeatsStandBetweenMessages() {
        let (hub, channel) = smallHub()
        hub.join(channel, slot: 0, id: "a", now: 0)
        let viewer = attach(hub)
        hub.sample(channel, slot: 0, now: 0)
        hub.endTurn(now: 0)
        _ = hub.read(viewer, limit: 9, now: 0)
        #expect(hub.nextTick(now: 0) == 15_000_000_000)
        hub.tick(now: 15_000_000_000)
        hub.tick(now: 30_000_000_000)
        #expect(
            hub.readAll(viewer, now: 0)
                == String(line(1, "{\"id\":\"a\",\"x\":1,\"y\":2}").dropFirst(9)) + ":\n\n")
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
