/// Numbers by number, grown by doubling; `none` where nothing was set. Its holder releases it.
struct NumberTable: BitwiseCopyable {
    private let none: UInt32
    private var values: UnsafeMutablePointer<UInt32>?
    private(set) var capacity: UInt32 = 0

    init(none: UInt32) { self.none = none }

    /// A table with a copy of another one's memory.
    init(none: UInt32, memory: UnsafeRawBufferPointer) {
        self.none = none
        guard !memory.isEmpty else { return }
        capacity = UInt32(memory.count / MemoryLayout<UInt32>.stride)
        let copy = UnsafeMutablePointer<UInt32>.allocate(capacity: Int(capacity))
        UnsafeMutableRawBufferPointer(start: copy, count: memory.count).copyMemory(from: memory)
        values = copy
    }

    /// The values, each in host byte order.
    var memory: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: values, count: Int(capacity) * MemoryLayout<UInt32>.stride)
    }

    /// The most that a table of numbers below `limit` has room for.
    static func mostCapacity(limit: Int) -> Int {
        var capacity = 16
        while capacity < limit { capacity *= 2 }
        return capacity
    }

    @inline(__always)
    subscript(index: UInt32) -> UInt32 {
        guard index < capacity, let values else { return none }
        return values[Int(index)]
    }

    /// Stores `value` at `index`, growing as needed; returns false at or past `limit`.
    mutating func set(_ index: UInt32, to value: UInt32, limit: Int) -> Bool {
        guard Int(index) < limit else { return false }
        if index >= capacity {
            var larger = max(capacity, 16)
            while larger <= index { larger *= 2 }
            let grown = UnsafeMutablePointer<UInt32>.allocate(capacity: Int(larger))
            grown.initialize(repeating: none, count: Int(larger))
            if let values {
                grown.update(from: values, count: Int(capacity))
                values.deallocate()
            }
            values = grown
            capacity = larger
        }
        values?[Int(index)] = value
        return true
    }

    mutating func release() {
        values?.deallocate()
        values = nil
        capacity = 0
    }
}
