import Tables

/// The pages that visitors are on, each kept once and counted by who is on it.
struct PageTable: ~Copyable {
    /// Who is on a page, by its number.
    private struct Presence {
        var visitors = 0
        /// Tells the page from whichever had the number before.
        var serial: UInt32 = 0
    }

    private var texts: TextTable
    private var presence: [Presence] = []
    private var lastSerial: UInt32 = 0
    /// Changes whenever a page gets its first visitor or loses its last.
    private(set) var revision: UInt64 = 0
    /// Samples and clicks of each, and of whoever is on none.
    var counts = PageCounts()
    /// Visitors on any of the pages.
    private(set) var visitorsOnPages = 0

    private let capacity: Int

    init(seed: UInt64, capacity: Int) {
        texts = TextTable(limit: capacity, seed: seed)
        self.capacity = capacity
    }

    private init(copying other: borrowing PageTable) {
        texts = other.texts.copy()
        capacity = other.capacity
        presence = other.presence
        lastSerial = other.lastSerial
        revision = other.revision
        counts = other.counts
        visitorsOnPages = other.visitorsOnPages
    }

    /// A table of the same pages under the same numbers.
    borrowing func copy() -> PageTable { PageTable(copying: self) }

    /// Numbers at and above this one were never used.
    var numbersInUse: Int { texts.numbersInUse }

    /// The number of the page `bytes`, if it has visitors.
    func find(_ bytes: UnsafeRawBufferPointer) -> Int32? { unsafe texts.find(bytes).map { Int32($0) } }

    /// Whether page `number` has visitors.
    func isInUse(_ number: Int32) -> Bool { number >= 0 && texts.contains(UInt32(number)) }

    /// How many pages are known.
    var count: Int { texts.count }

    /// Whether a visitor of one more would be shown on none.
    var isFull: Bool { texts.count >= capacity }

    /// Whether page `number` is spelled `bytes`.
    @inline(__always)
    func isPage(_ number: Int32, _ bytes: UnsafeRawBufferPointer) -> Bool {
        unsafe number >= 0 && areEqual(texts[UInt32(number)], bytes)
    }

    /// Counts one visitor more on the page `bytes` and returns its number; -1 where no more pages fit.
    mutating func enter(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        guard let (number, isNew) = unsafe texts.intern(bytes) else { return -1 }
        visitorsOnPages += 1
        guard isNew else {
            presence[Int(number)].visitors += 1
            return Int32(number)
        }
        lastSerial &+= 1
        let entry = Presence(visitors: 1, serial: lastSerial)
        if Int(number) == presence.count { presence.append(entry) } else { presence[Int(number)] = entry }
        revision &+= 1
        counts.begin(Int32(number))
        return Int32(number)
    }

    /// Counts one visitor less on page `number`, which is forgotten with its last; -1 is no page.
    mutating func leave(_ number: Int32) {
        guard number >= 0 else { return }
        presence[Int(number)].visitors -= 1
        visitorsOnPages -= 1
        guard presence[Int(number)].visitors == 0 else { return }
        texts.remove(UInt32(number))
        revision &+= 1
    }

    /// The text of page `number`; empty for no page.
    func text(_ number: Int32) -> String {
        unsafe number >= 0 ? String(decoding: texts[UInt32(number)], as: UTF8.self) : ""
    }

    /// The serial of page `number`, which has visitors; 0 for no page.
    func serial(of number: Int32) -> UInt32 { number >= 0 ? presence[Int(number)].serial : 0 }

    /// How many visitors are on page `number`.
    func visitors(on number: Int32) -> Int { number >= 0 ? presence[Int(number)].visitors : 0 }

    /// Whether page `number` has `word` in its text; no page has none.
    func contains(_ word: FoldedWord, number: Int32) -> Bool {
        unsafe number >= 0 && word.occurs(in: texts[UInt32(number)])
    }

    /// Whether page `one` stands before page `other` from a to z.
    func isBefore(_ one: Int32, _ other: Int32) -> Bool {
        unsafe FoldedWord.isBefore(texts[UInt32(one)], texts[UInt32(other)])
    }

    /// Every number's place from a to z.
    func ranks() -> [UInt64] {
        var ranks = [UInt64](repeating: 0, count: numbersInUse)
        let numbers = (0..<Int32(numbersInUse)).sorted { isBefore($0, $1) }
        for (rank, number) in numbers.enumerated() { ranks[Int(number)] = UInt64(rank) }
        return ranks
    }
}
