/// What is remembered of strangers, at most so many entries: where one more comes, the one that weighs
/// least goes, of several the one that was touched first.
///
/// ```
/// weight 0   oldest ─ … ─ newest      slots in a list for each weight, linked by index
/// weight 1   oldest ─ … ─ newest
/// …
/// ```
///
/// An entry that is past its time goes before all others. Finding the one to go takes a look at the oldest
/// of each weight, however many there are.
struct EvictingTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// Weights that are told apart: 0 up to this one, which stands for all above.
    static var heaviest: Int { 31 }
    private static var none: Int { -1 }

    private struct Slot: Sendable {
        var key: Key
        var value: Value
        var weight: Int
        var touchedAt: Int64
        var older: Int
        var newer: Int
    }

    private struct Ends: Sendable {
        var oldest: Int
        var newest: Int
    }

    private let capacity: Int
    private var slots: [Slot] = []
    private var free: [Int] = []
    private var indices: [Key: Int] = [:]
    private var lists: [Ends]

    init(capacity: Int) {
        self.capacity = capacity
        lists = Array(repeating: Ends(oldest: Self.none, newest: Self.none), count: Self.heaviest + 1)
    }

    var count: Int { indices.count }

    subscript(key: Key) -> Value? { indices[key].map { slots[$0].value } }

    /// Keeps `value` for `key`, touched at `moment`, and returns what had to go for it; entries touched at
    /// `expired` or before are past their time.
    mutating func put(_ value: Value, for key: Key, weight: Int, at moment: Int64, expired: Int64) -> Value? {
        let weight = min(max(weight, 0), Self.heaviest)
        if let index = indices[key] {
            unlink(index)
            slots[index].value = value
            slots[index].weight = weight
            slots[index].touchedAt = moment
            link(index)
            return nil
        }
        var evicted: Value?
        if indices.count == capacity, let least = leastHarmful(expired: expired) {
            evicted = slots[least].value
            removeSlot(least)
        }
        let slot = Slot(
            key: key, value: value, weight: weight, touchedAt: moment, older: Self.none, newer: Self.none)
        let index: Int
        if let reused = free.popLast() {
            index = reused
            slots[index] = slot
        } else {
            index = slots.count
            slots.append(slot)
        }
        indices[key] = index
        link(index)
        return evicted
    }

    mutating func remove(_ key: Key) {
        if let index = indices[key] { removeSlot(index) }
    }

    private func leastHarmful(expired: Int64) -> Int? {
        let candidates = lists.map(\.oldest).filter { $0 != Self.none }
        return candidates.first { slots[$0].touchedAt <= expired } ?? candidates.first
    }

    private mutating func removeSlot(_ index: Int) {
        unlink(index)
        indices[slots[index].key] = nil
        free.append(index)
    }

    private mutating func link(_ index: Int) {
        let weight = slots[index].weight
        slots[index].older = lists[weight].newest
        slots[index].newer = Self.none
        if lists[weight].newest == Self.none {
            lists[weight].oldest = index
        } else {
            slots[lists[weight].newest].newer = index
        }
        lists[weight].newest = index
    }

    private mutating func unlink(_ index: Int) {
        let slot = slots[index]
        if slot.older == Self.none {
            lists[slot.weight].oldest = slot.newer
        } else {
            slots[slot.older].newer = slot.newer
        }
        if slot.newer == Self.none {
            lists[slot.weight].newest = slot.older
        } else {
            slots[slot.newer].older = slot.older
        }
    }
}
