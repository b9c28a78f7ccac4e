import ByteCore
import PointerEvents

import func Glibc.calloc
import func Glibc.free
import func Glibc.memcmp

/// Everyone the hub knows: entries at fixed places, an index by id, and the list of those present.
///
/// The entries lie in one block that is never moved; memory that was never used costs nothing. Their texts
/// lie in an arena. The index is open addressing with linear probing over entry numbers plus one, 0 being
/// free.
struct VisitorTable: ~Copyable {
    private struct Bucket: BitwiseCopyable {
        var entryPlusOne: UInt32
        /// The low half of the id's hash, by which most strangers are told apart without touching their
        /// entry.
        var hash: UInt32
    }

    private let entries: UnsafeMutablePointer<Visitor>
    let links: UnsafeMutablePointer<VisitorLinks>
    let surroundings: UnsafeMutablePointer<VisitorSurroundings>
    private let capacity: Int
    private let buckets: UnsafeMutablePointer<Bucket>
    private let bucketMask: UInt32
    private let seed: UInt64
    /// Entries that were ever used: those from here on never were.
    private(set) var used: UInt32 = 0
    private var firstFree = Visitor.none
    private(set) var texts = TextArena()
    private var scratch = ByteBuffer(capacity: 512)

    /// Entries in use, of visitors present and gone.
    private(set) var count = 0
    /// Visitors present.
    private(set) var presentCount = 0
    /// Both ends of the list of those present, in order of `orderN`.
    private(set) var oldest = Visitor.none
    private(set) var newest = Visitor.none

    init(capacity: Int, seed: UInt64) {
        precondition(capacity > 0 && capacity < Int(Visitor.refused) / 4)
        self.capacity = capacity
        self.seed = seed
        entries = UnsafeMutableRawPointer.allocate(
            byteCount: capacity * MemoryLayout<Visitor>.stride, alignment: 64
        ).bindMemory(to: Visitor.self, capacity: capacity)
        links = .allocate(capacity: capacity)
        surroundings = .allocate(capacity: capacity)
        var bucketCount = 4
        while bucketCount < capacity * 2 { bucketCount *= 2 }
        bucketMask = UInt32(bucketCount - 1)
        // calloc hands out zero pages that cost nothing until they are touched.
        guard let zeroed = calloc(bucketCount, MemoryLayout<Bucket>.stride) else {
            fatalError("out of memory for the index of visitors")
        }
        buckets = zeroed.bindMemory(to: Bucket.self, capacity: bucketCount)
    }

    deinit {
        entries.deallocate()
        links.deallocate()
        surroundings.deallocate()
        free(buckets)
    }

    /// Whether a new id finds no room.
    var isFull: Bool { count == capacity }

    @inline(__always)
    subscript(index: UInt32) -> UnsafeMutablePointer<Visitor> {
        assert(index < used)
        return entries + Int(index)
    }

    /// `{"id":"user123","x":`; valid until a visitor is inserted, as is the rest of the text.
    @inline(__always)
    func prefix(of index: UInt32) -> UnsafeRawBufferPointer {
        let entry = self[index]
        return texts.text(at: entry.pointee.text, count: Int(entry.pointee.prefixLength))
    }

    /// The id as it came.
    func id(of index: UInt32) -> UnsafeRawBufferPointer {
        let entry = self[index]
        let place = entry.pointee.text + UInt32(entry.pointee.prefixLength)
        return texts.text(at: place, count: Int(entry.pointee.idLength))
    }

    /// The id as a JSON string with its quotes: the prefix without `{"id":` and `,"x":`.
    func idJSON(of index: UInt32) -> UnsafeRawBufferPointer {
        let entry = self[index]
        return texts.text(at: entry.pointee.text + 6, count: Int(entry.pointee.prefixLength) - 11)
    }

    /// Who stands before and behind a visitor in the list of those present, or `Visitor.none`.
    @inline(__always)
    func previous(of index: UInt32) -> UInt32 { links[Int(index)].previous }
    @inline(__always)
    func next(of index: UInt32) -> UInt32 { links[Int(index)].next }

    private func hash(_ id: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(truncatingIfNeeded: Hash64.hash(id, seed: seed))
    }

    /// The entry of `id`, or nil.
    func find(_ id: UnsafeRawBufferPointer) -> UInt32? {
        let hash = hash(id)
        var place = hash & bucketMask
        while true {
            let bucket = buckets[Int(place)]
            if bucket.entryPlusOne == 0 { return nil }
            let index = bucket.entryPlusOne - 1
            if bucket.hash == hash, Self.isEqual(self.id(of: index), id) { return index }
            place = (place + 1) & bucketMask
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
            firstFree = next(of: index)
        } else {
            index = used
        }
        scratch.removeAll()
        scratch.appendIDPrefix(id: id)
        let prefixLength = scratch.count
        scratch.append(id)
        if !texts.hasRoom(for: scratch.count) { makeRoom(for: scratch.count) }
        let text = texts.append(scratch.readable)
        if index == used { used += 1 }
        self[index].initialize(
            to: Visitor(text: text, prefixLength: UInt16(prefixLength), idLength: UInt8(id.count)))
        (links + Int(index)).initialize(to: VisitorLinks())
        (surroundings + Int(index)).initialize(to: VisitorSurroundings())
        let hash = hash(id)
        var place = hash & bucketMask
        while buckets[Int(place)].entryPlusOne != 0 { place = (place + 1) & bucketMask }
        buckets[Int(place)] = Bucket(entryPlusOne: index + 1, hash: hash)
        count += 1
        return index
    }

    /// Makes room for a text, over the holes that those who are gone have left where there are many.
    private mutating func makeRoom(for count: Int) {
        guard texts.isWorthRewriting(for: count) else { return texts.grow(for: count) }
        var rewritten = TextArena(for: texts.live + count)
        for index in 0..<used where self[index].pointee.idLength > 0 {
            let entry = self[index]
            let length = Int(entry.pointee.prefixLength) + Int(entry.pointee.idLength)
            entry.pointee.text = rewritten.append(texts.text(at: entry.pointee.text, count: length))
        }
        texts = rewritten
    }

    /// Gives an entry back; nobody may refer to it any more.
    mutating func remove(_ index: UInt32) {
        precondition(!self[index].pointee.flags.contains(.present))
        var hole = hash(id(of: index)) & bucketMask
        while buckets[Int(hole)].entryPlusOne != index + 1 { hole = (hole + 1) & bucketMask }
        // Whoever stands behind the hole and could not stand at home moves into it, so that no search stops
        // early.
        var place = (hole + 1) & bucketMask
        while buckets[Int(place)].entryPlusOne != 0 {
            let home = buckets[Int(place)].hash & bucketMask
            if ((place &- home) & bucketMask) >= ((place &- hole) & bucketMask) {
                buckets[Int(hole)] = buckets[Int(place)]
                hole = place
            }
            place = (place + 1) & bucketMask
        }
        buckets[Int(hole)] = Bucket(entryPlusOne: 0, hash: 0)
        let entry = self[index]
        texts.drop(Int(entry.pointee.prefixLength) + Int(entry.pointee.idLength))
        entry.pointee.idLength = 0
        links[Int(index)].next = firstFree
        firstFree = index
        count -= 1
    }
}

/// The list of those present.
extension VisitorTable {
    /// Puts a visitor at the new end of the list, as present.
    mutating func link(_ index: UInt32) {
        self[index].pointee.flags.insert(.present)
        links[Int(index)].previous = newest
        links[Int(index)].next = Visitor.none
        if newest == Visitor.none { oldest = index } else { links[Int(newest)].next = index }
        newest = index
        presentCount += 1
    }

    /// Takes a visitor out of the list, as gone.
    mutating func unlink(_ index: UInt32) {
        let previous = previous(of: index)
        let next = next(of: index)
        if previous == Visitor.none { oldest = next } else { links[Int(previous)].next = next }
        if next == Visitor.none { newest = previous } else { links[Int(next)].previous = previous }
        self[index].pointee.flags.remove([.present, .hasSample])
        presentCount -= 1
    }

    /// Moves a visitor who is present to the new end of the list.
    @inline(__always)
    mutating func moveToNewest(_ index: UInt32) {
        if index == newest { return }
        let previous = previous(of: index)
        // Not the newest, so there is a next.
        let next = next(of: index)
        links[Int(next)].previous = previous
        if previous == Visitor.none { oldest = next } else { links[Int(previous)].next = next }
        links[Int(newest)].next = index
        links[Int(index)].previous = newest
        links[Int(index)].next = Visitor.none
        newest = index
    }
}
