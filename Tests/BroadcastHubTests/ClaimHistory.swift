import ByteCore
import TestSupport

@testable import BroadcastHub
@testable import FramesShape

/// One random history of newcomers, tokens that are redeemed, at once, late, twice and by others, leaves and
/// closed channels; the hub is moved now and then, and starts anew with what it kept.
///
/// It is held against a naive list, and against what nobody may ever see: a token that lets in twice.
struct ClaimHistory {
    private struct Slot: Hashable {
        var channel: Int
        var slot: UInt32
    }

    private struct Known {
        var stamp: UInt64
        var instance: UInt64
        var slots: Set<Slot> = []
    }

    private var random: SplitMix64
    private var hub: BroadcastHub
    private let fault: HubFault
    private var known: [String: Known] = [:]
    /// Who left, the longest ago first: those who redeemed a token, and those who have not.
    private var redeemedGone: [String] = []
    private var freshGone: [String] = []
    private var horizon: UInt64 = 0
    /// Stamps of all tokens that were issued, and which was redeemed last and by whom, never forgotten.
    private var issued: [String: [UInt64]] = [:]
    private var used: [String: (stamp: UInt64, instance: UInt64)] = [:]
    private var step = 0

    init(seed: UInt64, fault: HubFault) {
        random = SplitMix64(seed: seed)
        self.fault = fault
        var limits = HubLimits()
        limits.visitors = 400
        limits.claims = random.pick([1, 2, 3, 100])
        limits.freshClaims = random.pick([0, 1, 2, 100])
        hub = Self.freshHub(limits, fault)
    }

    private static func freshHub(_ limits: HubLimits, _ fault: HubFault) -> BroadcastHub {
        let hub = BroadcastHub(boot: 1, epochOffsetNanoseconds: 0, limits: limits)
        hub.fault = fault
        for pid: Int32 in 1...2 { _ = hub.openChannel(pid: pid) }
        return hub
    }

    /// What went other than it has to; nil where nothing did.
    mutating func firstDifference(steps: Int) -> String? {
        while step < steps {
            step += 1
            if let difference = act() { return "step \(step): \(difference)" }
        }
        return nil
    }

    private mutating func act() -> String? {
        let slot = Slot(channel: random.below(2), slot: UInt32(random.below(4)))
        switch random.below(40) {
        case 0..<6: return join("~\(issued.count)", 0, slot)
        case 6..<24: return redeem(slot)
        case 24..<36:
            hub.left(
                channel: slot.channel, slot: slot.slot, mayReturn: random.once(in: 2), now: Int64(step))
            left(slot)
        case 36:
            hub.closeChannel(slot.channel, now: Int64(step))
            for number: UInt32 in 0..<4 { left(Slot(channel: slot.channel, slot: number)) }
            if hub.openChannel(pid: 3) != slot.channel { return "another channel" }
        case 37, 38: return move()
        default: return startAnew()
        }
        return nil
    }

    /// Somebody shows a token that was issued some time: mostly the newest, of somebody who came lately.
    private mutating func redeem(_ slot: Slot) -> String? {
        guard !issued.isEmpty else { return nil }
        let back = random.below(random.once(in: 2) ? min(4, issued.count) : issued.count)
        let id = "~\(issued.count - 1 - back)"
        guard let stamps = issued[id], let last = stamps.last else { return nil }
        return join(id, random.once(in: 3) ? random.pick(stamps) : last, slot)
    }

    private mutating func join(_ id: String, _ stamp: UInt64, _ slot: Slot) -> String? {
        let instance = UInt64(1 + random.below(3))
        // What the slot spoke for before is as if it had left.
        left(slot)
        let expected = judge(id, stamp, instance)
        let refusal = Array(id.utf8).withUnsafeBytes {
            hub.joined(
                channel: slot.channel, slot: slot.slot, id: $0,
                claim: IdentityClaim(stamp: stamp, instance: instance), now: Int64(step))
        }
        if refusal == nil {
            if stamp != 0, let last = used[id], stamp <= last.stamp,
                stamp < last.stamp || instance != last.instance
            {
                return "\(id) \(stamp) lets in \(instance) after \(last)"
            }
            if stamp != 0 { used[id] = (stamp, instance) }
            issued[id, default: []].append(UInt64(step))
        }
        if refusal != expected.map({ .claim($0) }) {
            return "\(id) \(stamp) by \(instance) is \(refusal.map { "\($0)" } ?? "taken")"
        }
        if expected == nil { note(id, stamp, instance, slot) }
        return nil
    }

    private func judge(_ id: String, _ stamp: UInt64, _ instance: UInt64) -> ClaimRefusal? {
        guard let claim = known[id] else { return stamp != 0 && stamp <= horizon ? .forgotten : nil }
        if stamp < claim.stamp || stamp == claim.stamp && instance != claim.instance { return .replayed }
        return instance != claim.instance && !claim.slots.isEmpty ? .inUse : nil
    }

    private mutating func note(_ id: String, _ stamp: UInt64, _ instance: UInt64, _ slot: Slot) {
        redeemedGone.removeAll { $0 == id }
        freshGone.removeAll { $0 == id }
        var claim = known[id] ?? Known(stamp: stamp, instance: instance)
        (claim.stamp, claim.instance) = (stamp, instance)
        claim.slots.insert(slot)
        known[id] = claim
    }

    private mutating func left(_ slot: Slot) {
        for id in known.keys where known[id]?.slots.remove(slot) != nil {
            guard let claim = known[id], claim.slots.isEmpty else { continue }
            if claim.stamp == 0 { freshGone.append(id) } else { redeemedGone.append(id) }
        }
        thinOut()
    }

    private mutating func thinOut() {
        while redeemedGone.count > hub.limits.claims {
            let id = redeemedGone.removeFirst()
            horizon = max(horizon, known.removeValue(forKey: id)?.stamp ?? 0)
        }
        while freshGone.count > hub.limits.freshClaims { known[freshGone.removeFirst()] = nil }
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

    /// The server stops and starts again, with the file that it kept, and nobody is there.
    private mutating func startAnew() -> String? {
        var kept = hub.keptClaims
        kept.thinOut(before: 0, limit: hub.limits.claims)
        guard let read = kept.encoded().withUnsafeBytes({ KeptClaims($0) }), read == kept else {
            return "what was kept is read otherwise"
        }
        hub = Self.freshHub(hub.limits, fault)
        hub.takeUp(read)
        known = known.filter { $0.value.stamp != 0 }
        for id in known.keys {
            known[id]?.slots = []
            known[id]?.instance = 0
        }
        freshGone = []
        redeemedGone = known.keys.sorted { one, other in
            guard let first = known[one]?.stamp, let second = known[other]?.stamp else { return false }
            return first != second ? first < second : one.utf8.lexicographicallyPrecedes(other.utf8)
        }
        thinOut()
        return nil
    }
}
