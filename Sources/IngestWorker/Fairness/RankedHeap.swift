/// Whoever has the lowest rank comes first, and of equal ranks whoever came first: a binary heap.
struct RankedHeap {
    struct Entry {
        let rank: Int64
        let item: UInt64
        fileprivate let arrival: UInt64

        @inline(__always)
        fileprivate func precedes(_ other: Entry) -> Bool {
            rank != other.rank ? rank < other.rank : arrival < other.arrival
        }
    }

    private var entries: [Entry] = []
    private var arrivals: UInt64 = 0

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }
    var first: Entry? { entries.first }

    mutating func insert(_ item: UInt64, rank: Int64) {
        arrivals &+= 1
        let entry = Entry(rank: rank, item: item, arrival: arrivals)
        entries.append(entry)
        var place = entries.count - 1
        while place > 0 {
            let parent = (place - 1) / 2
            guard entry.precedes(entries[parent]) else { break }
            entries[place] = entries[parent]
            place = parent
        }
        entries[place] = entry
    }

    mutating func popFirst() -> Entry? {
        guard let first = entries.first, let last = entries.popLast() else { return nil }
        guard !entries.isEmpty else {
            // A crowd that has gone takes its memory along.
            if entries.capacity > Self.keptCapacity { entries = [] }
            return first
        }
        var place = 0
        while true {
            var child = 2 * place + 1
            guard child < entries.count else { break }
            if child + 1 < entries.count, entries[child + 1].precedes(entries[child]) { child += 1 }
            guard entries[child].precedes(last) else { break }
            entries[place] = entries[child]
            place = child
        }
        entries[place] = last
        return first
    }

    private static var keptCapacity: Int { 1024 }
}
