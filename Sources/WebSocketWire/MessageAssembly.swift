/// The bytes of a message that arrives in fragments; empty, and without an allocation, at all other times.
@safe struct MessageAssembly: ~Copyable {
    private var base: UnsafeMutableRawPointer?
    private var allocated: UInt32 = 0
    private(set) var count: UInt32 = 0

    init() {}

    deinit { unsafe base?.deallocate() }

    /// Bytes allocated.
    var capacity: Int { Int(allocated) }

    /// The bytes so far; valid until the next mutation.
    var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: base, count: Int(count)) }

    /// Takes a copy of a fragment; the caller has judged the sum against `limit`, the bytes of a message.
    mutating func append(_ fragment: UnsafeRawBufferPointer, limit: Int) {
        guard let source = fragment.baseAddress, fragment.count > 0 else { return }
        let needed = Int(count) + fragment.count
        precondition(needed <= limit)
        let target = unsafe reserve(needed, limit)
        unsafe (target + Int(count)).copyMemory(from: source, byteCount: fragment.count)
        count = UInt32(needed)
    }

    private mutating func reserve(_ needed: Int, _ limit: Int) -> UnsafeMutableRawPointer {
        if let base = unsafe base, needed <= Int(allocated) { return unsafe base }
        // Grown by doubling from a small start, so that what a peer declares costs nothing until it is sent.
        let larger = min(max(needed, Int(allocated) * 2, 256), limit)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 8)
        if let base = unsafe base {
            unsafe moved.copyMemory(from: base, byteCount: Int(count))
            unsafe base.deallocate()
        }
        unsafe base = moved
        allocated = UInt32(larger)
        return unsafe moved
    }

    /// Forgets the message and gives its memory back.
    mutating func release() {
        unsafe base?.deallocate()
        unsafe base = nil
        allocated = 0
        count = 0
    }
}
