import ByteCore
import PointerEvents

/// Who speaks on which connection: one slot a (connection, id) pair, found by both.
///
/// ```
///  entry   0 [ hash u64 | connection u32 | next u32 ]   next slot of the same connection
///         16 [ idLength u32 | isUsed u32 ]
///         24 [ id, 64 bytes ]
/// ```
/// The index is open addressing with linear probing and backward-shift deletion; the hash is keyed, so that
/// nobody can choose ids that collide.
struct SpeakerTable: ~Copyable {
    /// No slot.
    static let none = UInt32.max

    struct Entry {
        var hash: UInt64
        var connection: UInt32
        var next: UInt32
        var idLength: UInt32
        var isUsed: UInt32
    }

    private static let entryBytes = 88
    private static let idOffset = 24

    private let seed: UInt64
    private var entries: UnsafeMutableRawPointer
    private var entryCapacity: Int
    private var entryCount = 0
    private var index: UnsafeMutablePointer<UInt32>
    private var indexMask: Int
    private var free: [UInt32] = []
    /// Slots in use.
    private(set) var count = 0

    /// Makes an empty table; `seed` is random a process.
    init(seed: UInt64) {
        self.seed = seed
        entryCapacity = 64
        entries = .allocate(byteCount: entryCapacity * Self.entryBytes, alignment: 8)
        index = .allocate(capacity: 256)
        index.initialize(repeating: Self.none, count: 256)
        indexMask = 255
    }

    deinit {
        entries.deallocate()
        index.deallocate()
    }

    @inline(__always)
    private func entry(_ slot: UInt32) -> UnsafeMutablePointer<Entry> {
        (entries + Int(slot) * Self.entryBytes).assumingMemoryBound(to: Entry.self)
    }

    /// The id of a slot; valid until the next `add`.
    func id(of slot: UInt32) -> UnsafeRawBufferPointer {
        let base = entries + Int(slot) * Self.entryBytes
        return UnsafeRawBufferPointer(start: base + Self.idOffset, count: Int(entry(slot).pointee.idLength))
    }

    /// The slot that follows on the same connection.
    func next(after slot: UInt32) -> UInt32 { entry(slot).pointee.next }

    /// Whether `slot` is of this id; for the common case that a connection speaks for one visitor.
    @inline(__always)
    func isSlot(_ slot: UInt32, of id: UnsafeRawBufferPointer) -> Bool {
        let base = entries + Int(slot) * Self.entryBytes
        return Int(entry(slot).pointee.idLength) == id.count
            && isEqual(base + Self.idOffset, id.baseAddress!, count: id.count)
    }

    private func hash(_ connection: UInt32, _ id: UnsafeRawBufferPointer) -> UInt64 {
        Hash64.hash(id, seed: seed &+ UInt64(connection) &* 0x9E37_79B9_7F4A_7C15)
    }

    /// The slot of a pair, or nil.
    func find(connection: UInt32, id: UnsafeRawBufferPointer) -> UInt32? {
        let hash = hash(connection, id)
        var place = Int(truncatingIfNeeded: hash) & indexMask
        while index[place] != Self.none {
            let slot = index[place]
            let candidate = entry(slot).pointee
            if candidate.hash == hash, candidate.connection == connection, isSlot(slot, of: id) {
                return slot
            }
            place = (place + 1) & indexMask
        }
        return nil
    }

    /// Takes a slot for a pair that has none; `next` is the connection's first slot so far.
    mutating func add(connection: UInt32, id: UnsafeRawBufferPointer, next: UInt32) -> UInt32 {
        precondition((1...Limits.idBytes).contains(id.count))
        if (count + 1) * 2 > indexMask { growIndex() }
        let slot = free.popLast() ?? takeNewSlot()
        let hash = hash(connection, id)
        entry(slot).pointee = Entry(
            hash: hash, connection: connection, next: next, idLength: UInt32(id.count), isUsed: 1)
        (entries + Int(slot) * Self.entryBytes + Self.idOffset)
            .copyMemory(from: id.baseAddress!, byteCount: id.count)
        insertIntoIndex(slot, hash)
        count += 1
        return slot
    }

    /// Frees a slot.
    mutating func remove(_ slot: UInt32) {
        precondition(entry(slot).pointee.isUsed == 1)
        var hole = Int(truncatingIfNeeded: entry(slot).pointee.hash) & indexMask
        while index[hole] != slot { hole = (hole + 1) & indexMask }
        var place = (hole + 1) & indexMask
        while index[place] != Self.none {
            let home = Int(truncatingIfNeeded: entry(index[place]).pointee.hash) & indexMask
            // Whoever sits between its home and here without passing the hole must stay.
            if (place - home) & indexMask >= (place - hole) & indexMask {
                index[hole] = index[place]
                hole = place
            }
            place = (place + 1) & indexMask
        }
        index[hole] = Self.none
        entry(slot).pointee.isUsed = 0
        free.append(slot)
        count -= 1
    }

    private mutating func takeNewSlot() -> UInt32 {
        if entryCount == entryCapacity {
            let larger = entryCapacity * 2
            let moved = UnsafeMutableRawPointer.allocate(byteCount: larger * Self.entryBytes, alignment: 8)
            moved.copyMemory(from: entries, byteCount: entryCount * Self.entryBytes)
            entries.deallocate()
            entries = moved
            entryCapacity = larger
        }
        entryCount += 1
        return UInt32(entryCount - 1)
    }

    private func insertIntoIndex(_ slot: UInt32, _ hash: UInt64) {
        var place = Int(truncatingIfNeeded: hash) & indexMask
        while index[place] != Self.none { place = (place + 1) & indexMask }
        index[place] = slot
    }

    private mutating func growIndex() {
        let old = index
        let oldMask = indexMask
        indexMask = indexMask * 2 + 1
        index = .allocate(capacity: indexMask + 1)
        index.initialize(repeating: Self.none, count: indexMask + 1)
        for place in 0...oldMask where old[place] != Self.none {
            insertIntoIndex(old[place], entry(old[place]).pointee.hash)
        }
        old.deallocate()
    }
}

/// memcmp(3) without a call for the short runs that ids are.
@inline(__always)
func isEqual(_ first: UnsafeRawPointer, _ second: UnsafeRawPointer, count: Int) -> Bool {
    var offset = 0
    while offset + 8 <= count {
        let left = first.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        if left != second.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
        offset += 8
    }
    while offset < count {
        if first.load(fromByteOffset: offset, as: UInt8.self)
            != second.load(fromByteOffset: offset, as: UInt8.self)
        {
            return false
        }
        offset += 1
    }
    return true
}
