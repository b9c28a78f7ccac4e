import ByteCore
import PointerEvents
import Tables

/// Everyone the hub knows: entries at fixed places, an index by id, and the list of those present.
///
/// The entries lie in one block that is never moved; memory that was never used costs nothing. Their texts
/// lie in an arena.
struct VisitorTable: ~Copyable {
    private var block: VisitorBlock
    private let capacity: Int
    /// As large as those who are here need: hashes are everywhere, so all of it is touched.
    private var index = SlotIndex()
    private let seed: UInt64
    /// Entries that were ever used: those from here on never were.
    private(set) var used: UInt32 = 0
    private var firstFree = Visitor.none
    private(set) var texts = TextArena()
    private var scratch = ByteBuffer(capacity: 512)
    /// The most entries that were in use at once since this began or was renewed.
    private(set) var mostCount = 0

    /// Entries in use, of visitors present and gone.
    var count: Int { index.count }
    /// Bytes of all texts.
    var textBytes: Int { texts.live }
    /// Visitors present.
    private(set) var presentCount = 0
    /// Both ends of the list of those present, in order of `orderN`.
    private(set) var oldest = Visitor.none
    private(set) var newest = Visitor.none

    init(capacity: Int, seed: UInt64) {
        precondition(capacity > 0 && capacity < Int(Visitor.refused) / 4)
        self.capacity = capacity
        self.seed = seed
        block = VisitorBlock(capacity: capacity)
    }

    deinit { block.deallocate() }

    @inline(__always)
    private var entries: UnsafeMutablePointer<Visitor> { block.entries }
    @inline(__always)
    var links: UnsafeMutablePointer<VisitorLinks> { block.links }
    @inline(__always)
    var surroundings: UnsafeMutablePointer<VisitorSurroundings> { block.surroundings }
    @inline(__always)
    var tails: UnsafeMutablePointer<SampleTail> { block.tails }
    var kept: UnsafeMutablePointer<PointerSample> { block.kept }

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
        let place = entry.pointee.text + UInt32(entry.pointee.idPlace)
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

    private func hash(_ id: UnsafeRawBufferPointer) -> UInt64 { Hash64.hash(id, seed: seed) }

    /// The entry of `id`, or nil.
    func find(_ id: UnsafeRawBufferPointer) -> UInt32? { find(id, hash(id)) }

    private func find(_ id: UnsafeRawBufferPointer, _ hash: UInt64) -> UInt32? {
        index.find(hash) { areEqual(self.id(of: $0), id) }
    }

    /// Makes an entry for `id`, which has none; there must be room.
    mutating func insert(_ id: UnsafeRawBufferPointer) -> UInt32 {
        precondition(!isFull && id.count <= PointerEvents.Limits.idBytes)
        let entry: UInt32
        if firstFree != Visitor.none {
            entry = firstFree
            firstFree = next(of: entry)
        } else {
            entry = used
        }
        write(id, at: entry)
        if entry == used { used += 1 }
        index.insert(hash(id), slot: entry)
        mostCount = max(mostCount, count)
        return entry
    }

    /// Makes room for entries by number up to `used`, all of them free; this table is new.
    mutating func beginRestoring(used: Int) {
        self.used = UInt32(used)
        for index in 0..<used { (entries + index).initialize(to: Visitor(text: 0)) }
        links.initialize(repeating: VisitorLinks(), count: used)
    }

    /// Puts `id` at an entry; false where the entry is taken or the id known.
    mutating func restore(_ id: UnsafeRawBufferPointer, at entry: UInt32) -> Bool {
        let hash = hash(id)
        guard entry < used, !isInUse(entry), find(id, hash) == nil else { return false }
        write(id, at: entry)
        index.insert(hash, slot: entry)
        return true
    }

    /// Adds an entry to those that are free, as the last to be used again, where every one in use is there;
    /// false where it is somebody's or free already.
    mutating func restoreFree(_ index: UInt32, after last: UInt32) -> Bool {
        guard index < used, !isInUse(index), links[Int(index)].previous != index else { return false }
        links[Int(index)] = VisitorLinks(previous: index)
        if last == Visitor.none { firstFree = index } else { links[Int(last)].next = index }
        return true
    }

    /// Calls `body` with every entry that is free, the next to be used first.
    ///
    /// `isTurned` is true only where the tests plant that fault.
    func forEachFree(isTurned: Bool = false, _ body: (UInt32) -> Void) {
        if isTurned { return (0..<used).forEach { if !isInUse($0) { body($0) } } }
        var index = firstFree
        while index != Visitor.none {
            body(index)
            index = next(of: index)
        }
    }

    /// Whether an entry is somebody's.
    @inline(__always)
    func isInUse(_ index: UInt32) -> Bool { index < used && self[index].pointee.idLength > 0 }

    /// Whether an entry is somebody's who is present.
    func isPresent(_ index: UInt32) -> Bool {
        isInUse(index) && self[index].pointee.flags.contains(.present)
    }

    /// Makes an entry and its text.
    private mutating func write(_ id: UnsafeRawBufferPointer, at index: UInt32) {
        scratch.removeAll()
        scratch.appendIDPrefix(id: id)
        let prefixLength = scratch.count
        // An id that JSON says as it is stands in the prefix already.
        if prefixLength > Visitor.usualPrefixLength(of: id.count) { scratch.append(id) }
        if !texts.hasRoom(for: scratch.count) { makeRoom(for: scratch.count) }
        let text = texts.append(scratch.readable)
        (entries + Int(index)).initialize(
            to: Visitor(text: text, prefixLength: UInt16(prefixLength), idLength: UInt8(id.count)))
        (links + Int(index)).initialize(to: VisitorLinks())
        forgetSurroundings(of: index)
        setKill(of: index, to: 0)
    }

    /// Forgets what a visitor said last; memory that was never written to stays so.
    func forgetSurroundings(of index: UInt32) {
        let none = VisitorSurroundings()
        if surroundings[Int(index)] != none { surroundings[Int(index)] = none }
    }

    /// The n of a visitor's newest kill, 0 if there was none.
    func kill(of index: UInt32) -> UInt64 { block.kills[Int(index)] }

    /// Says that; memory that was never written to stays so where it says that already.
    func setKill(of index: UInt32, to n: UInt64) {
        if block.kills[Int(index)] != n { block.kills[Int(index)] = n }
    }

    /// Makes room for a text, over the holes that those who are gone have left where there are many.
    private mutating func makeRoom(for count: Int) {
        if texts.isWorthRewriting(for: count) { rewriteTexts(for: count) } else { texts.grow(for: count) }
    }

    private mutating func rewriteTexts(for count: Int) {
        var rewritten = TextArena(for: texts.live + count)
        for index in 0..<used where self[index].pointee.idLength > 0 {
            let entry = self[index]
            let text = texts.text(at: entry.pointee.text, count: entry.pointee.textLength)
            entry.pointee.text = rewritten.append(text)
        }
        texts = rewritten
    }

    /// Gives an entry back; nobody may refer to it any more.
    mutating func remove(_ entry: UInt32) {
        let visitor = self[entry]
        precondition(!visitor.pointee.flags.contains(.present))
        index.remove(hash(id(of: entry)), slot: entry)
        texts.drop(visitor.pointee.textLength)
        visitor.pointee.idLength = 0
        links[Int(entry)].next = firstFree
        firstFree = entry
    }
}

/// After a crowd.
extension VisitorTable {
    /// Moves everyone into fresh memory, which costs what those who are here need; their numbers stay.
    ///
    /// Numbers beyond the last in use count as never used. Samples from `firstN` on stand in the ring.
    /// `isFaulty` is true only where the tests plant that fault.
    mutating func renew(firstN: UInt64, isFaulty: Bool = false) {
        let fresh = VisitorBlock(capacity: capacity)
        var end: UInt32 = 0
        index.forEach { entry in
            let place = Int(entry)
            (fresh.entries + place).initialize(to: block.entries[place])
            (fresh.links + place).initialize(to: block.links[place])
            let surroundings = isFaulty ? VisitorSurroundings() : block.surroundings[place]
            if surroundings != VisitorSurroundings() { fresh.surroundings[place] = surroundings }
            if block.entries[place].flags.contains(.hasTail) {
                (fresh.tails + place).initialize(to: isFaulty ? SampleTail() : block.tails[place])
            }
            if block.entries[place].flags.contains(.hasSample), block.entries[place].orderN < firstN {
                (fresh.kept + place).initialize(to: block.kept[place])
            }
            if block.kills[place] != 0 { fresh.kills[place] = block.kills[place] }
            end = max(end, entry + 1)
        }
        block.deallocate()
        block = fresh
        used = end
        firstFree = Visitor.none
        for entry in (0..<end).reversed() where !isInUse(entry) {
            links[Int(entry)] = VisitorLinks(next: firstFree)
            firstFree = entry
        }
        index.shrink()
        rewriteTexts(for: 0)
        mostCount = count
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
        self[index].pointee.flags.remove([.present, .hasSample, .several, .hasTail, .inGrace, .unscoped])
        presentCount -= 1
    }

    /// Moves a visitor who is present to the new end of the list.
    @inline(__always)
    mutating func moveToNewest(_ index: UInt32) {
        let last = newest
        if index == last { return }
        let links = self.links
        let link = links + Int(index)
        // Not the newest, so there is a next.
        let (previous, next) = (link.pointee.previous, link.pointee.next)
        links[Int(next)].previous = previous
        if previous == Visitor.none { oldest = next } else { links[Int(previous)].next = next }
        links[Int(last)].next = index
        link.pointee = VisitorLinks(previous: last)
        newest = index
    }
}
