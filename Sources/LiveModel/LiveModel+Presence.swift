import ByteCore
import PointerEvents

extension LiveModel {
    /// Takes in a visitor of a keyframe.
    mutating func present(_ entry: VisitorEntry) {
        guard let slot = unsafe entry.id.withBytes({ unsafe findOrAdd($0) }) else { return }
        visitors[slot].generation = generation
        visitors[slot].worker = entry.worker
        visitors[slot].sinceMilliseconds =
            entry.since >= 0 ? min(entry.since, nowMilliseconds) : nowMilliseconds
        let before = visitors[slot].lastMilliseconds
        visitors[slot].lastMilliseconds =
            entry.last >= 0 ? min(entry.last, nowMilliseconds) : visitors[slot].sinceMilliseconds
        visitors[slot].arrival = keyframeArrival
        keyframeArrival &-= 1
        if entry.hasPosition {
            let isKnown = visitors[slot].hasPosition
            // A keyframe says all that it has room for: what it leaves out may be another's by now.
            if entry.page == nil { leavePage(slot) }
            if entry.name == nil { visitors.dropName(of: slot) }
            place(entry, in: slot)
            // Of the samples that a keyframe passes over, the newest is told.
            if isKnown, visitors[slot].lastMilliseconds > before {
                trace(slot, at: visitors[slot].lastMilliseconds)
            }
        }
        catchUp(slot, toRate: entry.rate)
    }

    /// Takes in a join.
    mutating func join(_ entry: VisitorEntry, at: Int64) {
        guard let slot = unsafe entry.id.withBytes({ unsafe findOrAdd($0) }) else { return }
        visitors[slot].generation = generation
        visitors[slot].worker = entry.worker
        visitors[slot].sinceMilliseconds = entry.since >= 0 ? min(entry.since, at) : at
        visitors[slot].lastMilliseconds = visitors[slot].sinceMilliseconds
        arrivals &+= 1
        visitors[slot].arrival = arrivals
    }

    /// Takes in a sample of `second`; of someone without a row nothing is kept.
    @inline(__always)
    mutating func sample(_ entry: VisitorEntry, at: Int64, second: Int64, isCountedByPage: Bool) {
        guard let slot = unsafe entry.id.withBytes({ unsafe visitors.find($0) }) else { return }
        visitors.addSamples(1, of: slot, at: second)
        arrivals &+= 1
        visitors[slot].arrival = arrivals
        visitors[slot].lastMilliseconds = at
        place(entry, in: slot)
        if isCountedByPage {
            pages.counts.add(1, to: visitors[slot].page, at: second)
            if entry.kind == .click { pages.counts.addClick(to: visitors[slot].page, at: second) }
        }
        trace(slot, at: at)
    }

    /// Takes in a leave.
    mutating func leave(_ id: UnsafeRawBufferPointer) {
        if let slot = unsafe visitors.find(id) {
            remove(slot)
        } else if visitorsWithoutRow > 0 {
            visitorsWithoutRow -= 1
            membershipRevision &+= 1
        }
    }

    /// Takes out whom the keyframe that ends did not name.
    mutating func endKeyframe() {
        isInsideKeyframe = false
        for slot in 0..<visitors.slotsInUse
        where visitors.isInUse(slot) && visitors[slot].generation != generation {
            remove(slot)
        }
    }

    @inline(__always)
    private mutating func place(_ entry: VisitorEntry, in slot: Int) {
        visitors[slot].x = entry.x
        visitors[slot].y = entry.y
        visitors[slot].kind = entry.kind
        visitors[slot].hasPosition = true
        if entry.buttons >= 0 { visitors[slot].buttons = UInt16(clamping: entry.buttons) }
        if entry.width >= 0 { visitors[slot].width = min(entry.width, LiveModelLimits.coordinate) }
        if entry.height >= 0 { visitors[slot].height = min(entry.height, LiveModelLimits.coordinate) }
        if entry.scrollX.isFinite { visitors[slot].scrollX = Self.pixels(entry.scrollX) }
        if entry.scrollY.isFinite { visitors[slot].scrollY = Self.pixels(entry.scrollY) }
        if entry.documentWidth >= 0 { visitors[slot].documentWidth = Self.pixels(entry.documentWidth) }
        if entry.documentHeight >= 0 { visitors[slot].documentHeight = Self.pixels(entry.documentHeight) }
        if let name = entry.name { unsafe name.withBytes { unsafe visitors.setName($0, of: slot) } }
        if let page = entry.page { unsafe page.withBytes { unsafe enter($0, slot: slot) } }
    }

    private static func pixels(_ value: Double) -> Float {
        Float(min(max(value, -LiveModelLimits.coordinate), LiveModelLimits.coordinate))
    }

    private mutating func enter(_ page: UnsafeRawBufferPointer, slot: Int) {
        let old = visitors[slot].page
        guard page.count <= PointerEvents.Limits.pageBytes, unsafe !pages.isPage(old, page) else { return }
        // A page without a name is none.
        visitors[slot].page = unsafe page.isEmpty ? -1 : pages.enter(page)
        pages.leave(old)
    }

    private mutating func leavePage(_ slot: Int) {
        pages.leave(visitors[slot].page)
        visitors[slot].page = -1
    }

    private mutating func findOrAdd(_ id: UnsafeRawBufferPointer) -> Int? {
        guard id.count > 0, id.count <= VisitorTable.idBytes else { return nil }
        if let slot = unsafe visitors.find(id) { return slot }
        membershipRevision &+= 1
        guard let slot = unsafe visitors.add(id) else {
            visitorsWithoutRow += 1
            return nil
        }
        visitors[slot].headSecond = second
        followedMayBeBack(slot)
        return slot
    }

    private mutating func remove(_ slot: Int) {
        followedLeaves(slot)
        pages.leave(visitors[slot].page)
        visitors.remove(slot)
        membershipRevision &+= 1
    }

    /// Adds what is missing to the hub's own rate, evenly over the seconds it speaks of: samples from before
    /// we listened, or skipped when we could not keep up.
    private mutating func catchUp(_ slot: Int, toRate rate: Double) {
        let missing = rate * rateDivisor(of: slot) - Double(samplesInRate(of: slot, at: second))
        guard missing >= 1 else { return }
        let since = HubClock.second(of: visitors[slot].sinceMilliseconds)
        let first = max(second - 4, since)
        // The current second has its share only as far as it has passed.
        let total = Double(second - first) + max(fractionOfSecond, 0.001)
        // The second before those had as much, for all we know.
        if first > since, visitors.samples(of: slot, at: first - 1) == 0 {
            add(Int((missing / total).rounded()), to: slot, at: first - 1)
        }
        var given = 0
        for step in 0...Int(second - first) {
            let due = Int((missing * min(Double(step + 1), total) / total).rounded())
            add(due - given, to: slot, at: first + Int64(step))
            given = due
        }
    }

    private mutating func add(_ count: Int, to slot: Int, at second: Int64) {
        visitors.addSamples(UInt16(clamping: count), of: slot, at: second)
        history.add(count, at: second)
        if pages.counts.advance(to: second) {
            pages.counts.add(UInt32(clamping: count), to: visitors[slot].page, at: second)
        }
    }
}
