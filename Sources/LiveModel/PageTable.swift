import ByteCore
import PointerEvents

/// The pages that visitors are on, each kept once and counted by who is on it.
struct PageTable: ~Copyable {
    private struct Entry {
        var bytes: [UInt8]
        var hash: UInt64
        var visitors: Int
        /// Tells the page from whichever had the number before.
        var serial: UInt32
    }

    private let seed: UInt64
    private let capacity: Int
    private var entries: [Entry] = []
    private var free: [Int] = []
    private var index = HashIndex()
    private var lastSerial: UInt32 = 0
    /// Changes whenever a page gets its first visitor or loses its last.
    private(set) var revision: UInt64 = 0
    /// Samples and clicks of each, and of whoever is on none.
    var counts = PageCounts()
    /// Visitors on any of the pages.
    private(set) var visitorsOnPages = 0

    init(seed: UInt64, capacity: Int) {
        self.seed = seed
        self.capacity = capacity
    }

    private init(copying other: borrowing PageTable) {
        seed = other.seed
        capacity = other.capacity
        entries = other.entries
        free = other.free
        index = other.index.copy()
        lastSerial = other.lastSerial
        revision = other.revision
        counts = other.counts
        visitorsOnPages = other.visitorsOnPages
    }

    /// A table of the same pages under the same numbers.
    borrowing func copy() -> PageTable { PageTable(copying: self) }

    /// Numbers at and above this one were never used.
    var numbersInUse: Int { entries.count }

    /// Whether page `number` has visitors.
    func isInUse(_ number: Int32) -> Bool {
        number >= 0 && Int(number) < entries.count && entries[Int(number)].visitors > 0
    }

    /// How many pages are known.
    var count: Int { index.count }

    /// Whether page `number` is spelled `bytes`.
    @inline(__always)
    func isPage(_ number: Int32, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard number >= 0 else { return false }
        return entries[Int(number)].bytes.withUnsafeBytes { Self.areEqual($0, bytes) }
    }

    /// Counts one visitor more on the page `bytes` and returns its number; -1 where no more pages fit.
    mutating func enter(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        let hash = Hash64.hash(bytes, seed: seed)
        let known = index.find(hash) { slot in
            entries[slot].bytes.withUnsafeBytes { Self.areEqual($0, bytes) }
        }
        if let known {
            entries[known].visitors += 1
            visitorsOnPages += 1
            return Int32(known)
        }
        let entry = Entry(bytes: Array(bytes), hash: hash, visitors: 1, serial: lastSerial &+ 1)
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
            entries[slot] = entry
        } else {
            guard entries.count < capacity else { return -1 }
            slot = entries.count
            entries.append(entry)
        }
        index.insert(hash, slot: slot)
        lastSerial &+= 1
        revision &+= 1
        counts.begin(Int32(slot))
        visitorsOnPages += 1
        return Int32(slot)
    }

    /// Counts one visitor less on page `number`, which is forgotten with its last; -1 is no page.
    mutating func leave(_ number: Int32) {
        guard number >= 0 else { return }
        let slot = Int(number)
        entries[slot].visitors -= 1
        visitorsOnPages -= 1
        guard entries[slot].visitors == 0 else { return }
        index.remove(entries[slot].hash, slot: slot)
        entries[slot].bytes = []
        free.append(slot)
        revision &+= 1
    }

    /// The text of page `number`; empty for no page.
    func text(_ number: Int32) -> String {
        number >= 0 ? String(decoding: entries[Int(number)].bytes, as: UTF8.self) : ""
    }

    /// The serial of page `number`, which has visitors; 0 for no page.
    func serial(of number: Int32) -> UInt32 { number >= 0 ? entries[Int(number)].serial : 0 }

    /// How many visitors are on page `number`.
    func visitors(on number: Int32) -> Int { number >= 0 ? entries[Int(number)].visitors : 0 }

    /// Whether page `number` has `word` in its text; no page has none.
    func contains(_ word: FoldedWord, number: Int32) -> Bool {
        number >= 0 && entries[Int(number)].bytes.withUnsafeBytes { word.occurs(in: $0) }
    }

    /// Whether page `one` stands before page `other` from a to z.
    func isBefore(_ one: Int32, _ other: Int32) -> Bool {
        entries[Int(one)].bytes.withUnsafeBytes { one in
            entries[Int(other)].bytes.withUnsafeBytes { FoldedWord.isBefore(one, $0) }
        }
    }

    /// Every number's place from a to z.
    func ranks() -> [UInt64] {
        var ranks = [UInt64](repeating: 0, count: entries.count)
        let numbers = entries.indices.map { Int32($0) }.sorted { isBefore($0, $1) }
        for (rank, number) in numbers.enumerated() { ranks[Int(number)] = UInt64(rank) }
        return ranks
    }

    private static func areEqual(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
        one.count == other.count && one.elementsEqual(other)
    }
}
