import ByteCore
import PointerEvents

/// The pages that visitors are on, each kept once and counted by who is on it.
struct PageTable: ~Copyable {
    private struct Entry {
        var bytes: [UInt8]
        var hash: UInt64
        var visitors: Int
    }

    private let seed: UInt64
    private let capacity: Int
    private var entries: [Entry] = []
    private var free: [Int] = []
    private var index = HashIndex()

    init(seed: UInt64, capacity: Int) {
        self.seed = seed
        self.capacity = capacity
    }

    /// How many pages are known.
    var count: Int { index.count }

    /// Whether page `number` is spelled `bytes`.
    @inline(__always)
    func isPage(_ number: Int32, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard number >= 0 else { return false }
        return entries[Int(number)].bytes.withUnsafeBytes { Self.areEqual($0, bytes) }
    }

    /// Counts one visitor more on the page `bytes` and returns its number; -1 where no more pages fit.
    mutating func enter(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        let hash = Hash64.hash(bytes, seed: seed)
        let known = index.find(hash) { slot in
            entries[slot].bytes.withUnsafeBytes { Self.areEqual($0, bytes) }
        }
        if let known {
            entries[known].visitors += 1
            return Int32(known)
        }
        let entry = Entry(bytes: Array(bytes), hash: hash, visitors: 1)
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
            entries[slot] = entry
        } else {
            guard entries.count < capacity else { return -1 }
            slot = entries.count
            entries.append(entry)
        }
        index.insert(hash, slot: slot)
        return Int32(slot)
    }

    /// Counts one visitor less on page `number`, which is forgotten with its last; -1 is no page.
    mutating func leave(_ number: Int32) {
        guard number >= 0 else { return }
        let slot = Int(number)
        entries[slot].visitors -= 1
        guard entries[slot].visitors == 0 else { return }
        index.remove(entries[slot].hash, slot: slot)
        entries[slot].bytes = []
        free.append(slot)
    }

    /// The text of page `number`; empty for no page.
    func text(_ number: Int32) -> String {
        number >= 0 ? String(decoding: entries[Int(number)].bytes, as: UTF8.self) : ""
    }

    /// How many visitors are on page `number`.
    func visitors(on number: Int32) -> Int { number >= 0 ? entries[Int(number)].visitors : 0 }

    private static func areEqual(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
        one.count == other.count && one.elementsEqual(other)
    }
}
