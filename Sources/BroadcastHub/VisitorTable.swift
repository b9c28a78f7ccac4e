import ByteCore
import Glibc
import PointerEvents

/// Everyone the hub knows: entries at fixed places, an index by id, and the list of those present.
///
/// The entries lie in one block that is never moved; memory that was never used costs nothing. The index is open
/// addressing with linear probing over entry numbers plus one, 0 being free.
struct VisitorTable: ~Copyable {
    let entries: UnsafeMutablePointer<Visitor>
    private let capacity: Int
    private let buckets: UnsafeMutablePointer<UInt32>
    private let bucketMask: UInt64
    private let seed: UInt64
    private var used: UInt32 = 0
    private var firstFree = Visitor.none
    private var scratch = ByteBuffer(capacity: 512)

    /// Entries in use, of visitors present and gone.
    private(set) var count = 0
    /// Visitors present.
    private(set) var presentCount = 0
    /// Both ends of the list of those present, in order of `orderN`.
    private(set) var oldest = Visitor.none
    private(set) var newest = Visitor.none

    init(capacity: Int, seed: UInt64) {
        precondition(capacity > 0 && capacity < Int(Visitor.refused))
        self.capacity = capacity
        self.seed = seed
        entries = .allocate(capacity: capacity)
        var bucketCount = 4
        while bucketCount < capacity * 2 { bucketCount *= 2 }
        bucketMask = UInt64(bucketCount - 1)
        // calloc hands out zero pages that cost nothing until they are touched.
        guard let zeroed = calloc(bucketCount, MemoryLayout<UInt32>.stride) else {
            fatalError("out of memory for the index of visitors")
        }
        buckets = zeroed.bindMemory(to: UInt32.self, capacity: bucketCount)
    }

    deinit {
        for index in 0...bucketMask where buckets[Int(index)] != 0 {
            entries[Int(buckets[Int(index)] - 1)].text.deallocate()
        }
        entries.deallocate()
        free(buckets)
    }

    /// Whether a new id finds no room.
    var isFull: Bool { count == capacity }

    @inline(__always)
    subscript(index: UInt32) -> UnsafeMutablePointer<Visitor> { entries + Int(index) }

    /// The entry of `id`, or nil.
    func find(_ id: UnsafeRawBufferPointer) -> UInt32? {
        let hash = Hash64.hash(id, seed: seed)
        var bucket = hash & bucketMask
        while true {
            let stored = buckets[Int(bucket)]
            if stored == 0 { return nil }
            let entry = entries + Int(stored - 1)
            if entry.pointee.hash == hash, Self.isEqual(entry.pointee.id, id) { return stored - 1 }
            bucket = (bucket + 1) & bucketMask
        }
    }

    private static func isEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        guard let leftBase = left.baseAddress, let rightBase = right.baseAddress else { return true }
        return memcmp(leftBase, rightBase, left.count) == 0
    }

    /// Makes an entry for `id`, which has none; there must be room.
    mutating func insert(_ id: UnsafeRawBufferPointer) -> UInt32 {
        precondition(!isFull && id.count <= PointerEvents.Limits.idBytes)
        let index: UInt32
        if firstFree != Visitor.none {
            index = firstFree
            firstFree = self[index].pointee.next
        } else {
            index = used
            used += 1
        }
        scratch.removeAll()
        scratch.appendIDPrefix(id: id)
        let prefixLength = scratch.count
        scratch.append(id)
        let text = UnsafeMutableRawPointer.allocate(byteCount: scratch.count, alignment: 1)
        if let source = scratch.readable.baseAddress {
            text.copyMemory(from: source, byteCount: scratch.count)
        }
        var visitor = Visitor(text: text)
        visitor.prefixLength = UInt16(prefixLength)
        visitor.idLength = UInt8(id.count)
        visitor.hash = Hash64.hash(id, seed: seed)
        (entries + Int(index)).initialize(to: visitor)
        var bucket = visitor.hash & bucketMask
        while buckets[Int(bucket)] != 0 { bucket = (bucket + 1) & bucketMask }
        buckets[Int(bucket)] = index + 1
        count += 1
        return index
    }

    /// Gives an entry back; nobody may refer to it any more.
    mutating func remove(_ index: UInt32) {
        precondition(!self[index].pointee.flags.contains(.present))
        var hole = self[index].pointee.hash & bucketMask
        while buckets[Int(hole)] != index + 1 { hole = (hole + 1) & bucketMask }
        // Whoever stands behind the hole and could not stand at home moves into it, so that no search stops early.
        var bucket = (hole + 1) & bucketMask
        while buckets[Int(bucket)] != 0 {
            let home = entries[Int(buckets[Int(bucket)] - 1)].hash & bucketMask
            if ((bucket &- home) & bucketMask) >= ((bucket &- hole) & bucketMask) {
                buckets[Int(hole)] = buckets[Int(bucket)]
                hole = bucket
            }
            bucket = (bucket + 1) & bucketMask
        }
        buckets[Int(hole)] = 0
        self[index].pointee.text.deallocate()
        self[index].pointee.next = firstFree
        firstFree = index
        count -= 1
    }
}

/// The list of those present.
extension VisitorTable {
    /// Puts a visitor at the new end of the list, as present.
    mutating func link(_ index: UInt32) {
        let visitor = self[index]
        visitor.pointee.flags.insert(.present)
        visitor.pointee.previous = newest
        visitor.pointee.next = Visitor.none
        if newest == Visitor.none { oldest = index } else { self[newest].pointee.next = index }
        newest = index
        presentCount += 1
    }

    /// Takes a visitor out of the list, as gone.
    mutating func unlink(_ index: UInt32) {
        let visitor = self[index]
        let previous = visitor.pointee.previous
        let next = visitor.pointee.next
        if previous == Visitor.none { oldest = next } else { self[previous].pointee.next = next }
        if next == Visitor.none { newest = previous } else { self[next].pointee.previous = previous }
        visitor.pointee.flags.remove([.present, .hasSample])
        presentCount -= 1
    }

    /// Moves a visitor who is present to the new end of the list.
    @inline(__always)
    mutating func moveToNewest(_ index: UInt32) {
        if index == newest { return }
        let visitor = self[index]
        let previous = visitor.pointee.previous
        let next = visitor.pointee.next
        // Not the newest, so there is a next.
        self[next].pointee.previous = previous
        if previous == Visitor.none { oldest = next } else { self[previous].pointee.next = next }
        self[newest].pointee.next = index
        visitor.pointee.previous = newest
        visitor.pointee.next = Visitor.none
        newest = index
    }
}
