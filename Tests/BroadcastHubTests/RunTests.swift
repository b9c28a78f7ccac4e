import ByteCore
import FramesShape
import PointerEvents
import TestSupport
import Testing

@testable import BroadcastHub

/// Samples that are handed over together are as if each had come alone.
@Suite struct RunTests {
    private func makeHub() -> BroadcastHub {
        var limits = HubLimits.standard
        limits.segmentRecords = 8
        limits.ringBytes = 20_000
        let hub = BroadcastHub(boot: 1, epochOffsetNanoseconds: 0, limits: limits)
        let channel = hub.openChannel(pid: 7)
        for slot in 0..<4 { hub.join(channel, slot: UInt32(slot), id: "v\(slot)", now: 0) }
        Array("/p".utf8).withUnsafeBytes { hub.page(channel: channel, index: 1, bytes: $0) }
        return hub
    }

    private func snapshot(_ hub: BroadcastHub) -> [UInt8] {
        var bytes = ByteBuffer()
        HubSnapshot.write(hub, into: &bytes)
        return Array(bytes.readable)
    }

    @Test func runsAreAsOneByOne() {
        var random = SplitMix64(seed: 0x72756E)
        for _ in 0..<200 {
            let (together, alone) = (makeHub(), makeHub())
            var now: Int64 = 1_000
            for _ in 0..<30 {
                now += Int64(random.below(400_000_000))
                var slot = UInt32(random.below(5))
                let run = (0..<(1 + random.below(12))).map { _ in
                    if random.once(in: 3) { slot = UInt32(random.below(5)) }
                    var sample = PointerSample(x: Double(random.below(1000)), y: Double(random.below(1000)))
                    sample.slot = slot
                    sample.receivedNanoseconds = now - Int64(random.below(3))
                    sample.flags = UInt8(random.below(256))
                    if random.once(in: 4) {
                        sample.fields.insert(random.pick([.page, .width, .height, .clientTime, .kind]))
                        sample.page = UInt32(random.below(3))
                        sample.width = 800
                        sample.kind = random.pick([.click, .scroll, .move])
                    }
                    return sample
                }
                if random.once(in: 5) {
                    for hub in [together, alone] { hub.left(channel: 0, slot: 3, now: now) }
                    for hub in [together, alone] { hub.join(0, slot: 3, id: "v\(now)", now: now) }
                }
                run.withUnsafeBufferPointer { samples in
                    guard let first = samples.baseAddress else { return }
                    together.received(channel: 0, first, count: samples.count, now: now)
                }
                for sample in run { alone.received(channel: 0, sample, now: now) }
                for hub in [together, alone] { hub.endTurn(now: now) }
            }
            #expect(snapshot(together) == snapshot(alone))
            #expect(together.counters.relayed == alone.counters.relayed)
            #expect(together.relayDelays.totals() == alone.relayDelays.totals())
            #expect(together.counters.droppedUnknownSlot == alone.counters.droppedUnknownSlot)
        }
    }
}
