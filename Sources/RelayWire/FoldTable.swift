/// Where the newest move and the newest scroll of each slot stand while a queue is folded.
///
/// An entry is a record's offset in words plus one; zero means none. Two entries a slot, in one allocation
/// that lasts while a worker is behind. Every fold leaves it empty.
struct FoldTable: ~Copyable {
    private var entries: UnsafeMutablePointer<UInt32>
    private var slotCount: Int

    init() {
        slotCount = 0
        entries = .allocate(capacity: 0)
    }

    deinit { entries.deallocate() }

    /// Makes `offset` the newest of its slot and kind, and says which record was that before.
    mutating func replaceNewest(slot: UInt32, isScroll: Bool, offset: Int) -> Int? {
        let slot = Int(slot)
        if slot >= slotCount { grow(toHold: slot) }
        let entry = entries + (slot * 2 + (isScroll ? 1 : 0))
        let older = entry.pointee
        entry.pointee = UInt32(offset / 8 + 1)
        return older == 0 ? nil : Int(older - 1) * 8
    }

    /// Forgets a slot: what came before was another owner's, or the fold is over.
    mutating func forget(slot: UInt32) {
        let slot = Int(slot)
        guard slot < slotCount else { return }
        entries[slot * 2] = 0
        entries[slot * 2 + 1] = 0
    }

    /// Gives the storage back.
    mutating func release() {
        guard slotCount > 0 else { return }
        entries.deallocate()
        entries = .allocate(capacity: 0)
        slotCount = 0
    }

    private mutating func grow(toHold slot: Int) {
        precondition(slot < RelayLimits.slotsPerChannel, "a slot past the limit was queued")
        var larger = max(slotCount, 256)
        while slot >= larger { larger *= 2 }
        let moved = UnsafeMutablePointer<UInt32>.allocate(capacity: larger * 2)
        moved.update(from: entries, count: slotCount * 2)
        (moved + slotCount * 2).update(repeating: 0, count: (larger - slotCount) * 2)
        entries.deallocate()
        entries = moved
        slotCount = larger
    }
}
