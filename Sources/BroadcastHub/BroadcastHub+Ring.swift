import ByteCore
import FramesShape
import PointerEvents

/// Keeping the ring, the visitors and the pages within their bounds.
extension BroadcastHub {
    /// Begins a new segment and drops old ones for it.
    @inline(never)
    func startSegment() {
        ring.startSegment()
        trimRing()
    }

    /// Drops the oldest segments while the ring is over its limit.
    func trimRing() {
        while let segment = ring.takeOldest() { retire(segment) }
    }

    /// Looks through a segment that was taken out: viewers in the middle of its text keep the rest of their
    /// message, visitors whose newest sample stood in it keep that, and those whose kill did are forgotten.
    func retire(_ segment: RingSegment) {
        counted.droppedSegments += 1
        forEachViewer { viewer in
            guard viewer.partial > 0, viewer.shape == .samples else { return }
            let n = viewer.position + 1
            guard n >= segment.firstN, n < segment.endN else { return }
            carryRest(of: viewer, in: segment)
        }
        for index in 0..<segment.count {
            // Of samples of one visitor in a row only the last can be the newest.
            if index + 1 < segment.count, segment.isFollowedAlike(index) { continue }
            let (record, n) = (segment.records + index, segment.firstN + UInt64(index))
            let visitor = record.pointee.slot
            if record.pointee.type == RecordRun.killType {
                // A later kill, or a presence, still needs the entry.
                if visitors.kill(of: visitor) == n { reclaim(visitor) }
            } else {
                let entry = visitors[visitor]
                guard entry.pointee.orderN == n, entry.pointee.flags.contains(.hasSample),
                    !isFaulty(.newestLeftBehind)
                else { continue }
                visitors.kept[Int(visitor)] = record.pointee
            }
        }
        ring.recycle(segment)
    }

    /// A visitor's newest sample, of whoever has one; its page is the hub's number.
    func newest(of visitor: UInt32) -> PointerSample {
        guard let record = ring.record(of: visitors[visitor].pointee.orderN),
            record.pointee.slot == visitor, record.pointee.type == PointerSample.recordType
        else { return visitors.kept[Int(visitor)] }
        return record.pointee
    }

    /// Has a viewer that is in the middle of a message of a segment keep the rest of it.
    func carryRest(of viewer: Viewer, in segment: RingSegment) {
        let n = viewer.position + 1
        let index = Int(n - segment.firstN)
        let start = segment.textStart(of: index) + viewer.partial
        if !isFaulty(.carryLost) {
            ledger.carry(segment.textSlice(from: start, to: segment.textStart(of: index + 1)), for: viewer)
        }
        viewer.carryCredit = segment.samples(before: index + 1) - segment.samples(before: index)
        viewer.position = n
        viewer.partial = 0
    }

    /// Gives a visitor's entry back unless it is in use.
    func reclaim(_ visitor: UInt32) {
        let entry = visitors[visitor]
        guard !isFaulty(.entryKept), entry.pointee.speakers == 0, !entry.pointee.flags.contains(.present),
            visitors.kill(of: visitor) < ring.firstN
        else { return }
        visitors.remove(visitor)
    }

    /// Makes an entry for a new id; where there is no room, the ring gives up what holds entries of those
    /// gone.
    func insertVisitor(_ id: UnsafeRawBufferPointer) -> UInt32? {
        while visitors.isFull {
            // Only if somebody's kill stands before the head, which is never dropped.
            let oldestKill = kills.firstIndex(after: ring.firstN - 1)
            guard visitors.count > visitors.presentCount, oldestKill < kills.count,
                kills.n(at: oldestKill) < ring.headFirstN, let segment = ring.takeOldest(always: true)
            else { return nil }
            retire(segment)
        }
        let visitor = visitors.insert(id)
        if namesVisitors, !isFaulty(.namesOutliveEntries) { scopeIndex.inserted(visitor, id: id) }
        return visitor
    }
}
