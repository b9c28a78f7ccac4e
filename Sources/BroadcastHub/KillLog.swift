import PointerEvents

/// The last kills, with their ids, for viewers that missed them in the ring.
///
/// ```
///  0 [ n u64 ]  8 [ idLength u8 ]  9 [ id, 64 bytes ]  73 [ unused, 7 ]     one entry, 80 bytes
/// ```
/// A circle of entries in order of n; memory that was never written to costs nothing.
struct KillLog: ~Copyable {
    private static let entryBytes = 80
    private static let idOffset = 9

    private let storage: UnsafeMutableRawPointer
    let capacity: Int
    private var start = 0
    private(set) var count = 0
    /// The n of the newest kill that was forgotten; 0 when none was.
    private(set) var forgottenThrough: UInt64 = 0

    init(capacity: Int) {
        precondition(capacity > 0)
        self.capacity = capacity
        storage = .allocate(byteCount: capacity * Self.entryBytes, alignment: 8)
    }

    deinit { storage.deallocate() }

    private func entry(_ index: Int) -> UnsafeMutableRawPointer {
        var place = start + index
        if place >= capacity { place -= capacity }
        return storage + place * Self.entryBytes
    }

    /// Remembers that `id` was killed at `n`, which is larger than every one before.
    mutating func append(n: UInt64, id: UnsafeRawBufferPointer) {
        if count == capacity {
            forgottenThrough = self.n(at: 0)
            start = start + 1 == capacity ? 0 : start + 1
            count -= 1
        }
        let target = entry(count)
        let length = min(id.count, PointerEvents.Limits.idBytes)
        target.storeBytes(of: n, as: UInt64.self)
        target.storeBytes(of: UInt8(length), toByteOffset: 8, as: UInt8.self)
        if let source = id.baseAddress {
            (target + Self.idOffset).copyMemory(from: source, byteCount: length)
        }
        count += 1
    }

    /// Begins, empty, behind what was forgotten before.
    mutating func restore(forgottenThrough n: UInt64) { forgottenThrough = n }

    /// The n of the kill at `index`, 0 being the oldest.
    func n(at index: Int) -> UInt64 {
        entry(index).load(as: UInt64.self)
    }

    /// The id of the kill at `index`; valid until the next `append`.
    func id(at index: Int) -> UnsafeRawBufferPointer {
        let entry = entry(index)
        let length = Int(entry.load(fromByteOffset: 8, as: UInt8.self))
        return UnsafeRawBufferPointer(start: entry + Self.idOffset, count: length)
    }

    /// The index of the first kill after `n`; `count` where there is none.
    func firstIndex(after n: UInt64) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self.n(at: middle) > n { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
