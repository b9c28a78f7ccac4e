import ByteCore
import FramesShape
import PointerEvents
import SSEWire
import Testing

@testable import BroadcastHub

/// What somebody gets who asks again and again, byte for byte.
@Suite struct PollTests {
    private func hub(_ change: (inout HubLimits) -> Void = { _ in }) -> (BroadcastHub, Int) {
        var limits = HubLimits()
        change(&limits)
        let hub = BroadcastHub(boot: 0xAB, epochOffsetNanoseconds: 0, limits: limits)
        return (hub, hub.openChannel(pid: 1))
    }

    private func move(_ hub: BroadcastHub, _ channel: Int, x: Double) {
        hub.sample(channel, slot: 0, x: x, now: 0)
        hub.endTurn(now: 0)
    }

    private func after(_ n: UInt64, of boot: UInt64 = 0xAB) -> ResumeRequest {
        .after(LastEventID(boot: boot, n: n))
    }

    private func answer(
        _ hub: BroadcastHub, _ shape: ViewerShape, _ resume: ResumeRequest, limit: Int = .max, now: Int64 = 0
    ) -> String {
        let id = hub.attach(shape: shape, resume: resume, isPoll: true, now: now)
        defer { hub.detach(id, reason: .closed) }
        var text = ByteBuffer()
        if hub.hasAnswer(id) { hub.answer(id, into: &text, limit: limit, now: now) }
        return String(decoding: text.readable, as: UTF8.self)
    }

    @Test func samplesComeUnderTheirOwnIDsWithoutAComment() throws {
        let (hub, channel) = hub()
        hub.join(channel, slot: 0, id: "a", now: 0)
        for x in 1...3 { move(hub, channel, x: Double(x)) }
        #expect(answer(hub, .samples, after(3)).isEmpty)
        #expect(
            answer(hub, .samples, after(1)) == """
                id: 00000000000000ab-2
                data: {"id":"a","x":2,"y":2}

                id: 00000000000000ab-3
                data: {"id":"a","x":3,"y":2}


                """)
        #expect(answer(hub, .samples, .head).isEmpty)
        #expect(answer(hub, .samples, after(9)).contains("event: reset"))
        #expect(answer(hub, .samples, after(1, of: 7)).contains("event: reset"))
    }

    @Test func aPollIsOfferedWhatItGets() throws {
        let (hub, channel) = hub()
        hub.join(channel, slot: 0, id: "a", now: 0)
        for x in 1...4 { move(hub, channel, x: Double(x)) }
        let id = hub.attach(shape: .samples, resume: after(1), isPoll: true, now: 0)
        #expect(hub.counters.pending == 3 && hub.counters.viewers == 1)
        hub.detach(id, reason: .closed)
        #expect(hub.counters.offered == 0 && hub.counters.undelivered.allSatisfy { $0 == 0 })
        _ = answer(hub, .samples, after(1))
        _ = answer(hub, .frames(.hz10), after(2))
        #expect(hub.counters.offered == 5 && hub.counters.delivered == 5 && hub.counters.pending == 0)
    }

    @Test func aFrameHoldsWhatHappenedSince() throws {
        let (hub, channel) = hub()
        hub.join(channel, slot: 0, id: "a", now: 0)
        for x in 1...3 { move(hub, channel, x: Double(x)) }
        #expect(answer(hub, .frames(.hz10), .head).contains("event: keyframe"))
        #expect(answer(hub, .frames(.hz10), after(3)).isEmpty)
        hub.left(channel: channel, slot: 0, now: 0)
        hub.endTurn(now: 0)
        let frame = answer(hub, .frames(.hz10), after(1))
        #expect(
            frame == """
                id: 00000000000000ab-4
                event: frame
                data: {"at":0,"joins":[],"samples":[{"id":"a","x":2,"y":2},{"id":"a","x":3,"y":2}],\
                "leaves":["a"]}


                """)
        // Not even where another rate ticks.
        let stream = hub.attach(shape: .frames(.hz10), resume: .head, now: 0)
        hub.tick(now: 1_000_000_000)
        #expect(answer(hub, .frames(.hz10), after(1)) == frame)
        hub.detach(stream, reason: .closed)
    }

    @Test func aStatusIsHadWithThePictureAndThenAsItComes() throws {
        let (hub, channel) = hub()
        hub.join(channel, slot: 0, id: "a", now: 0)
        move(hub, channel, x: 1)
        #expect(Array("{\"s\":1}".utf8).withUnsafeBytes { hub.setStatus($0) })
        #expect(answer(hub, .frames(.hz10), .head).hasSuffix("event: status\ndata: {\"s\":1}\n\n"))
        let id = hub.attach(shape: .frames(.hz10), resume: after(1), isPoll: true, now: 0)
        #expect(!hub.hasAnswer(id))
        #expect(Array("{\"s\":2}".utf8).withUnsafeBytes { hub.setStatus($0) })
        #expect(hub.hasAnswer(id))
        var text = ByteBuffer()
        hub.answer(id, into: &text, limit: .max, now: 0)
        #expect(
            String(decoding: text.readable, as: UTF8.self)
                == "id: 00000000000000ab-1\nevent: status\ndata: {\"s\":2}\n\n")
    }

    @Test func whatTheRingHasNoMoreIsAKeyframe() throws {
        let (hub, channel) = hub {
            $0.segmentRecords = 2
            $0.ringBytes = 900
        }
        hub.join(channel, slot: 0, id: "a", now: 0)
        for x in 1...40 { move(hub, channel, x: Double(x)) }
        let text = answer(hub, .frames(.hz10), after(1))
        #expect(text.contains("event: keyframe") && text.contains("\"x\":40"))
        #expect(answer(hub, .samples, after(1)).hasPrefix("id: 00000000000000ab-0\nevent: reset"))
        #expect(hub.counters.conflated == 0, "what was before is nobody's")
    }

    /// What comes while it waits and is more than one frame may have.
    @Test func tooMuchForAFrameIsAKeyframe() throws {
        let (hub, channel) = hub { $0.frames.frameBytes = 300 }
        hub.join(channel, slot: 0, id: "a", now: 0)
        move(hub, channel, x: 1)
        for x in 2...30 { move(hub, channel, x: Double(x)) }
        let text = answer(hub, .frames(.hz10), after(1))
        #expect(text.contains("event: keyframe") && !text.contains("event: frame"))
        #expect(hub.counters.conflated == 29 && hub.counters.offered == 29)
    }

    @Test func anAnswerEndsBehindTheSegmentWithWhichItIsLongEnough() throws {
        let (hub, channel) = hub { $0.segmentRecords = 4 }
        hub.join(channel, slot: 0, id: "a", now: 0)
        for x in 1...100 { move(hub, channel, x: Double(x)) }
        var n: UInt64 = 0
        var text = ""
        var answers = 0
        while n < 100, answers < 100 {
            let part = answer(hub, .samples, after(n), limit: 1)
            text += part
            answers += 1
            guard let line = part.split(separator: "\n").last(where: { $0.hasPrefix("id: ") }) else { break }
            n = UInt64(line.split(separator: "-").last ?? "") ?? 0
        }
        #expect(answers > 2)
        #expect(text == answer(hub, .samples, after(0)))
    }

    @Test func whereItStandsIsTold() throws {
        let (hub, channel) = hub()
        hub.join(channel, slot: 0, id: "a", now: 0)
        move(hub, channel, x: 1)
        let id = hub.attach(shape: .samples, resume: .head, isPoll: true, now: 0)
        var text = ByteBuffer()
        hub.appendCursor(of: id, to: &text)
        #expect(
            String(decoding: text.readable, as: UTF8.self)
                == "id: 00000000000000ab-1\nevent: cursor\ndata: {\"n\":1}\n\n")
    }

    /// A hub is moved while somebody waits: they ask again.
    @Test func pollsAreNotMoved() throws {
        let (hub, channel) = hub()
        hub.join(channel, slot: 0, id: "a", now: 0)
        move(hub, channel, x: 1)
        let stream = hub.attach(shape: .frames(.hz10), resume: .head, now: 0)
        let waiting = hub.attach(shape: .frames(.hz5), resume: .head, isPoll: true, now: 0)
        let another = hub.attach(shape: .samples, resume: after(1), isPoll: true, now: 0)
        var snapshot = ByteBuffer()
        HubSnapshot.write(hub, into: &snapshot)
        let moved = try HubSnapshot.read(snapshot.readable, hashSeed: 2)
        #expect(moved.counters.viewers == 1 && moved.hasOutput(stream))
        for id in [waiting, another] { #expect(moved.pending(id) == nil && !moved.hasAnswer(id)) }
        _ = moved.attach(shape: .samples, resume: .head, now: 0)
        for id in [waiting, another] { #expect(moved.pending(id) == nil) }
    }
}
