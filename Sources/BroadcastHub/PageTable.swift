import ByteCore
import Tables

/// The pages that samples name, each once, as the JSON string that goes out; names and elements have a table
/// like it.
///
/// Pages come from strangers and there is no end to them, so nothing counts references per sample: when the
/// table is full, its owner marks what the ring, the visitors and the channels still name, and the rest is
/// swept away.
struct PageTable: ~Copyable {
    /// No page.
    static let none = TextTable.none

    private var texts: TextTable
    /// By number, during a sweep alone: whether something still names it.
    private var isMarked: ContiguousArray<Bool> = []
    private var scratch = ByteBuffer(capacity: 512)

    let limit: Int
    private let byteLimit: Int
    /// The longest text for which there is room whatever the others are.
    private let usualBytes: Int
    /// With so many, those that nothing names any more are swept out.
    var sweepDue: Int
    /// After a sweep that made no room: how many new ones must come before the next is tried.
    var sweepHolidays = 0

    /// Texts of at most `usualBytes` find room as long as there are less than `limit`: longer ones leave as
    /// much as that takes, if there is so much.
    init(limit: Int, byteLimit: Int, usualBytes: Int = .max, sweepDue: Int = .max, seed: UInt64) {
        self.limit = limit
        self.byteLimit = byteLimit
        self.usualBytes = usualBytes > byteLimit / limit ? .max : usualBytes
        self.sweepDue = sweepDue
        texts = TextTable(limit: limit, byteLimit: byteLimit, seed: seed)
    }

    var count: Int { texts.count }
    /// Bytes of all texts.
    var bytes: Int { texts.bytes }
    /// Numbers at and above this one were never given out.
    var numbersInUse: Int { texts.numbersInUse }

    /// The page as a JSON string with its quotes; nothing for no page.
    @inline(__always)
    func json(_ number: UInt32) -> UnsafeRawBufferPointer { texts[number] }

    /// Whether a number stands for a page.
    func isInUse(_ number: UInt32) -> Bool { texts.contains(number) }

    /// The number of the page `path`, new or known; nil when the table is full.
    mutating func intern(_ path: UnsafeRawBufferPointer) -> UInt32? {
        scratch.removeAll()
        scratch.appendJSONString(path)
        return internMade(scratch.readable)
    }

    /// The number of a page whose text another table lends; nil when this one is full.
    mutating func intern(json: UnsafeRawBufferPointer) -> UInt32? { internMade(json) }

    private mutating func internMade(_ text: UnsafeRawBufferPointer) -> UInt32? {
        guard text.count <= usualBytes || hasRoom(forLong: text.count) else { return texts.find(text) }
        return texts.intern(text)?.number
    }

    /// Whether there is still room for all the usual ones that could come, with one of so many bytes.
    private func hasRoom(forLong bytes: Int) -> Bool {
        texts.bytes + bytes + (limit - texts.count - 1) * usualBytes <= byteLimit
    }

    /// Gives the page `path`, which is new, a number beyond all others; false where there is no room.
    mutating func restore(_ path: UnsafeRawBufferPointer, as number: UInt32) -> Bool {
        scratch.removeAll()
        scratch.appendJSONString(path)
        return texts.restore(scratch.readable, as: number)
    }

    /// Begins a sweep: nothing is named any more.
    mutating func beginSweep() {
        isMarked = ContiguousArray(repeating: false, count: texts.numbersInUse)
    }

    /// Says that a page is still named by something.
    mutating func mark(_ number: UInt32) {
        if Int(number) < isMarked.count { isMarked[Int(number)] = true }
    }

    /// Forgets every page that was not marked since the sweep began.
    mutating func sweep() {
        for number in isMarked.indices where !isMarked[number] && texts.contains(UInt32(number)) {
            texts.remove(UInt32(number))
        }
        isMarked = []
    }

    /// Gives back what pages took that are swept out.
    mutating func trim() { texts.trim() }
}
