/// Texts one behind the other in one block, each named by the place where it begins.
///
/// ```
///  block   | text | dropped | text | text | dropped | ... | end      free      | capacity      | room
/// ```
/// Names are no pointers, so that whoever holds them can be moved to another process with the block. A
/// dropped text leaves a hole; when the block is full, its owner either has it grow or, where half of it is
/// holes, writes what it still names into a new one. So memory is at most four times that of the texts in
/// use, and goes down again after they do. A large block has room to grow in, which costs nothing until then:
/// one that was made anew for each growth would leave a hole in the heap each time.
public struct TextArena: ~Copyable {
    /// The least that is allocated, in bytes.
    public static let leastCapacity = 4_096
    /// What is larger than the first has at least the second: a block that malloc(3) maps apart.
    private static let smallCapacity = 32_768
    private static let largeRoom = 1 << 20

    @usableFromInline var block: UnsafeMutableRawPointer
    public private(set) var capacity: Int
    @usableFromInline var end = 0
    /// Bytes of texts in use.
    public private(set) var live = 0

    /// An arena with room for texts of `count` bytes and as much again.
    public init(for count: Int = 0) {
        capacity = Self.leastCapacity
        while capacity < count * 2 { capacity *= 2 }
        block = .allocate(byteCount: Self.room(for: capacity), alignment: 1)
    }

    /// Bytes for which there is memory where so many may be used.
    private static func room(for capacity: Int) -> Int {
        capacity > smallCapacity ? max(capacity, largeRoom) : capacity
    }

    deinit { block.deallocate() }

    /// The text of `count` bytes that begins at `place`; valid until a text is added.
    @inlinable @inline(__always)
    public func text(at place: UInt32, count: Int) -> UnsafeRawBufferPointer {
        assert(Int(place) + count <= end)
        return UnsafeRawBufferPointer(start: block + Int(place), count: count)
    }

    /// Whether `count` more bytes fit as it is.
    public func hasRoom(for count: Int) -> Bool { capacity - end >= count }

    /// Whether a full block is half holes, so that what is in use goes into a new one with room to spare.
    public func isWorthRewriting(for count: Int) -> Bool { (live + count) * 2 <= capacity }

    /// Doubles the capacity until `count` more bytes fit.
    public mutating func grow(for count: Int) {
        var larger = capacity
        while larger - end < count { larger *= 2 }
        precondition(larger <= Int(UInt32.max))
        let room = Self.room(for: capacity)
        capacity = larger
        guard larger > room else { return }
        let moved = UnsafeMutableRawPointer.allocate(byteCount: Self.room(for: larger), alignment: 1)
        moved.copyMemory(from: block, byteCount: end)
        block.deallocate()
        block = moved
    }

    /// Adds a copy of `text`, for which there is room; returns where it begins.
    public mutating func append(_ text: UnsafeRawBufferPointer) -> UInt32 {
        precondition(hasRoom(for: text.count))
        let place = UInt32(end)
        if let source = text.baseAddress { (block + end).copyMemory(from: source, byteCount: text.count) }
        end += text.count
        live += text.count
        return place
    }

    /// A text of `count` bytes is not in use any more.
    public mutating func drop(_ count: Int) {
        live -= count
        if live == 0 { self = TextArena() }
    }
}
