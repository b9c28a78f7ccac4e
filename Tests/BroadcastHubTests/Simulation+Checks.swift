import ByteCore
import PointerEvents

@testable import BroadcastHub

/// What must hold at every moment.
extension Simulation {
    /// The identities of the accounting, for each viewer and in sum, and the bounds on memory.
    func checkAccounts() {
        let counters = hub.counters
        let head = world.ordinal(world.head)
        var offered = departedOffered
        var delivered = departedDelivered
        var conflated = departedConflated
        for viewer in viewers {
            let viewerOffered = head - viewer.baseOrdinal
            let viewerDelivered = hub.delivered(viewer.id) ?? .max
            let viewerConflated = hub.conflated(viewer.id) ?? .max
            if viewerDelivered != viewer.delivered {
                return fail("\(viewerDelivered) delivered to \(viewer.shape), should be \(viewer.delivered)")
            }
            if let expected = viewer.conflated, expected != viewerConflated {
                return fail("\(viewerConflated) conflated for \(viewer.shape), should be \(expected)")
            }
            if viewerDelivered + viewerConflated + (hub.pending(viewer.id) ?? 0) != viewerOffered {
                return fail("the account of \(viewer.shape) does not balance")
            }
            offered += viewerOffered
            delivered += viewerDelivered
            conflated += viewerConflated
        }
        let undelivered = counters.undelivered.reduce(0, +)
        if counters.relayed != head || hub.headN != UInt64(world.head) { return fail("the head is wrong") }
        if counters.offered != offered { return fail("\(counters.offered) offered, should be \(offered)") }
        if counters.delivered != delivered || counters.conflated != conflated {
            return fail("the sums of delivered and conflated are wrong")
        }
        if undelivered != departedUndelivered { return fail("\(undelivered) undelivered") }
        if counters.offered != counters.delivered + counters.conflated + undelivered + counters.pending {
            return fail("the account does not balance")
        }
        if counters.kills != UInt64(world.kills.count) { return fail("\(counters.kills) kills") }
        checkMemory()
    }

    private func checkMemory() {
        if hub.ring.segments.count > 1, hub.ringBytes > hub.limits.ringBytes {
            return fail("the ring takes \(hub.ringBytes) bytes")
        }
        let first = Int(hub.ring.firstN)
        let entries = world.people.filter { $0.isPresent || $0.killN >= first }.count
        if hub.visitors.count != entries {
            return fail("\(hub.visitors.count) entries, should be \(entries)")
        }
        // The opening is the longest message of the default shape here.
        let carryLimit = max(hub.limits.frameMessageBytes, SamplesModel.opening.count)
        for viewer in viewers {
            let carried = hub.find(viewer.id)?.carry.count ?? 0
            if carried > carryLimit { return fail("a viewer holds \(carried) bytes") }
        }
    }

    /// Who is here, in which order, and how active.
    func checkVisitors() {
        var seen: [String] = []
        hub.forEachVisitor(now: now) { visitor in
            let page = visitor.pageJSON.map { String(decoding: $0, as: UTF8.self) } ?? "-"
            let id = String(decoding: visitor.idJSON, as: UTF8.self)
            seen.append(
                "\(id) \(visitor.sinceMilliseconds) \(visitor.lastMilliseconds) \(visitor.rate) \(page) "
                    + "\(visitor.processID)")
        }
        let order = world.presentNewestFirst.enumerated().sorted { left, right in
            let rates = (world.rateTenths(left.element, now: now), world.rateTenths(right.element, now: now))
            return rates.0 != rates.1 ? rates.0 > rates.1 : left.offset < right.offset
        }
        let expected = order.map { _, visitor in
            let person = world.people[visitor]
            let last = world.milliseconds(person.newestN == 0 ? person.since : person.last)
            let page = person.newestN == 0 ? nil : person.pageJSON.map { String(decoding: $0, as: UTF8.self) }
            return "\(String(decoding: person.idJSON, as: UTF8.self)) \(world.milliseconds(person.since)) "
                + "\(last) \(Double(world.rateTenths(visitor, now: now)) / 10) \(page ?? "-") \(person.pid)"
        }
        if seen != expected { fail("the visitors are \(seen), should be \(expected)") }
    }
}
