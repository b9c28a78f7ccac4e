import ByteCore
import PointerEvents

import func Glibc.memcmp

/// The pages that samples name, each once, as the JSON string that goes out.
///
/// Pages come from strangers and there is no end to them, so nothing counts references per sample: when the
/// table is full, its owner marks what the ring, the visitors and the channels still name, and the rest is
/// swept away.
struct PageTable: ~Copyable {
    /// No page.
    static let none = UInt32.max

    private struct Entry {
        /// Where its text begins in the arena.
        var text: UInt32
        /// 0 where the entry is free.
        var length: UInt32
        var isMarked: Bool
        var hash: UInt64
    }

    private let seed: UInt64
    private let limit: Int
    private let byteLimit: Int
    private var texts = TextArena()
    private var entries: ContiguousArray<Entry> = []
    private var free: ContiguousArray<UInt32> = []
    /// Open addressing over entry numbers plus one, 0 being free; rebuilt by a sweep, never deleted from.
    private var buckets = ContiguousArray<UInt32>(repeating: 0, count: 64)
    private var scratch = ByteBuffer(capacity: 512)

    private(set) var count = 0
    /// Bytes of all texts.
    var bytes: Int { texts.live }

    init(limit: Int, byteLimit: Int, seed: UInt64) {
        self.limit = limit
        self.byteLimit = byteLimit
        self.seed = seed
    }

    /// The page as a JSON string with its quotes; nothing for no page.
    @inline(__always)
    func json(_ index: UInt32) -> UnsafeRawBufferPointer {
        guard Int(index) < entries.count else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let entry = entries[Int(index)]
        return texts.text(at: entry.text, count: Int(entry.length))
    }

    /// The number of the page `path`, new or known; nil when the table is full.
    mutating func intern(_ path: UnsafeRawBufferPointer) -> UInt32? {
        scratch.removeAll()
        scratch.appendJSONString(path)
        let hash = Hash64.hash(scratch.readable, seed: seed)
        if let known = find(scratch.readable, hash: hash) { return known }
        let length = scratch.count
        guard count < limit, bytes + length <= byteLimit else { return nil }
        if !texts.hasRoom(for: length) { makeRoom(for: length) }
        let text = texts.append(scratch.readable)
        let entry = Entry(text: text, length: UInt32(length), isMarked: false, hash: hash)
        let index: UInt32
        if let place = free.popLast() {
            index = place
            entries[Int(place)] = entry
        } else {
            index = UInt32(entries.count)
            entries.append(entry)
        }
        count += 1
        if count * 2 > buckets.count {
            rebuildBuckets()
        } else {
            insertBucket(index, hash: hash)
        }
        return index
    }

    private mutating func makeRoom(for count: Int) {
        if texts.isWorthRewriting(for: count) { rewrite(for: count) } else { texts.grow(for: count) }
    }

    private mutating func rewrite(for count: Int) {
        var rewritten = TextArena(for: texts.live + count)
        for index in entries.indices where entries[index].length > 0 {
            entries[index].text = rewritten.append(json(UInt32(index)))
        }
        texts = rewritten
    }

    private func find(_ text: UnsafeRawBufferPointer, hash: UInt64) -> UInt32? {
        let mask = UInt64(buckets.count - 1)
        var bucket = hash & mask
        while true {
            let stored = buckets[Int(bucket)]
            if stored == 0 { return nil }
            let entry = entries[Int(stored - 1)]
            if entry.hash == hash, Int(entry.length) == text.count, let right = text.baseAddress,
                let left = json(stored - 1).baseAddress, memcmp(left, right, text.count) == 0
            {
                return stored - 1
            }
            bucket = (bucket + 1) & mask
        }
    }

    private mutating func insertBucket(_ index: UInt32, hash: UInt64) {
        let mask = UInt64(buckets.count - 1)
        var bucket = hash & mask
        while buckets[Int(bucket)] != 0 { bucket = (bucket + 1) & mask }
        buckets[Int(bucket)] = index + 1
    }

    private mutating func rebuildBuckets() {
        var size = 64
        while size < count * 3 { size *= 2 }
        buckets = ContiguousArray(repeating: 0, count: size)
        for index in entries.indices where entries[index].length > 0 {
            insertBucket(UInt32(index), hash: entries[index].hash)
        }
    }

    /// Says that a page is still named by something.
    mutating func mark(_ index: UInt32) {
        if Int(index) < entries.count { entries[Int(index)].isMarked = true }
    }

    /// Forgets every page that was not marked since the last sweep.
    mutating func sweep() {
        for index in entries.indices {
            if entries[index].isMarked {
                entries[index].isMarked = false
            } else if entries[index].length > 0 {
                texts.drop(Int(entries[index].length))
                count -= 1
                entries[index].text = 0
                entries[index].length = 0
                free.append(UInt32(index))
            }
        }
        if texts.isWorthRewriting(for: 0) { rewrite(for: 0) }
        rebuildBuckets()
    }
}
