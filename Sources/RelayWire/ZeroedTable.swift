/// A table of small values by number that grows as it is used; what was never set is zero.
@safe struct ZeroedTable<Value: BitwiseCopyable>: ~Copyable {
    private var values: UnsafeMutablePointer<Value>?
    private var count = 0
    private let zero: Value

    init(zero: Value) { self.zero = zero }

    deinit { unsafe values?.deallocate() }

    /// The value of `number`, where there is room for it already.
    @inline(__always)
    func find(_ number: UInt32) -> UnsafeMutablePointer<Value>? {
        guard Int(number) < count, let values = unsafe values else { return nil }
        return unsafe values + Int(number)
    }

    /// The value of `number`; the caller has held it against its limit.
    @inline(__always)
    mutating func reserve(_ number: UInt32) -> UnsafeMutablePointer<Value> {
        unsafe find(number) ?? grow(toHold: number)
    }

    @inline(never)
    private mutating func grow(toHold number: UInt32) -> UnsafeMutablePointer<Value> {
        var larger = max(count, 256)
        while Int(number) >= larger { larger *= 2 }
        let moved = UnsafeMutablePointer<Value>.allocate(capacity: larger)
        if let values = unsafe values { unsafe moved.initialize(from: values, count: count) }
        unsafe (moved + count).initialize(repeating: zero, count: larger - count)
        unsafe values?.deallocate()
        unsafe values = moved
        count = larger
        return unsafe moved + Int(number)
    }

    /// Gives the storage back.
    mutating func release() {
        unsafe values?.deallocate()
        unsafe values = nil
        count = 0
    }
}
