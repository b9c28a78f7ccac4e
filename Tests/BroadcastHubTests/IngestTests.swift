import PointerEvents
import TestSupport
import Testing

@testable import BroadcastHub
@testable import FramesShape

/// What workers may say, rightly and wrongly.
@Suite struct IngestTests {
    private func hub(_ change: (inout HubLimits) -> Void = { _ in }) -> BroadcastHub {
        var limits = HubLimits()
        change(&limits)
        return BroadcastHub(boot: 1, epochOffsetNanoseconds: 0, limits: limits)
    }

    @Test func oneIDOnManyConnectionsIsKilledOnce() {
        let hub = hub()
        let channels = [hub.openChannel(pid: 1), hub.openChannel(pid: 2)]
        hub.join(channels[0], slot: 0, id: "a", now: 0)
        hub.join(channels[0], slot: 1, id: "a", now: 0)
        hub.join(channels[1], slot: 0, id: "a", now: 0)
        #expect(hub.counters.joins == 1)
        hub.left(channel: channels[0], slot: 0, now: 0)
        hub.closeChannel(channels[0], now: 0)
        #expect(hub.counters.kills == 0 && hub.counters.present == 1)
        hub.left(channel: channels[1], slot: 0, now: 0)
        hub.left(channel: channels[1], slot: 0, now: 0)
        hub.closeChannel(channels[1], now: 0)
        #expect(hub.counters.kills == 1 && hub.counters.present == 0)
        #expect(hub.counters.unknownLeaves == 1)
    }

    @Test func aJoinOnASlotThatIsTakenReplacesItsVisitor() {
        let hub = hub()
        let channel = hub.openChannel(pid: 1)
        let viewer = hub.attach(shape: .samples, resume: .head, now: 0)
        _ = hub.readAll(viewer, now: 0)
        hub.join(channel, slot: 0, id: "a", now: 0)
        hub.join(channel, slot: 0, id: "a", now: 0)
        #expect(hub.counters.kills == 0)
        hub.join(channel, slot: 0, id: "b", now: 0)
        hub.sample(channel, slot: 0, now: 0)
        hub.endTurn(now: 0)
        #expect(hub.counters.overriddenJoins == 2)
        #expect(
            hub.readAll(viewer, now: 0)
                == "id: 0000000000000001-1\ndata: {\"kill\":\"a\"}\n\n"
                + "id: 0000000000000001-2\ndata: {\"id\":\"b\",\"x\":1,\"y\":2}\n\n")
    }

    @Test func unacceptableIDsAreRefused() {
        let hub = hub()
        let channel = hub.openChannel(pid: 1)
        let ids: [[UInt8]] = [
            [], Array(repeating: 0x61, count: 65), [0xFF], [0x61, 0xC3], [0xED, 0xA0, 0x80],
        ]
        for id in ids { _ = id.withUnsafeBytes { hub.joined(channel: channel, slot: 0, id: $0, now: 0) } }
        #expect(hub.counters.refusedJoins == 5)
        hub.sample(channel, slot: 0, now: 0)
        #expect(hub.counters.droppedUnknownSlot == 1 && hub.counters.relayed == 0)
    }

    @Test func aFullTableRefusesUntilTheRingGivesEntriesBack() {
        let hub = hub {
            $0.visitors = 3
            $0.segmentRecords = 2
        }
        let channel = hub.openChannel(pid: 1)
        for slot: UInt32 in 0..<4 { hub.join(channel, slot: slot, id: "v\(slot)", now: 0) }
        hub.sample(channel, slot: 3, now: 0)
        #expect(hub.counters.refusedJoins == 1 && hub.counters.droppedVisitorLimit == 1)
        // v0 goes, but its kill stands in the newest segment and still needs the entry.
        hub.left(channel: channel, slot: 0, now: 0)
        hub.join(channel, slot: 3, id: "v3", now: 0)
        #expect(hub.counters.refusedJoins == 2)
        for _ in 0..<2 { hub.sample(channel, slot: 1, now: 0) }
        hub.join(channel, slot: 3, id: "v3", now: 0)
        #expect(hub.counters.refusedJoins == 2 && hub.counters.present == 3)
        // A refused slot is no visitor's: leaving it is no mistake and kills nobody.
        hub.join(channel, slot: 9, id: "v9", now: 0)
        hub.left(channel: channel, slot: 9, now: 0)
        #expect(hub.counters.unknownLeaves == 0 && hub.counters.kills == 1)
    }

    @Test func pagesOfAnAdversaryAreBounded() {
        let hub = hub {
            $0.pages = 256
            $0.pageBytes = 20_000
            $0.ringBytes = 200_000
        }
        let channel = hub.openChannel(pid: 1)
        hub.join(channel, slot: 0, id: "a", now: 0)
        var sample = PointerSample()
        sample.fields = .page
        for index in 0..<20_000 {
            let path = "/\(index)" + String(repeating: "\u{1}", count: index % 250)
            Array(path.utf8).withUnsafeBytes { hub.page(channel: channel, index: 0, bytes: $0) }
            hub.received(channel: channel, sample, now: 0)
            #expect(hub.pages.count <= 256 && hub.pages.bytes <= 20_000)
        }
        #expect(hub.counters.relayed == 20_000)
        // The work of sweeping is bounded, too: a sweep that frees little is not repeated for each page.
        #expect(hub.counters.pageSweeps < 20_000 / 16)
        // Longer than allowed, or no UTF-8: refused, and the number stands for nothing.
        for path in [Array(repeating: UInt8(0x61), count: 257), [0xC0, 0x80]] {
            let before = hub.counters.refusedPages
            path.withUnsafeBytes { hub.page(channel: channel, index: 0, bytes: $0) }
            #expect(hub.counters.refusedPages == before + 1)
            #expect(hub.channels.page(channel: channel, number: 0) == PageTable.none)
        }
    }

    /// Whoever says ever new pages that take six times as much as they have characters loses those.
    @Test func longPagesTakeNoRoomThatUsualOnesNeed() {
        let hub = hub {
            $0.pages = 256
            $0.pageBytes = 256 * 300
            $0.ringBytes = 60_000
        }
        let channel = hub.openChannel(pid: 1)
        for (slot, id) in ["greedy", "usual"].enumerated() {
            hub.join(channel, slot: UInt32(slot), id: id, now: 0)
        }
        func say(_ path: String, slot: UInt32) -> Bool {
            let before = hub.counters.refusedPages
            Array(path.utf8).withUnsafeBytes { hub.page(channel: channel, index: slot, bytes: $0) }
            var sample = PointerSample()
            (sample.fields, sample.slot, sample.page) = (.page, slot, slot)
            hub.received(channel: channel, sample, now: 0)
            return hub.counters.refusedPages == before
        }
        let last = "/" + String(repeating: "x", count: 251)
        var refused = 0
        for index in 0..<5_000 {
            if !say("/\(index)" + String(repeating: "\u{1}", count: 240), slot: 0) { refused += 1 }
            // As long as one may be of which JSON escapes nothing, each time another one.
            #expect(say(last + "\(1_000 + index % 50)", slot: 1))
        }
        #expect(refused > 1_000 && refused < 5_000)
        #expect(hub.pages.bytes <= 256 * 300)
    }

    @Test func aNumberMayMeanNoPageAgain() {
        let hub = hub { $0.ringBytes = 60_000 }
        let channel = hub.openChannel(pid: 1)
        hub.join(channel, slot: 0, id: "a", now: 0)
        var sample = PointerSample()
        sample.fields = .page
        let viewer = hub.attach(shape: .samples, resume: .head, now: 0)
        Array("/a".utf8).withUnsafeBytes { hub.page(channel: channel, index: 0, bytes: $0) }
        hub.received(channel: channel, sample, now: 0)
        hub.noPage(channel: channel, index: 0)
        hub.received(channel: channel, sample, now: 0)
        hub.endTurn(now: 0)
        #expect(hub.readAll(viewer, now: 0).split(separator: "\"p\":\"/a\"").count == 2)
        #expect(hub.visitors.surroundings[Int(hub.visitors.oldest)].page == PageTable.none)
        #expect(hub.counters.refusedPages == 0)
    }

    @Test func aMadWorkerHarmsNobodyElse() {
        var random = SplitMix64(seed: 1)
        let hub = hub {
            $0.visitors = 64
            $0.segmentRecords = 16
            $0.ringBytes = 20_000
            $0.slotsPerChannel = 40
            $0.pagesPerChannel = 8
        }
        let good = hub.openChannel(pid: 1)
        hub.join(good, slot: 0, id: "good", now: 0)
        let viewer = hub.attach(shape: .samples, resume: .head, now: 0)
        let bad = hub.openChannel(pid: 2)
        let numbers: [UInt32] = [0, 1, 2, 39, 40, 1_000, .max - 1, .max]
        let channels = [bad, bad, bad, 7, -1, .max, .min]
        var goodSamples = 0
        for round in 0..<20_000 {
            let channel = random.pick(channels)
            let number = random.pick(numbers)
            switch random.below(8) {
            case 0: hub.join(channel, slot: number, id: "x\(random.below(200))", now: 0)
            case 1: hub.left(channel: channel, slot: number, now: 0)
            case 2:
                let junk = (0..<random.below(300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                junk.withUnsafeBytes { hub.page(channel: channel, index: number, bytes: $0) }
            case 3:
                let junk = (0..<random.below(70)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                _ = junk.withUnsafeBytes { hub.joined(channel: channel, slot: number, id: $0, now: 0) }
            case 4:
                hub.sample(good, slot: 0, x: Double(goodSamples), now: 0)
                goodSamples += 1
            default:
                var sample = PointerSample(x: 1, y: 1)
                sample.slot = number
                sample.page = number
                sample.fields = SampleFields(rawValue: UInt8(truncatingIfNeeded: random.next()))
                sample.type = 77
                sample.length = 9
                sample.flags = 255
                sample.receivedNanoseconds = .min
                hub.received(channel: channel, sample, now: Int64(round) * 1_000)
            }
            hub.endTurn(now: 0)
        }
        hub.closeChannel(bad, now: 0)
        hub.endTurn(now: 0)
        #expect(hub.counters.present == 1)
        #expect(hub.ringBytes <= 20_000)
        #expect(hub.readAll(viewer, now: 0).contains("{\"id\":\"good\",\"x\":\(goodSamples - 1),\"y\":2}"))
        #expect(hub.pending(viewer) == 0)
    }

    @Test func fiftyThousandVisitors() {
        let hub = hub { $0.ringBytes = 1 << 20 }
        let channel = hub.openChannel(pid: 1)
        let viewer = hub.attach(shape: .samples, resume: .head, now: 0)
        let frames = hub.attach(shape: .frames(.hz1), resume: .head, now: 0)
        _ = hub.readAll(frames, now: 0)
        for slot: UInt32 in 0..<50_000 {
            hub.join(channel, slot: slot, id: "visitor\(slot)", now: 0)
            hub.sample(channel, slot: slot, now: 0)
        }
        hub.endTurn(now: 0)
        #expect(hub.counters.present == 50_000)
        hub.tick(now: 1_000_000_000)
        // Two thousand frame messages would be more than the keyframe.
        #expect(hub.counters.keyframes == 2 && hub.counters.frames == 0)
        var first: [UInt8]?
        var count = 0
        hub.forEachVisitor(now: 0) { visitor in
            if first == nil { first = Array(visitor.id) }
            count += 1
        }
        #expect(count == 50_000 && first == Array("visitor49999".utf8))
        hub.closeChannel(channel, now: 0)
        hub.endTurn(now: 0)
        #expect(hub.counters.kills == 50_000 && hub.counters.present == 0)
        // More kills were missed than are remembered: a reset, after which nobody is there.
        let text = hub.readAll(viewer, now: 0)
        #expect(text.hasSuffix("\nid: 0000000000000001-0\nevent: reset\ndata: {\"n\":100000}\n\n"))
        #expect(hub.pending(viewer) == 0)
        #expect(hub.conflated(viewer) == 50_000)
        #expect(hub.visitors.count < 65_536)
    }
}
