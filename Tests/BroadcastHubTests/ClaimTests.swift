import ByteCore
import TestSupport
import Testing

@testable import BroadcastHub
@testable import FramesShape

/// Who may speak for a signed identity: the table's nine cases, and random histories against a naive list.
@Suite struct ClaimTests {
    private func redeem(_ table: inout ClaimTable, _ id: String, _ stamp: UInt64, by instance: UInt64)
        -> Result<UInt32, ClaimRefusal>
    {
        Array(id.utf8).withUnsafeBytes { id in
            do throws(ClaimRefusal) {
                return .success(try table.redeem(id, IdentityClaim(stamp: stamp, instance: instance)))
            } catch {
                return .failure(error)
            }
        }
    }

    @Test func theNineCases() throws {
        for (stamp, same, gone, speaking) in [
            (4, ClaimRefusal.replayed, ClaimRefusal.replayed, ClaimRefusal.replayed),
            (5, nil, .replayed, .replayed), (6, nil, nil, .inUse),
        ] as [(UInt64, ClaimRefusal?, ClaimRefusal?, ClaimRefusal?)] {
            for (instance, leaves, expected) in [(1, false, same), (2, true, gone), (2, false, speaking)]
                as [(UInt64, Bool, ClaimRefusal?)]
            {
                var table = ClaimTable(limit: 4, seed: 1)
                let number = try redeem(&table, "~a", 5, by: 1).get()
                if leaves { table.release(number) }
                switch redeem(&table, "~a", stamp, by: instance) {
                case .success: #expect(expected == nil, "\(stamp) by \(instance)")
                case .failure(let refusal): #expect(refusal == expected, "\(stamp) by \(instance)")
                }
            }
        }
    }

    @Test func whoHasBeenGoneForLongestIsForgottenFirst() throws {
        var table = ClaimTable(limit: 2, seed: 1)
        let one = try redeem(&table, "~a", 5, by: 1).get()
        let two = try redeem(&table, "~b", 5, by: 1).get()
        // Both speak: there is no room for a third, who speaks unremembered.
        #expect(try redeem(&table, "~c", 5, by: 1).get() == ClaimTable.none)
        table.release(two)
        table.release(one)
        _ = try redeem(&table, "~c", 5, by: 1).get()
        #expect(redeem(&table, "~a", 5, by: 2) == .failure(.replayed))
        #expect(try redeem(&table, "~b", 1, by: 2).get() != ClaimTable.none)
        #expect(table.count == 2)
    }

    @Test func whoIsRefusedSaysNothingAndIsCounted() throws {
        let hub = BroadcastHub(boot: 1, epochOffsetNanoseconds: 0)
        let channel = hub.openChannel(pid: 1)
        func join(slot: UInt32, _ stamp: UInt64, by instance: UInt64) -> ClaimRefusal? {
            Array("~a".utf8).withUnsafeBytes {
                let claim = IdentityClaim(stamp: stamp, instance: instance)
                return hub.joined(channel: channel, slot: slot, id: $0, claim: claim, now: 0)
            }
        }
        #expect(join(slot: 0, 5, by: 1) == nil)
        #expect(join(slot: 1, 5, by: 2) == .replayed)
        #expect(join(slot: 2, 6, by: 2) == .inUse)
        for slot: UInt32 in 0...2 { hub.sample(channel, slot: slot, now: 0) }
        for slot: UInt32 in [2, 1] { hub.left(channel: channel, slot: slot, now: 0) }
        #expect(hub.counters.relayed == 1 && hub.counters.droppedUnidentified == 2)
        #expect(hub.counters.dropped == 2 && hub.counters.kills == 0 && hub.counters.present == 1)
        #expect(hub.counters.refusedIdentities(.replayed) == 1)
        #expect(hub.counters.refusedIdentities(.inUse) == 1)
        // One that said bye speaks no more, although the visitor is present still.
        hub.left(channel: channel, slot: 0, mayReturn: true, now: 0)
        #expect(hub.counters.present == 1)
        #expect(join(slot: 2, 6, by: 2) == nil)
        #expect(hub.counters.joins == 1 && hub.counters.returns == 1)
    }

    /// One random history of joins, leaves and closed channels, moved from hub to hub now and then.
    private struct History {
        private struct Slot: Hashable {
            var channel: Int
            var slot: UInt32
        }

        private struct Known {
            var stamp: UInt64
            var instance: UInt64
            var slots: Set<Slot> = []
            /// When its last slot left.
            var idleSince = 0
        }

        private var random: SplitMix64
        private var hub: BroadcastHub
        private let fault: HubFault
        private var known: [String: Known] = [:]
        private var step = 0

        init(seed: UInt64, fault: HubFault) {
            random = SplitMix64(seed: seed)
            self.fault = fault
            var limits = HubLimits()
            limits.visitors = 40
            limits.claims = random.pick([2, 3, 100])
            hub = BroadcastHub(boot: 1, epochOffsetNanoseconds: 0, limits: limits)
            hub.fault = fault
            for pid: Int32 in 1...2 { _ = hub.openChannel(pid: pid) }
        }

        /// What went other than in the list; nil where nothing did.
        mutating func firstDifference(steps: Int) -> String? {
            while step < steps {
                step += 1
                if let difference = act() { return "step \(step): \(difference)" }
            }
            return nil
        }

        private mutating func act() -> String? {
            let slot = Slot(channel: random.below(2), slot: UInt32(random.below(4)))
            switch random.below(20) {
            case 0..<12: return join(slot)
            case 12..<18:
                let mayReturn = random.once(in: 2)
                hub.left(channel: slot.channel, slot: slot.slot, mayReturn: mayReturn, now: Int64(step))
                left(slot)
            case 18:
                hub.closeChannel(slot.channel, now: Int64(step))
                for number: UInt32 in 0..<4 { left(Slot(channel: slot.channel, slot: number)) }
                if hub.openChannel(pid: 3) != slot.channel { return "another channel" }
            default: return move()
            }
            return nil
        }

        private mutating func left(_ slot: Slot) {
            for id in known.keys {
                guard known[id]?.slots.remove(slot) != nil, known[id]?.slots.isEmpty == true else { continue }
                // Slots of a channel that closes leave in order.
                known[id]?.idleSince = step * 10 + Int(slot.slot)
            }
        }

        private mutating func join(_ slot: Slot) -> String? {
            let id = "~\(random.below(5))"
            let (stamp, instance) = (UInt64(random.below(4)), UInt64(1 + random.below(3)))
            // What the slot spoke for before is as if it had left.
            left(slot)
            let expected = judge(id, stamp, instance)
            if expected == nil { note(id, stamp, instance, slot) }
            let refusal = Array(id.utf8).withUnsafeBytes {
                hub.joined(
                    channel: slot.channel, slot: slot.slot, id: $0,
                    claim: IdentityClaim(stamp: stamp, instance: instance), now: Int64(step))
            }
            if refusal == expected { return nil }
            return "\(id) \(stamp) by \(instance) is \(refusal?.label ?? "taken")"
        }

        private func judge(_ id: String, _ stamp: UInt64, _ instance: UInt64) -> ClaimRefusal? {
            guard let claim = known[id] else { return nil }
            if stamp < claim.stamp || stamp == claim.stamp && instance != claim.instance { return .replayed }
            return instance != claim.instance && !claim.slots.isEmpty ? .inUse : nil
        }

        private mutating func note(_ id: String, _ stamp: UInt64, _ instance: UInt64, _ slot: Slot) {
            if known[id] == nil, known.count == hub.limits.claims {
                let idle = known.filter { $0.value.slots.isEmpty }
                guard let idlest = idle.min(by: { $0.value.idleSince < $1.value.idleSince }) else { return }
                known[idlest.key] = nil
            }
            var claim = known[id] ?? Known(stamp: stamp, instance: instance)
            claim.stamp = stamp
            claim.instance = instance
            claim.slots.insert(slot)
            known[id] = claim
        }

        private mutating func move() -> String? {
            var snapshot = ByteBuffer()
            HubSnapshot.write(hub, into: &snapshot)
            do throws(SnapshotFault) {
                hub = try HubSnapshot.read(snapshot.readable, limits: hub.limits, hashSeed: UInt64(step))
            } catch {
                return "the snapshot is refused: \(error)"
            }
            var again = ByteBuffer()
            HubSnapshot.write(hub, into: &again)
            hub.fault = fault
            return fault != .none || again.readable.elementsEqual(snapshot.readable)
                ? nil : "what was read is written otherwise"
        }
    }

    @Test func thousandsOfHistoriesAgreeWithTheList() {
        for seed in 0..<600 as Range<UInt64> {
            var history = History(seed: seed, fault: .none)
            if let difference = history.firstDifference(steps: 120) {
                Issue.record("seed \(seed): \(difference)")
                return
            }
        }
    }

    #if DEBUG
        @Test(arguments: Mistake.ofClaims)
        func everyMistakeIsCaught(fault: HubFault) {
            let isNoticed = (0..<300 as Range<UInt64>).contains { seed in
                var history = History(seed: seed, fault: fault)
                return history.firstDifference(steps: 120) != nil
            }
            #expect(isNoticed, "\(fault) was not noticed")
        }
    #endif
}
