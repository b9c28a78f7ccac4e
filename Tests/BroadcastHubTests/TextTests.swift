import Glibc
import PointerEvents
import Testing

@testable import BroadcastHub
@testable import FramesShape

/// The text that viewers get, byte for byte.
@Suite struct TextTests {
    @Test func samplesAndKillsOfOneVisitor() {
        let hub = BroadcastHub(boot: 0x00c0_ffee_00c0_ffee, epochOffsetNanoseconds: 0)
        let channel = hub.openChannel(pid: 42)
        let viewer = hub.attach(shape: .samples, resume: .head, now: 0)
        _ = hub.readAll(viewer, now: 0)
        hub.join(channel, slot: 3, id: "user123", now: 5)
        hub.sample(channel, slot: 3, x: 812, y: 433, now: 6)
        hub.left(channel: channel, slot: 3, now: 7)
        hub.endTurn(now: 7)
        #expect(
            hub.readAll(viewer, now: 8) == """
                id: 00c0ffee00c0ffee-1
                data: {"id":"user123","x":812,"y":433}

                id: 00c0ffee00c0ffee-2
                data: {"kill":"user123"}


                """)
        #expect(hub.counters.pending == 0)
        #expect(hub.counters.delivered == 1)
    }

    @Test func framesOfOneVisitor() {
        let hub = BroadcastHub(boot: 1, epochOffsetNanoseconds: 1_732_109_508_123_000_000)
        let channel = hub.openChannel(pid: 42)
        hub.join(channel, slot: 0, id: "u1", now: 0)
        hub.sample(channel, slot: 0, x: 1, y: 2, now: 0)
        hub.endTurn(now: 0)
        let viewer = hub.attach(shape: .frames(.hz10), resume: .head, now: 0)
        let opening = hub.readAll(viewer, now: 0)
        let rest = opening.drop { $0 != "\n" }.dropFirst()
        #expect(
            rest == """
                retry: 2000

                id: 0000000000000001-1
                event: keyframe
                data: {"at":1732109508123,"visitors":[{"id":"u1","since":1732109508123,"worker":42,"rate":1,\
                "last":1732109508123,"x":1,"y":2}]}


                """)
        hub.sample(channel, slot: 0, x: 5, y: 6, now: 50_000_000)
        hub.join(channel, slot: 1, id: "u2", now: 50_000_000)
        hub.sample(channel, slot: 1, x: 7, y: 8.5, now: 50_000_000)
        hub.left(channel: channel, slot: 0, now: 60_000_000)
        hub.endTurn(now: 60_000_000)
        #expect(hub.readAll(viewer, now: 60_000_000) == "")
        #expect(hub.nextTick(now: 60_000_000) == 100_000_000)
        hub.tick(now: 100_000_000)
        #expect(
            hub.readAll(viewer, now: 100_000_000) == """
                id: 0000000000000001-4
                event: frame
                data: {"at":1732109508223,"joins":[{"id":"u2","since":1732109508173,"worker":42}],\
                "samples":[{"id":"u1","x":5,"y":6},{"id":"u2","x":7,"y":8.5}],"leaves":["u1"]}


                """)
        #expect(hub.counters.delivered == 2)
        #expect(hub.counters.offered == 2)
    }
}
