import ByteCore
import Glibc

/// The start of a head or frame whose rest has not come; no storage while empty.
///
/// It grows by doubling as bytes come in, so that what a peer declares costs nothing until it is sent.
@safe struct Spill: ~Copyable {
    private static let smallestCapacity = 64

    private var bytes: UnsafeMutableRawPointer?
    private(set) var count = 0
    /// Bytes allocated.
    private(set) var capacity = 0

    init() {}

    deinit { unsafe bytes?.deallocate() }

    var isEmpty: Bool { count == 0 }

    /// What is kept, to be decoded in place.
    var contents: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(start: bytes, count: count)
    }

    /// Keeps a copy of `rest` alone, which may be part of what is kept already.
    mutating func keep(_ rest: UnsafeRawBufferPointer) {
        guard let source = rest.baseAddress, unsafe !rest.isEmpty else { return clear() }
        let needed = Self.roundedUp(rest.count)
        if let bytes = unsafe bytes, capacity == needed {
            // A frame that trickles in stays where it is.
            if unsafe source != UnsafeRawPointer(bytes) { unsafe memmove(bytes, source, rest.count) }
        } else {
            let fresh = UnsafeMutableRawPointer.allocate(byteCount: needed, alignment: 8)
            unsafe fresh.copyMemory(from: source, byteCount: rest.count)
            unsafe bytes?.deallocate()
            unsafe bytes = fresh
            capacity = needed
        }
        count = rest.count
    }

    /// Appends what came behind it.
    mutating func append(_ more: UnsafeRawBufferPointer) {
        guard let source = more.baseAddress, unsafe !more.isEmpty else { return }
        let needed = Self.roundedUp(count + more.count)
        if needed > capacity {
            let fresh = UnsafeMutableRawPointer.allocate(byteCount: needed, alignment: 8)
            if let bytes = unsafe bytes {
                unsafe fresh.copyMemory(from: bytes, byteCount: count)
                unsafe bytes.deallocate()
            }
            unsafe bytes = fresh
            capacity = needed
        }
        unsafe (bytes! + count).copyMemory(from: source, byteCount: more.count)
        count += more.count
    }

    private static func roundedUp(_ count: Int) -> Int {
        var capacity = smallestCapacity
        while capacity < count { capacity *= 2 }
        return capacity
    }

    /// Gives the storage back.
    mutating func clear() {
        unsafe bytes?.deallocate()
        unsafe bytes = nil
        count = 0
        capacity = 0
    }
}
