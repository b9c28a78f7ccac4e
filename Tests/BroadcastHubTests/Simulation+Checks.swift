import ByteCore
import PointerEvents

@testable import BroadcastHub
@testable import FramesShape

/// What must hold at every moment.
extension Simulation {
    /// The identities of the accounting, for each viewer and in sum, and the bounds on memory.
    func checkAccounts() {
        let counters = hub.counters
        let head = world.ordinal(world.head)
        checkScopes()
        var offered = departedOffered
        var delivered = departedDelivered
        var conflated = departedConflated
        for viewer in viewers {
            let viewerOffered = viewer.stage.world.ordinal(viewer.stage.world.head) &- viewer.baseOrdinal
            let viewerDelivered = hub.delivered(viewer.id) ?? .max
            let viewerConflated = hub.conflated(viewer.id) ?? .max
            if viewerDelivered != viewer.delivered {
                return fail("\(viewerDelivered) delivered to \(viewer.shape), should be \(viewer.delivered)")
            }
            if let expected = viewer.conflated(hub), expected != viewerConflated {
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
        if counters.returns != UInt64(world.returns) { return fail("\(counters.returns) returns") }
        let graceEnd = world.people.compactMap { $0.grace?.until }.min()
        if hub.nextDeadline ?? .max > graceEnd ?? .max {
            return fail("the end of a grace would be missed")
        }
        if graceEnd == nil, hub.nextDeadline != nil { return fail("a turn is due for nobody") }
        for stage in [whole] + scopes { checkMemory(of: stage) }
    }

    private func checkMemory(of stage: Stage) {
        guard let hub = stage.hub(of: hub) else { return fail("a scope is forgotten that is in use") }
        let world = stage.world
        if hub.headN != UInt64(world.head) { return fail("a scope's head is wrong") }
        if hub.ring.segments.count > 1, hub.ringBytes > hub.limits.ringBytes {
            return fail("the ring takes \(hub.ringBytes) bytes")
        }
        let first = Int(hub.ring.firstN)
        let entries = world.people.filter { $0.isPresent || $0.killN >= first }.count
        if hub.visitors.count != entries {
            return fail("\(hub.visitors.count) entries, should be \(entries)")
        }
        // The opening is the longest message of the default shape here.
        let carryLimit = max(hub.limits.frames.messageBytes, SamplesModel.opening.count)
        var catchUps = 0
        for viewer in viewers where viewer.stage === stage {
            if case .catchingUp = hub.find(viewer.id)?.progress { catchUps += 1 }
            let carried = hub.find(viewer.id)?.carry.count ?? 0
            if carried > carryLimit { return fail("a viewer holds \(carried) bytes") }
        }
        if hub.catchUpCount != catchUps { return fail("\(hub.catchUpCount) catch-ups, not \(catchUps)") }
        if catchUps == 0, hub.pins.count != 0 { return fail("\(hub.pins.count) pins that nobody holds") }
    }

    /// Who is here, in which order, and how active.
    func checkVisitors() { checkVisitors(in: VisitorRanking(limit: .max), of: world) }

    func checkVisitors(in ranking: consuming VisitorRanking, of world: World) {
        var seen: [String] = []
        hub.forEachVisitor(in: ranking, now: now) { visitor in
            let page = visitor.pageJSON.map { String(decoding: $0, as: UTF8.self) } ?? "-"
            let id = String(decoding: visitor.idJSON, as: UTF8.self)
            let name = visitor.nameJSON.map { String(decoding: $0, as: UTF8.self) } ?? "-"
            seen.append(
                "\(id) \(visitor.sinceMilliseconds) \(visitor.lastMilliseconds) \(visitor.rate) \(page) "
                    + "\(visitor.processID) \(name)")
        }
        var keys: [String: (rate: Int, n: Int)] = [:]
        let expected = world.presentNewestFirst.map { visitor in
            let person = world.people[visitor]
            let last = world.milliseconds(person.newestN == 0 ? person.since : person.last)
            let page =
                person.newestN == 0 ? nil : person.held.page.map { String(decoding: $0, as: UTF8.self) }
            let tenths = world.rateTenths(visitor, now: now)
            let line =
                "\(String(decoding: person.idJSON, as: UTF8.self)) \(world.milliseconds(person.since)) "
                + "\(last) \(Double(tenths) / 10) \(page ?? "-") \(person.pid) "
                + (person.held.tail.name.map { String(decoding: $0, as: UTF8.self) } ?? "-")
            keys[line] = (tenths, person.order.n)
            return line
        }
        /// Those who joined without a sample since the same one may stand in any order.
        func isBefore(_ left: String, _ right: String) -> Bool {
            guard let one = keys[left], let other = keys[right] else { return false }
            return (one.rate, one.n) > (other.rate, other.n)
        }
        let isOrdered = zip(seen, seen.dropFirst()).allSatisfy { !isBefore($1, $0) }
        if !isOrdered || seen.sorted() != expected.sorted() {
            fail("the visitors are \(seen), should be \(expected)")
        }
    }
}
