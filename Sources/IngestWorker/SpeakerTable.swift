import ByteCore
import PointerEvents
import PosixIO

/// Who speaks on which connection: one slot a (connection, id) pair, found by both.
///
/// The index is open addressing with linear probing and backward-shift deletion; the hash is keyed, so that
/// nobody can choose ids that collide.
struct SpeakerTable: ~Copyable {
    /// No slot.
    static let none = UInt32.max

    /// ```
    ///  0 [ id, 64 bytes ]
    /// 64 [ hash u64 | connection u32 | next u32 | idLength u32 ]   next slot of the same connection
    /// ```
    private struct Speaker: BitwiseCopyable {
        typealias Text = (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

        var id: Text = (0, 0, 0, 0, 0, 0, 0, 0)
        var hash: UInt64
        var connection: UInt32
        var next: UInt32
        var idLength: UInt32
    }

    private static let smallestIndexMask = 255

    private let seed: UInt64
    private var speakers = Slab<Speaker>()
    private var index: UnsafeMutablePointer<UInt32>
    private var indexMask = smallestIndexMask

    /// Makes an empty table; `seed` is random a process.
    init(seed: UInt64) {
        self.seed = seed
        index = Self.makeIndex(mask: Self.smallestIndexMask)
    }

    deinit { index.deallocate() }

    private static func makeIndex(mask: Int) -> UnsafeMutablePointer<UInt32> {
        let index = UnsafeMutablePointer<UInt32>.allocate(capacity: mask + 1)
        index.initialize(repeating: none, count: mask + 1)
        return index
    }

    /// Slots in use.
    var count: Int { speakers.count }

    /// Bytes allocated.
    var byteCount: Int { speakers.chunkBytes + (indexMask + 1) * MemoryLayout<UInt32>.size }

    /// The id of a slot; valid until its removal.
    func id(of slot: UInt32) -> UnsafeRawBufferPointer {
        let speaker = speakers[slot]
        return UnsafeRawBufferPointer(start: speaker, count: Int(speaker.pointee.idLength))
    }

    /// The slot that follows on the same connection.
    func next(after slot: UInt32) -> UInt32 { speakers[slot].pointee.next }

    /// Whether `slot` is of this id; for the common case that a connection speaks for one visitor.
    @inline(__always)
    func isSlot(_ slot: UInt32, of id: UnsafeRawBufferPointer) -> Bool {
        let speaker = speakers[slot]
        return Int(speaker.pointee.idLength) == id.count
            && isEqual(UnsafeRawPointer(speaker), id.baseAddress!, count: id.count)
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
            let candidate = speakers[slot]
            if candidate.pointee.hash == hash, candidate.pointee.connection == connection,
                isSlot(slot, of: id)
            {
                return slot
            }
            place = (place + 1) & indexMask
        }
        return nil
    }

    /// Takes a slot for a pair that has none; `next` is the connection's first slot so far.
    mutating func add(connection: UInt32, id: UnsafeRawBufferPointer, next: UInt32) -> UInt32 {
        precondition((1...Limits.idBytes).contains(id.count))
        if (count + 1) * 2 > indexMask { resizeIndex(mask: indexMask * 2 + 1) }
        let hash = hash(connection, id)
        var speaker = Speaker(hash: hash, connection: connection, next: next, idLength: UInt32(id.count))
        withUnsafeMutableBytes(of: &speaker.id) { $0.copyMemory(from: id) }
        let slot = speakers.insert(speaker).index
        insertIntoIndex(slot, hash)
        return slot
    }

    /// Frees a slot.
    mutating func remove(_ slot: UInt32) {
        let speaker = speakers.remove(slot)
        var hole = Int(truncatingIfNeeded: speaker.hash) & indexMask
        while index[hole] != slot { hole = (hole + 1) & indexMask }
        var place = (hole + 1) & indexMask
        while index[place] != Self.none {
            let home = Int(truncatingIfNeeded: speakers[index[place]].pointee.hash) & indexMask
            // Whoever sits between its home and here without passing the hole must stay.
            if (place - home) & indexMask >= (place - hole) & indexMask {
                index[hole] = index[place]
                hole = place
            }
            place = (place + 1) & indexMask
        }
        index[hole] = Self.none
    }

    /// Gives back what a crowd took that has gone.
    mutating func releaseFree() {
        speakers.releaseEmptyChunks()
        var mask = indexMask
        while mask > Self.smallestIndexMask, (count + 1) * 8 < mask { mask /= 2 }
        if mask != indexMask { resizeIndex(mask: mask) }
    }

    private func insertIntoIndex(_ slot: UInt32, _ hash: UInt64) {
        var place = Int(truncatingIfNeeded: hash) & indexMask
        while index[place] != Self.none { place = (place + 1) & indexMask }
        index[place] = slot
    }

    private mutating func resizeIndex(mask: Int) {
        let old = index
        let oldMask = indexMask
        indexMask = mask
        index = Self.makeIndex(mask: mask)
        for place in 0...oldMask where old[place] != Self.none {
            insertIntoIndex(old[place], speakers[old[place]].pointee.hash)
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
