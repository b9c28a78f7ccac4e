/// A growable set of small numbers: one bit each.
@frozen @usableFromInline
@safe struct BitTable: ~Copyable {
    @usableFromInline var words: UnsafeMutablePointer<UInt64>
    @usableFromInline var bitCount: UInt32

    init() {
        bitCount = 64
        unsafe words = .allocate(capacity: 1)
        unsafe words.initialize(to: 0)
    }

    @inlinable deinit { unsafe words.deallocate() }

    @inlinable @inline(__always)
    func contains(_ index: UInt32) -> Bool {
        unsafe index < bitCount && words[Int(index >> 6)] >> UInt64(index & 63) & 1 != 0
    }

    /// Inserts `index`, which the caller has held against its limit.
    mutating func insert(_ index: UInt32) {
        if index >= bitCount { grow(toHold: index) }
        unsafe words[Int(index >> 6)] |= 1 << UInt64(index & 63)
    }

    mutating func remove(_ index: UInt32) {
        guard index < bitCount else { return }
        unsafe words[Int(index >> 6)] &= ~(1 << UInt64(index & 63))
    }

    private mutating func grow(toHold index: UInt32) {
        var larger = bitCount
        while index >= larger { larger *= 2 }
        let old = Int(bitCount / 64)
        let moved = UnsafeMutablePointer<UInt64>.allocate(capacity: Int(larger / 64))
        unsafe moved.update(from: words, count: old)
        unsafe (moved + old).update(repeating: 0, count: Int(larger / 64) - old)
        unsafe words.deallocate()
        unsafe words = moved
        bitCount = larger
    }
}
