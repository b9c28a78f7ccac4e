/// Slots of a table in the order in which they last got something done, the idlest first.
///
/// A doubly linked list through one array, so that everything takes the same short time.
struct IdleOrder {
    private struct Link {
        var previous: UInt32
        var next: UInt32
    }

    private static let none = UInt32.max
    /// In `previous`: not in the list.
    private static let absent = UInt32.max - 1

    private var links: [Link] = []
    private var first = none
    private var last = none
    /// Slots in it.
    private(set) var count = 0

    /// The slot that has got nothing done for longest; nil where there is none.
    var idlest: UInt32? { first == Self.none ? nil : first }

    /// The one behind a slot that is in.
    func busier(than slot: UInt32) -> UInt32? {
        let next = links[Int(slot)].next
        return next == Self.none ? nil : next
    }

    func contains(_ slot: UInt32) -> Bool {
        Int(slot) < links.count && links[Int(slot)].previous != Self.absent
    }

    /// Puts a slot behind all others, wherever it is.
    mutating func moveToBusiest(_ slot: UInt32) {
        remove(slot)
        insert(slot, after: last, before: Self.none)
    }

    /// Puts a slot in front of all others, wherever it is.
    mutating func moveToIdlest(_ slot: UInt32) {
        remove(slot)
        insert(slot, after: Self.none, before: first)
    }

    private mutating func insert(_ slot: UInt32, after previous: UInt32, before next: UInt32) {
        while links.count <= Int(slot) { links.append(Link(previous: Self.absent, next: Self.none)) }
        links[Int(slot)] = Link(previous: previous, next: next)
        if previous == Self.none { first = slot } else { links[Int(previous)].next = slot }
        if next == Self.none { last = slot } else { links[Int(next)].previous = slot }
        count += 1
    }

    /// Takes a slot out, if it is in.
    mutating func remove(_ slot: UInt32) {
        guard contains(slot) else { return }
        let link = links[Int(slot)]
        if link.previous == Self.none {
            first = link.next
        } else {
            links[Int(link.previous)].next = link.next
        }
        if link.next == Self.none {
            last = link.previous
        } else {
            links[Int(link.next)].previous = link.previous
        }
        links[Int(slot)].previous = Self.absent
        count -= 1
    }
}
