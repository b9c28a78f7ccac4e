/// A table of values at stable addresses, found by slot and generation.
///
/// Chunks of 256 are allocated as needed; a freed slot is used again with the next generation, so a token
/// from before is seen to be stale. New elements go to the lowest chunk that has room, so that after a crowd
/// the high ones are empty and can be given back.
@safe public struct Slab<Element: ~Copyable>: ~Copyable {
    /// ```
    /// 31 30     24 23         0
    /// [ used | 0 | generation ]
    /// ```
    private typealias Mark = UInt32
    private static var usedBit: Mark { 1 << 31 }
    private static var generationMask: Mark { 0xFF_FFFF }

    private struct Chunk {
        var usedCount = 0
        var firstFree = noSlot
    }

    private static var chunkSize: Int { 256 }
    private static var noSlot: UInt16 { .max }

    private var chunks: [Chunk] = []
    /// Of each chunk its elements; nil after they were given back. Looked up on hot paths, hence no array.
    private var elements = UnsafeMutablePointer<UnsafeMutablePointer<Element>?>.allocate(capacity: 4)
    private var elementsCapacity = 4
    /// Of each slot ever used its generation, and whether it is used now.
    private var marks: [Mark] = []
    /// Of a free slot the next free one of the same chunk; itself where it is the last.
    private var nextFree: [UInt8] = []
    /// No chunk below has a free slot.
    private var lowestRoom = 0
    /// Elements in the table.
    public private(set) var count = 0

    /// Makes an empty table.
    public init() {}

    deinit {
        for index in marks.indices where isUsed(index) { unsafe address(index).deinitialize(count: 1) }
        for index in chunks.indices { unsafe elements[index]?.deallocate() }
        unsafe elements.deallocate()
    }

    /// One more than the highest slot ever used; for sweeps.
    public var slotCount: Int { marks.count }

    @inline(__always)
    private func isUsed(_ index: Int) -> Bool { marks[index] & Self.usedBit != 0 }

    /// Bytes of the chunks that are allocated.
    public var chunkBytes: Int { allocatedChunks * Self.chunkSize * MemoryLayout<Element>.stride }
    private var allocatedChunks = 0

    @inline(__always)
    private func address(_ index: Int) -> UnsafeMutablePointer<Element> {
        // A chunk with a used slot is allocated.
        unsafe elements[index >> 8].unsafelyUnwrapped + (index & 0xFF)
    }

    /// Moves an element in and returns where it is.
    public mutating func insert(_ element: consuming Element) -> (index: UInt32, generation: UInt32) {
        let index = takeSlot()
        marks[index] |= Self.usedBit
        if unsafe elements[index >> 8] == nil {
            unsafe elements[index >> 8] = .allocate(capacity: Self.chunkSize)
            allocatedChunks += 1
        }
        chunks[index >> 8].usedCount += 1
        unsafe address(index).initialize(to: element)
        count += 1
        return (UInt32(index), marks[index] & Self.generationMask)
    }

    private mutating func takeSlot() -> Int {
        while lowestRoom < chunks.count {
            let free = chunks[lowestRoom].firstFree
            if free != Self.noSlot {
                let index = lowestRoom << 8 | Int(free)
                let next = UInt16(nextFree[index])
                chunks[lowestRoom].firstFree = next == free ? Self.noSlot : next
                return index
            }
            // Only the last chunk can have slots that were never used.
            if lowestRoom == chunks.count - 1, marks.count & 0xFF != 0 { break }
            lowestRoom += 1
        }
        if lowestRoom == chunks.count { appendChunk() }
        marks.append(0)
        nextFree.append(0)
        return marks.count - 1
    }

    private mutating func appendChunk() {
        if chunks.count == elementsCapacity {
            let larger = UnsafeMutablePointer<UnsafeMutablePointer<Element>?>.allocate(
                capacity: elementsCapacity * 2)
            unsafe larger.initialize(from: elements, count: elementsCapacity)
            unsafe elements.deallocate()
            unsafe elements = larger
            elementsCapacity *= 2
        }
        unsafe (elements + chunks.count).initialize(to: nil)
        chunks.append(Chunk())
    }

    /// The element of a slot, if it is still of that generation; the address holds until it is removed.
    @inline(__always)
    public func find(_ index: UInt32, generation: UInt32) -> UnsafeMutablePointer<Element>? {
        let slot = Int(index)
        guard slot < marks.count, marks[slot] == generation | Self.usedBit else { return nil }
        return unsafe address(slot)
    }

    /// The element a token points to.
    @inline(__always)
    public func find(_ token: Token) -> UnsafeMutablePointer<Element>? {
        unsafe find(token.index, generation: token.generation)
    }

    /// Has the processor fetch an element that is asked for soon, and what says whether it is there.
    @inline(__always)
    public func prefetch(_ index: UInt32) {
        let slot = Int(index)
        guard slot < marks.count, let chunk = unsafe elements[slot >> 8] else { return }
        unsafe ProcessMemory.prefetch(chunk + (slot & 0xFF), count: MemoryLayout<Element>.size)
    }

    /// The element in a slot of whatever generation, with that generation.
    public func at(_ index: Int) -> (element: UnsafeMutablePointer<Element>, generation: UInt32)? {
        guard index < marks.count, isUsed(index) else { return nil }
        return unsafe (address(index), marks[index] & Self.generationMask)
    }

    /// The element in a slot that is known to be used; not checked.
    @inline(__always)
    public subscript(index: UInt32) -> UnsafeMutablePointer<Element> {
        assert(isUsed(Int(index)))
        return unsafe address(Int(index))
    }

    /// Moves the element out and retires the slot's generation.
    public mutating func remove(_ index: UInt32) -> Element {
        let slot = Int(index)
        precondition(isUsed(slot))
        marks[slot] = (marks[slot] &+ 1) & Self.generationMask
        let (own, first) = (UInt16(slot & 0xFF), chunks[slot >> 8].firstFree)
        nextFree[slot] = UInt8(truncatingIfNeeded: first == Self.noSlot ? own : first)
        chunks[slot >> 8].firstFree = own
        chunks[slot >> 8].usedCount -= 1
        lowestRoom = min(lowestRoom, slot >> 8)
        count -= 1
        return unsafe address(slot).move()
    }

    /// Gives the memory of chunks back in which nothing is.
    public mutating func releaseEmptyChunks() {
        for index in chunks.indices where unsafe chunks[index].usedCount == 0 && elements[index] != nil {
            unsafe elements[index]?.deallocate()
            unsafe elements[index] = nil
            allocatedChunks -= 1
        }
    }
}
