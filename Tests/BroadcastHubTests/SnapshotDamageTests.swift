import ByteCore
import PointerEvents
import SSEWire
import TestSupport
import Testing

@testable import BroadcastHub
@testable import FramesShape

/// Snapshots that were cut off, flipped or made up: refused, or a hub that can be used; never a trap.
@Suite struct SnapshotDamageTests {
    /// The hub of a simulated history in the middle of it, with viewers in all states.
    private func hub(seed: UInt64) -> BroadcastHub {
        let simulation = Simulation(seed: seed, mistake: .none)
        simulation.live(length: 60)
        #expect(simulation.failure == nil)
        return simulation.hub
    }

    private func snapshot(_ hub: BroadcastHub) -> [UInt8] {
        var buffer = ByteBuffer()
        HubSnapshot.write(hub, into: &buffer)
        return Array(buffer.readable)
    }

    private func read(_ bytes: [UInt8], _ limits: HubLimits) -> Result<BroadcastHub, SnapshotFault> {
        bytes.withUnsafeBytes { bytes in
            do throws(SnapshotFault) {
                return .success(try HubSnapshot.read(bytes, limits: limits, hashSeed: 1))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Makes the checksum fit what the body says now.
    private func mend(_ bytes: inout [UInt8]) {
        let checksum = bytes.withUnsafeBytes {
            HubSnapshot.checksum(UnsafeRawBufferPointer(rebasing: $0[HubSnapshot.headerBytes...]))
        }
        for place in 0..<8 { bytes[24 + place] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt64(place))) }
    }

    /// Does with a hub what its owner may do.
    private func use(_ hub: BroadcastHub) {
        var now: Int64 = 1 << 40
        let channel = hub.openChannel(pid: 7)
        for round: UInt32 in 0..<12 {
            hub.join(channel, slot: round % 4, id: "new\(round % 5)", now: now)
            Array("/n\(round)".utf8).withUnsafeBytes { hub.page(channel: channel, index: round, bytes: $0) }
            for open in 0..<4 {
                var sample = PointerSample(x: 1, y: 2)
                sample.slot = round % 6
                sample.page = round
                sample.fields = [.page, .width]
                hub.received(channel: open, sample, now: now)
            }
            hub.endTurn(now: now)
            hub.tick(now: now)
            for (index, generation) in hub.generations.enumerated() {
                let viewer = ViewerID(index: UInt32(index), generation: generation)
                _ = hub.read(viewer, limit: 300, now: now)
                _ = hub.figures(of: viewer, now: now)
            }
            now += 40_000_000
        }
        hub.followClock(epochOffsetNanoseconds: 1 << 60, sleptNanoseconds: 5_000_000_000, now: now)
        hub.forEachVisitor(now: now) { _ = $0.rate }
        _ = hub.recentDelays(.relayed, now: now)
        _ = hub.recentDelays(.encoded, now: now)
        for shape in [ViewerShape.samples, .frames(.hz10)] {
            let viewer = hub.attach(
                shape: shape, resume: .after(LastEventID(boot: hub.boot, n: hub.headN)), now: now)
            _ = hub.read(viewer, now: now)
        }
        for channel in 0..<5 { hub.closeChannel(channel, now: now) }
        for (index, generation) in hub.generations.enumerated() {
            hub.detach(ViewerID(index: UInt32(index), generation: generation), reason: .closed)
        }
        _ = hub.counters
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func everyTruncationIsRefused(seed: UInt64) {
        let hub = hub(seed: seed)
        let whole = snapshot(hub)
        for count in 0..<whole.count {
            let fault = read(Array(whole[..<count]), hub.limits)
            guard case .failure = fault else {
                Issue.record("\(count) of \(whole.count) were read")
                return
            }
        }
        guard case .failure(.damaged) = read(whole + [0], hub.limits) else {
            Issue.record("more than was written was read")
            return
        }
    }

    @Test(arguments: [1, 5] as [UInt64])
    func everyFlippedBitIsRefused(seed: UInt64) {
        let hub = hub(seed: seed)
        var bytes = snapshot(hub)
        for bit in 0..<(bytes.count * 8) {
            bytes[bit / 8] ^= 1 << (bit % 8)
            // The four bytes that mean nothing yet must be zero, too.
            guard case .failure = read(bytes, hub.limits) else {
                Issue.record("bit \(bit) was read")
                return
            }
            bytes[bit / 8] ^= 1 << (bit % 8)
        }
    }

    /// Whoever makes a checksum that fits must not do harm either.
    @Test(arguments: 0..<30 as Range<UInt64>)
    func whatCannotBeIsRefusedOrHarmless(seed: UInt64) {
        let hub = hub(seed: seed)
        let whole = snapshot(hub)
        var random = SplitMix64(seed: seed)
        for _ in 0..<120 {
            var bytes = whole
            for _ in 0..<(1 + random.below(3)) {
                let place = HubSnapshot.headerBytes + random.below(whole.count - HubSnapshot.headerBytes)
                switch random.below(4) {
                case 0: bytes[place] ^= 1 << random.below(8)
                case 1: bytes[place] = random.pick([0, 1, 0x7F, 0x80, 0xFF])
                case 2: for at in place..<min(place + 8, bytes.count) { bytes[at] = 0xFF }
                default: bytes[place] = bytes[random.below(bytes.count)]
                }
            }
            mend(&bytes)
            if case .success(let hub) = read(bytes, hub.limits) { use(hub) }
        }
    }

    @Test func everySingleByteOfOneHistory() {
        let hub = hub(seed: 11)
        let whole = snapshot(hub)
        for place in HubSnapshot.headerBytes..<whole.count {
            var bytes = whole
            bytes[place] ^= [0x01, 0x80, 0xFF][place % 3]
            mend(&bytes)
            if case .success(let hub) = read(bytes, hub.limits) { use(hub) }
        }
    }

    @Test func whatIsNoneOfOursIsTold() {
        let hub = hub(seed: 1)
        var bytes = snapshot(hub)
        func fault() -> SnapshotFault? {
            if case .failure(let fault) = read(bytes, hub.limits) { fault } else { nil }
        }
        #expect(fault() == nil)
        bytes[8] = 1
        #expect(fault() == .otherVersion(1))
        bytes[0] = 0
        #expect(fault() == .notASnapshot)
        bytes = []
        #expect(fault() == .truncated)
    }

    @Test func limitsThatHaveNoRoomAreTold() {
        let full = BroadcastHub(boot: 1, epochOffsetNanoseconds: 0)
        let channel = full.openChannel(pid: 1)
        for slot: UInt32 in [0, 1, 40] {
            full.join(channel, slot: slot, id: "v\(slot)", now: 0)
            full.sample(channel, slot: slot, now: 0)
            if slot > 0 { full.left(channel: channel, slot: slot, now: 0) }
        }
        let bytes = snapshot(full)
        let changes: [(inout HubLimits) -> Void] = [
            { $0.visitors = 2 }, { $0.segmentRecords += 1 }, { $0.slotsPerChannel = 32 },
            { $0.rememberedKills = 1 },
        ]
        for change in changes {
            var limits = HubLimits()
            change(&limits)
            guard case .failure(.noRoom) = read(bytes, limits) else {
                Issue.record("read where there is no room")
                continue
            }
        }
    }
}
