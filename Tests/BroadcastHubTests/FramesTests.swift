import Foundation
import PointerEvents
import SSEWire
import Testing

@testable import BroadcastHub
@testable import FramesShape

/// The frames shape: what a client of it can rely on.
@Suite struct FramesTests {
    struct Message {
        var event: String
        var n: UInt64
        var object: [String: Any]

        func ids(_ key: String) -> [String] {
            guard let list = object[key] as? [Any] else { return [] }
            return list.map { ($0 as? String) ?? (($0 as? [String: Any])?["id"] as? String) ?? "?" }
        }

        var hasMore: Bool { object["more"] as? Bool ?? false }
    }

    /// Everything a viewer gets now, parsed; every message must be JSON.
    private func messages(_ hub: BroadcastHub, _ viewer: ViewerID, now: Int64) throws -> [Message] {
        var parser = EventStreamParser()
        var result: [Message] = []
        let bytes = Array(hub.readAll(viewer, now: now).utf8)
        var offset = 0
        try bytes.withUnsafeBytes { bytes throws in
            while let message = try parser.next(bytes, offset: &offset) {
                let object = try JSONSerialization.jsonObject(with: Data(message.data)) as? [String: Any]
                result.append(
                    Message(
                        event: String(decoding: message.event, as: UTF8.self),
                        n: LastEventID.parse(message.id)?.n ?? .max, object: object ?? [:]))
            }
        }
        return result
    }

    private func hub(_ change: (inout HubLimits) -> Void = { _ in }) -> (BroadcastHub, Int) {
        var limits = HubLimits()
        change(&limits)
        let hub = BroadcastHub(boot: 1, epochOffsetNanoseconds: 0, limits: limits)
        return (hub, hub.openChannel(pid: 42))
    }

    @Test func anEmptyTickSendsNothing() throws {
        let (hub, channel) = hub()
        let viewer = hub.attach(shape: .frames(.hz10), resume: .head, now: 0)
        #expect(try messages(hub, viewer, now: 0).map(\.event) == ["keyframe"])
        for tick: Int64 in 1...5 { hub.tick(now: tick * 100_000_000) }
        #expect(!hub.hasOutput(viewer))
        hub.join(channel, slot: 0, id: "a", now: 0)
        hub.sample(channel, slot: 0, now: 0)
        hub.endTurn(now: 0)
        #expect(!hub.hasOutput(viewer))
        hub.tick(now: 600_000_000)
        let frames = try messages(hub, viewer, now: 0)
        #expect(frames.map(\.event) == ["frame"])
        #expect(frames.first?.ids("joins") == ["a"])
        #expect(frames.first?.ids("samples") == ["a"])
    }

    @Test func attachingBringsTheTickForwardForAll() throws {
        let (hub, channel) = hub()
        hub.join(channel, slot: 0, id: "a", now: 0)
        let first = hub.attach(shape: .frames(.hz1), resume: .head, now: 0)
        _ = try messages(hub, first, now: 0)
        hub.sample(channel, slot: 0, now: 0)
        hub.endTurn(now: 0)
        let second = hub.attach(shape: .frames(.hz1), resume: .head, now: 300_000_000)
        let keyframe = try messages(hub, second, now: 0)
        let frame = try messages(hub, first, now: 0)
        #expect(keyframe.map(\.event) == ["keyframe"])
        #expect(frame.map(\.event) == ["frame"])
        #expect(keyframe.map(\.n) == [1] && frame.map(\.n) == [1])
        #expect(hub.nextTick(now: 0) == 1_300_000_000)
        // However many come, keyframes are made ten times a second; who comes in between waits a little.
        hub.sample(channel, slot: 0, now: 0)
        hub.endTurn(now: 0)
        let third = hub.attach(shape: .frames(.hz1), resume: .head, now: 301_000_000)
        #expect(try messages(hub, third, now: 0).isEmpty)
        #expect(hub.nextTick(now: 0) == 400_000_000)
        hub.tick(now: 400_000_000)
        #expect(try messages(hub, third, now: 0).map(\.n) == [2])
        #expect(hub.counters.keyframes == 3)
    }

    @Test func keyframesAreSharedByAllRatesAndHaveTheirPace() throws {
        let (hub, channel) = hub { $0.frames.keyframeGapPerVisitorNanoseconds = 40_000_000 }
        for slot: UInt32 in 0..<5 { hub.join(channel, slot: slot, id: "visitor\(slot)", now: 0) }
        // Nothing happens meanwhile: one keyframe serves all, whenever they come.
        for (index, rate) in FrameRate.allCases.enumerated() {
            let viewer = hub.attach(shape: .frames(rate), resume: .head, now: Int64(index) * 30_000_000)
            #expect(try messages(hub, viewer, now: 0).map(\.event) == ["keyframe"])
        }
        #expect(hub.counters.keyframes == 1)
        // Much happens: whoever came in between gets the next, 40 ms for each visitor later.
        var waiting: [ViewerID] = []
        for (index, rate) in (FrameRate.allCases + FrameRate.allCases).enumerated() {
            let now = 201_000_000 + Int64(index) * 15_000_000
            for slot: UInt32 in 0..<5 { hub.sample(channel, slot: slot, now: now) }
            hub.endTurn(now: now)
            waiting.append(hub.attach(shape: .frames(rate), resume: .head, now: now))
            hub.tick(now: now)
        }
        #expect(hub.counters.keyframes == 2)
        hub.tick(now: 401_000_000)
        #expect(hub.counters.keyframes == 3)
        for viewer in waiting {
            #expect(try messages(hub, viewer, now: 0).first?.event == "keyframe")
            #expect(hub.pending(viewer) == 0)
        }
    }

    @Test func whoLeftAndCameBackStandsInTheNextMessage() throws {
        let (hub, channel) = hub()
        let viewer = hub.attach(shape: .frames(.hz10), resume: .head, now: 0)
        _ = try messages(hub, viewer, now: 0)
        for _ in 0..<2 {
            hub.join(channel, slot: 0, id: "a", now: 0)
            hub.sample(channel, slot: 0, now: 0)
            hub.left(channel: channel, slot: 0, now: 0)
        }
        hub.tick(now: 100_000_000)
        let frames = try messages(hub, viewer, now: 0)
        #expect(frames.map(\.n) == [2, 4])
        #expect(frames.map(\.hasMore) == [true, false])
        for frame in frames {
            #expect(
                frame.ids("joins") == ["a"] && frame.ids("samples") == ["a"] && frame.ids("leaves") == ["a"])
        }
    }

    @Test func longFramesAndKeyframesAreSplit() throws {
        let (hub, channel) = hub { $0.frames.messageBytes = 4_096 }
        for slot: UInt32 in 0..<300 { hub.join(channel, slot: slot, id: "visitor\(slot)", now: 0) }
        let viewer = hub.attach(shape: .frames(.hz10), resume: .head, now: 0)
        _ = try messages(hub, viewer, now: 0)
        for slot: UInt32 in 0..<300 { hub.sample(channel, slot: slot, x: Double(slot), now: 0) }
        hub.tick(now: 100_000_000)
        let frames = try messages(hub, viewer, now: 0)
        #expect(frames.count > 3)
        #expect(frames.flatMap { $0.ids("samples") } == (0..<300).map { "visitor\($0)" })
        #expect(frames.map(\.hasMore) == Array(repeating: true, count: frames.count - 1) + [false])
        let other = hub.attach(shape: .frames(.hz10), resume: .head, now: 200_000_000)
        let keyframes = try messages(hub, other, now: 0)
        #expect(keyframes.flatMap { $0.ids("visitors") } == (0..<300).reversed().map { "visitor\($0)" })
        #expect(keyframes.map(\.hasMore) == Array(repeating: true, count: keyframes.count - 1) + [false])
    }

    @Test func aTickThatIsTooMuchIsAnsweredByAKeyframe() throws {
        for isLong in [true, false] {
            let (hub, channel) = hub {
                if isLong { $0.frames.frameBytes = 2_000 } else { $0.ringBytes = 300_000 }
            }
            hub.join(channel, slot: 0, id: "a", now: 0)
            let viewer = hub.attach(shape: .frames(.hz10), resume: .head, now: 0)
            _ = try messages(hub, viewer, now: 0)
            for x in 0..<6_000 { hub.sample(channel, slot: 0, x: Double(x), now: 0) }
            hub.tick(now: 100_000_000)
            let answer = try messages(hub, viewer, now: 0)
            #expect(answer.map(\.event) == ["keyframe"])
            #expect(hub.conflated(viewer) == 6_000)
            hub.sample(channel, slot: 0, now: 0)
            hub.tick(now: 200_000_000)
            #expect(try messages(hub, viewer, now: 0).map(\.event) == ["frame"])
            #expect(hub.delivered(viewer) == 1)
        }
    }

    @Test func aSlowViewerGetsCurrentKeyframesAndNoBacklog() throws {
        let (hub, channel) = hub()
        hub.join(channel, slot: 0, id: "a", now: 0)
        let viewer = hub.attach(shape: .frames(.hz10), resume: .head, now: 0)
        _ = try messages(hub, viewer, now: 0)
        for tick: Int64 in 1...50 {
            hub.sample(channel, slot: 0, x: Double(tick), now: 0)
            hub.tick(now: tick * 100_000_000)
        }
        // It comes for more; a keyframe is made at the next tick, not for each it slept through.
        let before = hub.counters.keyframes
        #expect(before == 1)
        #expect(hub.hasOutput(viewer))
        #expect(try messages(hub, viewer, now: 0).isEmpty)
        #expect(!hub.hasOutput(viewer))
        hub.sample(channel, slot: 0, x: 51, now: 0)
        hub.tick(now: 5_100_000_000)
        let answer = try messages(hub, viewer, now: 0)
        #expect(answer.map(\.event) == ["keyframe"])
        let visitor = (answer.first?.object["visitors"] as? [[String: Any]])?.first
        #expect(visitor?["x"] as? Int == 51)
        #expect(hub.counters.keyframes == 2)
        #expect(hub.conflated(viewer) == 51 && hub.pending(viewer) == 0)
    }

    @Test func aKeyframeLongerThanATickIsFinishedAllTheSame() throws {
        let (hub, channel) = hub { $0.frames.messageBytes = 4_096 }
        for slot: UInt32 in 0..<300 {
            hub.join(channel, slot: slot, id: "visitor\(slot)", now: 0)
            hub.sample(channel, slot: slot, now: 0)
        }
        hub.endTurn(now: 0)
        let viewer = hub.attach(shape: .frames(.hz10), resume: .head, now: 0)
        let others = (0..<3).map { _ in hub.attach(shape: .frames(.hz10), resume: .head, now: 0) }
        for other in others { _ = hub.readAll(other, now: 0) }
        // A kilobyte a tick, of a keyframe of more than 20: every tick makes a frame for the others
        // meanwhile.
        var text = ""
        var tick: Int64 = 0
        while tick < 100, !(text.contains("visitor0\"") && hub.find(viewer)?.tick.reading == nil) {
            text += String(decoding: hub.read(viewer, limit: 1_024, now: 0), as: UTF8.self)
            tick += 1
            hub.sample(channel, slot: UInt32(tick), x: 7, now: 0)
            hub.tick(now: tick * 100_000_000)
            for other in others { _ = hub.readAll(other, now: 0) }
        }
        #expect(tick > 20 && tick < 100)
        #expect(hub.counters.interruptedKeyframes == 0)
        for slot in 0..<300 { #expect(text.contains("\"visitor\(slot)\"")) }
        // And then the newest keyframe, not the frames in between.
        _ = hub.readAll(viewer, now: 0)
        hub.sample(channel, slot: 5, x: 8, now: 0)
        hub.tick(now: (tick + 1) * 100_000_000)
        let answer = try messages(hub, viewer, now: 0)
        #expect(Set(answer.map(\.event)) == ["keyframe"])
        #expect(answer.flatMap { $0.ids("visitors") }.count == 300)
        for other in others { #expect(hub.conflated(other) == 0) }
    }

    @Test func aKeyframeOfTooMuchLeavesNobodyOut() throws {
        let (hub, channel) = hub { $0.frames.keyframeBytes = 10_000 }
        let path = [UInt8](repeating: 1, count: 250)
        path.withUnsafeBytes { hub.page(channel: channel, index: 7, bytes: $0) }
        for slot: UInt32 in 0..<300 {
            hub.join(channel, slot: slot, id: "visitor\(slot)", now: 0)
            var sample = PointerSample(x: 1, y: 2)
            (sample.slot, sample.page, sample.fields) = (slot, 7, slot % 10 == 0 ? [] : .page)
            hub.received(channel: channel, sample, now: 0)
        }
        // 384 bytes for each, of which the page alone would take four times as many.
        let viewer = hub.attach(shape: .frames(.hz10), resume: .head, now: 0)
        let ids = try messages(hub, viewer, now: 0).flatMap { $0.ids("visitors") }
        #expect(ids == (0..<300).reversed().map { "visitor\($0)" })
        let counters = hub.counters
        #expect(counters.shortenedKeyframes == 1 && counters.cutEntries > 200)
    }

    @Test func statusComesOnceAndWithTheViewersOwnPlace() throws {
        let (hub, channel) = hub()
        hub.join(channel, slot: 0, id: "a", now: 0)
        func set(_ text: String) -> Bool { Array(text.utf8).withUnsafeBytes { hub.setStatus($0) } }
        #expect(set("{\"viewers\":1}"))
        let viewer = hub.attach(shape: .frames(.hz10), resume: .head, now: 0)
        let samples = hub.attach(shape: .samples, resume: .head, now: 0)
        _ = hub.readAll(samples, now: 0)
        #expect(try messages(hub, viewer, now: 0).map(\.event) == ["keyframe", "status"])
        hub.sample(channel, slot: 0, now: 0)
        hub.endTurn(now: 0)
        #expect(set("{\"viewers\":2}") && set("{\"viewers\":3}"))
        let status = try messages(hub, viewer, now: 0)
        #expect(status.map(\.event) == ["status"])
        // The sample is not told yet, so the status does not claim it.
        #expect(status.first?.n == 0)
        #expect(status.first?.object["viewers"] as? Int == 3)
        #expect(!hub.readAll(samples, now: 0).contains("status"))
        #expect(!set(String(repeating: "x", count: 61 * 1_024)))
    }

    @Test func everythingASampleMayCarry() throws {
        let (hub, channel) = hub()
        let id = "\u{7F}\"\\é漢"
        hub.join(channel, slot: 5, id: id, now: 1_500_000_000)
        let page = Array("/a?\"\n".utf8)
        page.withUnsafeBytes { hub.page(channel: channel, index: 7, bytes: $0) }
        var sample = PointerSample(x: 0.1, y: -1e-7, kind: .click)
        sample.fields = [.clientTime, .kind, .buttons, .width, .height, .page]
        sample.slot = 5
        sample.page = 7
        sample.clientTime = 1_732_109_508_123.5
        sample.buttons = 65_535
        sample.width = 1_920
        sample.height = 1_080
        hub.received(channel: channel, sample, now: 2_000_000_000)
        hub.endTurn(now: 2_000_000_000)
        let viewer = hub.attach(shape: .frames(.hz10), resume: .head, now: 2_000_000_000)
        let keyframe = try #require(try messages(hub, viewer, now: 0).first)
        let visitor = try #require((keyframe.object["visitors"] as? [[String: Any]])?.first)
        #expect(visitor["id"] as? String == id)
        #expect(visitor["x"] as? Double == 0.1 && visitor["y"] as? Double == -1e-7)
        #expect(visitor["t"] as? Double == 1_732_109_508_123.5 && visitor["k"] as? String == "click")
        #expect(
            visitor["b"] as? Int == 65_535 && visitor["w"] as? Int == 1_920 && visitor["h"] as? Int == 1_080)
        #expect(visitor["p"] as? String == "/a?\"\n" && visitor["worker"] as? Int == 42)
        #expect(visitor["since"] as? Int == 1_500 && visitor["last"] as? Int == 2_000)
        #expect(visitor["rate"] as? Int == 1)
    }
}
