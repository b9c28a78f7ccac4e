import ByteCore
import PointerEvents
import Tables

/// Who speaks on which connection: one slot a (connection, id) pair, found by both.
///
/// ```
///  entry   0 [ connection u32 | next u32 ]   next slot of the same connection
///          8 [ idLength u32 | isUsed u32 ]
///         16 [ id, 64 bytes ]
/// ```
/// The hash is keyed, so that nobody can choose ids that collide.
struct SpeakerTable: ~Copyable {
    /// No slot.
    static let none = UInt32.max

    struct Entry {
        var connection: UInt32
        var next: UInt32
        var idLength: UInt32
        var isUsed: UInt32
    }

    private static let entryBytes = 80
    private static let idOffset = 16

    private let seed: UInt64
    private var entries: UnsafeMutableRawPointer
    private var entryCapacity: Int
    private var entryCount = 0
    private var index = SlotIndex()
    private var free: [UInt32] = []

    /// Slots in use.
    var count: Int { index.count }

    /// Makes an empty table; `seed` is random a process.
    init(seed: UInt64) {
        self.seed = seed
        entryCapacity = 64
        entries = .allocate(byteCount: entryCapacity * Self.entryBytes, alignment: 8)
    }

    deinit { entries.deallocate() }

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
    func isSlot(_ slot: UInt32, of id: UnsafeRawBufferPointer) -> Bool { areEqual(self.id(of: slot), id) }

    private func hash(_ connection: UInt32, _ id: UnsafeRawBufferPointer) -> UInt64 {
        Hash64.hash(id, seed: seed &+ UInt64(connection) &* 0x9E37_79B9_7F4A_7C15)
    }

    /// The slot of a pair, or nil.
    func find(connection: UInt32, id: UnsafeRawBufferPointer) -> UInt32? {
        index.find(hash(connection, id)) { slot in
            entry(slot).pointee.connection == connection && isSlot(slot, of: id)
        }
    }

    /// Takes a slot for a pair that has none; `next` is the connection's first slot so far.
    mutating func add(connection: UInt32, id: UnsafeRawBufferPointer, next: UInt32) -> UInt32 {
        precondition((1...Limits.idBytes).contains(id.count))
        let slot = free.popLast() ?? takeNewSlot()
        entry(slot).pointee = Entry(
            connection: connection, next: next, idLength: UInt32(id.count), isUsed: 1)
        (entries + Int(slot) * Self.entryBytes + Self.idOffset)
            .copyMemory(from: id.baseAddress!, byteCount: id.count)
        index.insert(hash(connection, id), slot: slot)
        return slot
    }

    /// Frees a slot.
    mutating func remove(_ slot: UInt32) {
        precondition(entry(slot).pointee.isUsed == 1)
        index.remove(hash(entry(slot).pointee.connection, id(of: slot)), slot: slot)
        entry(slot).pointee.isUsed = 0
        free.append(slot)
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
}
