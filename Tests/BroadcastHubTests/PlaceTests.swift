import TestSupport
import Testing

@testable import BroadcastHub

/// Who may be present where not everybody may.
@Suite struct PlaceTests {
    private static func hub(present: Int, grace: Int64 = 5_000_000_000) -> BroadcastHub {
        var limits = HubLimits()
        limits.present = present
        limits.graceNanoseconds = grace
        return BroadcastHub(boot: 1, epochOffsetNanoseconds: 0, limits: limits)
    }

    private static func join(
        _ hub: BroadcastHub, _ channel: Int, _ slot: UInt32, _ id: String, now: Int64 = 0
    ) -> JoinRefusal? {
        Array(id.utf8).withUnsafeBytes { hub.joined(channel: channel, slot: slot, id: $0, now: now) }
    }

    @Test func whoIsHereIsNeverTurnedAway() {
        let hub = Self.hub(present: 2)
        let (one, other) = (hub.openChannel(pid: 1), hub.openChannel(pid: 2))
        #expect(Self.join(hub, one, 0, "ann") == nil)
        #expect(Self.join(hub, one, 1, "bob") == nil)
        #expect(Self.join(hub, one, 2, "eve") == .noPlace)
        // Another connection of somebody who is here, through whichever worker.
        #expect(Self.join(hub, other, 0, "ann") == nil)
        #expect(hub.counters.present == 2 && hub.counters.refusedJoins == 1)
        hub.sample(one, slot: 2, now: 0)
        #expect(hub.counters.droppedVisitorLimit == 1)
        // Who was turned away leaves nothing behind.
        hub.left(channel: one, slot: 2, now: 0)
        #expect(hub.counters.unknownLeaves == 0)
        hub.left(channel: one, slot: 1, now: 0)
        #expect(Self.join(hub, one, 2, "eve") == nil)
        #expect(hub.counters.present == 2)
    }

    @Test func whoIsInGraceGoesForWhoComes() {
        let hub = Self.hub(present: 2)
        let channel = hub.openChannel(pid: 1)
        for (slot, id) in ["ann", "bob"].enumerated() { _ = Self.join(hub, channel, UInt32(slot), id) }
        hub.left(channel: channel, slot: 0, mayReturn: true, now: 1)
        #expect(hub.counters.present == 2)
        #expect(Self.join(hub, channel, 2, "ann", now: 2) == nil, "she is back")
        #expect(hub.counters.returns == 1)
        hub.left(channel: channel, slot: 1, mayReturn: true, now: 3)
        #expect(Self.join(hub, channel, 3, "eve", now: 4) == nil)
        #expect(hub.counters.kills == 1)
        #expect(Self.join(hub, channel, 4, "bob", now: 5) == .noPlace, "his place is taken")
    }

    /// Anybody's comings and goings against sets of who is here and who is in grace; the first difference.
    private func firstDifference(seed: UInt64, fault: HubFault = .none) -> String? {
        var random = SplitMix64(seed: seed)
        let most = 1 + random.below(5)
        let hub = Self.hub(present: most)
        hub.fault = fault
        let channels = [hub.openChannel(pid: 1), hub.openChannel(pid: 2)]
        var speakers: [Int: String] = [:]
        var inGrace: [String] = []
        for step in 0..<100 {
            let place = random.below(12)
            let channel = channels[place % 2]
            let slot = UInt32(place / 2)
            if speakers[place] != nil {
                let id = speakers.removeValue(forKey: place)!
                let mayReturn = random.once(in: 2)
                hub.left(channel: channel, slot: slot, mayReturn: mayReturn, now: Int64(step))
                if mayReturn, !speakers.values.contains(id) { inGrace.append(id) }
            } else {
                let id = "v\(random.below(8))"
                let here = Set(speakers.values).union(inGrace)
                let isHere = here.contains(id)
                let isLetIn = isHere || here.count < most || !inGrace.isEmpty
                let refusal = Self.join(hub, channel, slot, id, now: Int64(step))
                guard (refusal == nil) == isLetIn else { return "step \(step): \(id) is let in: \(!isLetIn)" }
                if isLetIn {
                    if isHere {
                        inGrace.removeAll { $0 == id }
                    } else if here.count >= most {
                        inGrace.removeFirst()
                    }
                    speakers[place] = id
                } else {
                    hub.left(channel: channel, slot: slot, now: Int64(step))
                }
            }
            let here = Set(speakers.values).union(inGrace).count
            guard hub.counters.present == here else { return "step \(step): \(hub.counters.present)" }
        }
        return nil
    }

    @Test func everyHistoryAgreesWithTheModel() {
        for seed in 0..<1_000 {
            guard let difference = firstDifference(seed: UInt64(seed)) else { continue }
            Issue.record("seed \(seed), \(difference)")
            return
        }
    }

    @Test(arguments: Mistake.ofPlaces)
    func everyMutantIsCaught(fault: HubFault) {
        for seed in 0..<500 where firstDifference(seed: UInt64(seed), fault: fault) != nil { return }
        Issue.record("\(fault) went unnoticed")
    }
}
