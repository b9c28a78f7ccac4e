/// The bytes of a message that arrives in fragments; empty, and without an allocation, at all other times.
struct MessageAssembly: ~Copyable {
    private var base: UnsafeMutableRawPointer?
    private var allocated: UInt32 = 0
    private(set) var count: UInt32 = 0

    init() {}

    deinit { base?.deallocate() }

    /// Bytes allocated.
    var capacity: Int { Int(allocated) }

    /// The bytes so far; valid until the next mutation.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: Int(count)) }

    /// Takes a copy of a fragment; the caller has judged the sum against `WebSocketLimits.messageBytes`.
    mutating func append(_ fragment: UnsafeRawBufferPointer) {
        guard let source = fragment.baseAddress, fragment.count > 0 else { return }
        let needed = Int(count) + fragment.count
        precondition(needed <= WebSocketLimits.messageBytes)
        let target = reserve(needed)
        (target + Int(count)).copyMemory(from: source, byteCount: fragment.count)
        count = UInt32(needed)
    }

    private mutating func reserve(_ needed: Int) -> UnsafeMutableRawPointer {
        if let base, needed <= Int(allocated) { return base }
        // Grown by doubling from a small start, so that what a peer declares costs nothing until it is sent.
        let larger = min(max(needed, Int(allocated) * 2, 256), WebSocketLimits.messageBytes)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 8)
        if let base {
            moved.copyMemory(from: base, byteCount: Int(count))
            base.deallocate()
        }
        base = moved
        allocated = UInt32(larger)
        return moved
    }

    /// Forgets the message and gives its memory back.
    mutating func release() {
        base?.deallocate()
        base = nil
        allocated = 0
        count = 0
    }
}
