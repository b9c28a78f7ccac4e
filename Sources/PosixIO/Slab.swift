/// A table of values at stable addresses, found by slot and generation.
///
/// Chunks of 256 are allocated as needed and kept; a freed slot is used again with the next generation, so a
/// token from before is seen to be stale.
public struct Slab<Element: ~Copyable>: ~Copyable {
    private struct Slot {
        var generation: UInt32
        var isUsed: Bool
    }

    private static var chunkSize: Int { 256 }

    private var chunks: [UnsafeMutablePointer<Element>] = []
    private var slots: [Slot] = []
    private var free: [UInt32] = []
    /// Elements in the table.
    public private(set) var count = 0

    /// Makes an empty table.
    public init() {}

    deinit {
        for index in slots.indices where slots[index].isUsed { address(index).deinitialize(count: 1) }
        for chunk in chunks { chunk.deallocate() }
    }

    /// One more than the highest slot ever used; for sweeps.
    public var slotCount: Int { slots.count }

    @inline(__always)
    private func address(_ index: Int) -> UnsafeMutablePointer<Element> {
        chunks[index >> 8] + (index & 0xFF)
    }

    /// Moves an element in and returns where it is.
    public mutating func insert(_ element: consuming Element) -> (index: UInt32, generation: UInt32) {
        let index: Int
        if let reused = free.popLast() {
            index = Int(reused)
        } else {
            index = slots.count
            if index >> 8 == chunks.count { chunks.append(.allocate(capacity: Self.chunkSize)) }
            slots.append(Slot(generation: 0, isUsed: false))
        }
        slots[index].isUsed = true
        address(index).initialize(to: element)
        count += 1
        return (UInt32(index), slots[index].generation)
    }

    /// The element of a slot, if it is still of that generation; the address holds until it is removed.
    @inline(__always)
    public func find(_ index: UInt32, generation: UInt32) -> UnsafeMutablePointer<Element>? {
        let slot = Int(index)
        guard slot < slots.count, slots[slot].isUsed, slots[slot].generation == generation else { return nil }
        return address(slot)
    }

    /// The element a token points to.
    @inline(__always)
    public func find(_ token: Token) -> UnsafeMutablePointer<Element>? {
        find(token.index, generation: token.generation)
    }

    /// The element in a slot of whatever generation, with that generation.
    public func at(_ index: Int) -> (element: UnsafeMutablePointer<Element>, generation: UInt32)? {
        guard index < slots.count, slots[index].isUsed else { return nil }
        return (address(index), slots[index].generation)
    }

    /// Moves the element out and retires the slot's generation.
    public mutating func remove(_ index: UInt32) -> Element {
        let slot = Int(index)
        precondition(slots[slot].isUsed)
        slots[slot].isUsed = false
        slots[slot].generation = (slots[slot].generation &+ 1) & 0xFF_FFFF
        free.append(index)
        count -= 1
        return address(slot).move()
    }
}
