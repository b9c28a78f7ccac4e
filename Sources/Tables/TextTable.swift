import ByteCore

/// Interns texts: each is kept once and has a number, and a number that is free again is given out first.
///
/// ```
///  number   offset u32 | length u32 | hash u32            where the text lies
///  arena    /cart/products/pricing...                     all texts, and gaps where some were
/// ```
/// Texts lie in one block of memory that is packed anew when it is full or mostly gaps, so that what a text
/// costs is its bytes and 12 more; adding and removing take constant time on average.
public struct TextTable: ~Copyable {
    /// No text.
    public static var none: UInt32 { .max }

    @usableFromInline
    struct Entry: BitwiseCopyable {
        /// `TextTable.none` while the number is free.
        @usableFromInline var offset: UInt32
        @usableFromInline var length: UInt32
        var hash: UInt32
    }

    /// What is not worth giving back, and what a table begins with.
    private static let leastBytes = 256

    private let seed: UInt64
    private let limit: Int
    private let byteLimit: Int
    @usableFromInline var entries: ContiguousArray<Entry> = []
    private var free: ContiguousArray<UInt32> = []
    private var index = SlotIndex()
    @usableFromInline var arena: UnsafeMutableRawPointer
    private var arenaCapacity: Int
    private var arenaUsed = 0
    /// Bytes of all texts.
    public private(set) var bytes = 0

    /// Makes an empty table for `limit` texts of `byteLimit` bytes together; `seed` is random and the table's
    /// own.
    public init(limit: Int, byteLimit: Int = 1 << 30, seed: UInt64) {
        // Packed at twice the size of its texts, the arena's offsets have to fit 32 bits.
        precondition(byteLimit <= 1 << 30 && limit <= SlotIndex.mostSlots)
        self.limit = limit
        self.byteLimit = byteLimit
        self.seed = seed
        arenaCapacity = Self.leastBytes
        arena = .allocate(byteCount: arenaCapacity, alignment: 8)
    }

    private init(copying other: borrowing TextTable) {
        seed = other.seed
        limit = other.limit
        byteLimit = other.byteLimit
        entries = other.entries
        free = other.free
        index = other.index.copy()
        arenaCapacity = other.arenaCapacity
        arenaUsed = other.arenaUsed
        bytes = other.bytes
        arena = .allocate(byteCount: arenaCapacity, alignment: 8)
        arena.copyMemory(from: other.arena, byteCount: arenaUsed)
    }

    deinit { arena.deallocate() }

    /// A table of the same texts under the same numbers.
    public borrowing func copy() -> TextTable { TextTable(copying: self) }

    /// Texts in the table.
    public var count: Int { index.count }

    /// Numbers at and above this one were never given out.
    public var numbersInUse: Int { entries.count }

    /// Whether `number` has a text.
    @inlinable @inline(__always)
    public func contains(_ number: UInt32) -> Bool {
        Int(number) < entries.count && entries[Int(number)].offset != Self.none
    }

    /// The text of `number`, valid until the table changes; nothing where there is none.
    @inlinable @inline(__always)
    public subscript(number: UInt32) -> UnsafeRawBufferPointer {
        guard contains(number) else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let entry = entries[Int(number)]
        return UnsafeRawBufferPointer(start: arena + Int(entry.offset), count: Int(entry.length))
    }

    /// The number of `text`, if it has one.
    public func find(_ text: UnsafeRawBufferPointer) -> UInt32? { find(text, Hash64.hash(text, seed: seed)) }

    private func find(_ text: UnsafeRawBufferPointer, _ hash: UInt64) -> UInt32? {
        index.find(hash) { areEqual(self[$0], text) }
    }

    /// The number of `text`, which is new or known; nil where no more texts or bytes fit.
    public mutating func intern(_ text: UnsafeRawBufferPointer) -> (number: UInt32, isNew: Bool)? {
        let hash = Hash64.hash(text, seed: seed)
        if let known = find(text, hash) { return (known, false) }
        guard count < limit, text.count <= byteLimit - bytes else { return nil }
        let entry = add(text, hash)
        let number = free.popLast() ?? UInt32(entries.count)
        if Int(number) == entries.count { entries.append(entry) } else { entries[Int(number)] = entry }
        index.insert(hash, slot: number)
        return (number, true)
    }

    /// Gives `number`, which is beyond all that were given out, to a new text; those passed over are free.
    /// False where the text is known or no more texts or bytes fit.
    public mutating func restore(_ text: UnsafeRawBufferPointer, as number: UInt32) -> Bool {
        precondition(Int(number) >= entries.count)
        let hash = Hash64.hash(text, seed: seed)
        guard Int(number) < limit, text.count <= byteLimit - bytes, find(text, hash) == nil else {
            return false
        }
        while entries.count < Int(number) {
            free.append(UInt32(entries.count))
            entries.append(Entry(offset: Self.none, length: 0, hash: 0))
        }
        entries.append(add(text, hash))
        index.insert(hash, slot: number)
        return true
    }

    /// Puts a text into the arena.
    private mutating func add(_ text: UnsafeRawBufferPointer, _ hash: UInt64) -> Entry {
        if text.count > arenaCapacity - arenaUsed { pack(with: text.count) }
        if let source = text.baseAddress {
            (arena + arenaUsed).copyMemory(from: source, byteCount: text.count)
        }
        let entry = Entry(
            offset: UInt32(arenaUsed), length: UInt32(text.count), hash: UInt32(truncatingIfNeeded: hash))
        arenaUsed += text.count
        bytes += text.count
        return entry
    }

    /// Forgets the text of `number`, which has one.
    public mutating func remove(_ number: UInt32) {
        precondition(contains(number))
        let entry = entries[Int(number)]
        index.remove(UInt64(entry.hash), slot: number)
        entries[Int(number)] = Entry(offset: Self.none, length: 0, hash: 0)
        free.append(number)
        bytes -= Int(entry.length)
        if arenaCapacity > Self.leastBytes, bytes * 8 < arenaCapacity { pack(with: 0) }
    }

    /// Gives back what a crowd of texts took that are gone.
    ///
    /// Numbers beyond the last in use count as never given out.
    public mutating func trim() {
        let used = (entries.lastIndex { $0.offset != Self.none } ?? -1) + 1
        entries = ContiguousArray(entries[..<used])
        free = ContiguousArray(free.filter { Int($0) < used })
        index.shrink()
        if arenaCapacity > Self.leastBytes, bytes * 4 < arenaCapacity { pack(with: 0) }
    }

    /// Moves the texts together into an arena with as much room as they take, and for `extra` bytes more.
    private mutating func pack(with extra: Int) {
        let capacity = max(Self.leastBytes, (bytes + extra) * 2)
        let packed = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
        var used = 0
        for number in entries.indices where entries[number].offset != Self.none {
            let length = Int(entries[number].length)
            (packed + used).copyMemory(from: arena + Int(entries[number].offset), byteCount: length)
            entries[number].offset = UInt32(used)
            used += length
        }
        arena.deallocate()
        arena = packed
        arenaCapacity = capacity
        arenaUsed = used
    }
}
