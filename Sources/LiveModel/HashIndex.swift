/// Finds slots by hash: open addressing, linear probing, no tombstones.
///
/// It holds slot numbers and half of each hash; what they stand for, and whether it is the same, the caller
/// knows.
struct HashIndex: ~Copyable {
    private struct Entry: BitwiseCopyable {
        var slot: UInt32
        var hash: UInt32

        static let empty = Entry(slot: .max, hash: 0)
    }

    private var entries: UnsafeMutablePointer<Entry>
    private var mask: Int
    private(set) var count = 0

    init() {
        mask = 63
        entries = .allocate(capacity: 64)
        entries.initialize(repeating: .empty, count: 64)
    }

    private init(copying other: borrowing HashIndex) {
        mask = other.mask
        count = other.count
        entries = .allocate(capacity: mask + 1)
        entries.initialize(from: other.entries, count: mask + 1)
    }

    /// An index of the same slots.
    borrowing func copy() -> HashIndex { HashIndex(copying: self) }

    deinit { entries.deallocate() }

    /// The slot stored under `hash` for which `isSame` holds.
    @inline(__always)
    func find(_ hash: UInt64, where isSame: (Int) -> Bool) -> Int? {
        let short = UInt32(truncatingIfNeeded: hash)
        var place = Int(short) & mask
        while entries[place].slot != .max {
            if entries[place].hash == short, isSame(Int(entries[place].slot)) {
                return Int(entries[place].slot)
            }
            place = (place &+ 1) & mask
        }
        return nil
    }

    /// Stores `slot`, which is not in the index yet.
    mutating func insert(_ hash: UInt64, slot: Int) {
        if (count + 1) * 4 > (mask + 1) * 3 { grow() }
        place(Entry(slot: UInt32(slot), hash: UInt32(truncatingIfNeeded: hash)))
        count += 1
    }

    /// Takes `slot` out, which is stored under `hash`.
    mutating func remove(_ hash: UInt64, slot: Int) {
        var hole = Int(UInt32(truncatingIfNeeded: hash)) & mask
        while entries[hole].slot != UInt32(slot) {
            precondition(entries[hole].slot != .max, "a slot is removed only while it is stored")
            hole = (hole &+ 1) & mask
        }
        // Whoever stands behind the hole and was pushed over it by the probing moves up (Knuth, "The Art of
        // Computer Programming", volume 3, section 6.4, algorithm R).
        var next = (hole &+ 1) & mask
        while entries[next].slot != .max {
            let home = Int(entries[next].hash) & mask
            if (next &- home) & mask >= (next &- hole) & mask {
                entries[hole] = entries[next]
                hole = next
            }
            next = (next &+ 1) & mask
        }
        entries[hole] = .empty
        count -= 1
    }

    private mutating func place(_ entry: Entry) {
        var place = Int(entry.hash) & mask
        while entries[place].slot != .max { place = (place &+ 1) & mask }
        entries[place] = entry
    }

    private mutating func grow() {
        let old = entries
        let oldCapacity = mask + 1
        entries = .allocate(capacity: oldCapacity * 2)
        entries.initialize(repeating: .empty, count: oldCapacity * 2)
        mask = oldCapacity * 2 - 1
        for index in 0..<oldCapacity where old[index].slot != .max { place(old[index]) }
        old.deallocate()
    }
}
