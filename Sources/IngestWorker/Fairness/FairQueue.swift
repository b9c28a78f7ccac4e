/// Who works next, so that all get the same share: first of addresses, then of the connections of one.
///
/// Start-time fair queueing (Goyal, Vin, Cheng, SIGCOMM 1996) in two levels. Each address has a clock that
/// goes on by the work that was done for it, and the one that is furthest behind is next; of its connections
/// the one that got least. A clock that stood still while nobody waited is set to where the others are, so
/// that nobody saves up, and one that is ahead stays so when its connections are closed and come back. Work
/// is in whatever unit; it is told when it was done.
struct FairQueue {
    private final class Group {
        /// The clock of the address.
        var spent: Int64
        /// How far its connections' clocks are.
        var reached: Int64 = 0
        var waiting = RankedHeap()

        init(spent: Int64) { self.spent = spent }
    }

    private var groups: [UInt32: Group] = [:]
    /// Addresses with somebody who waits, by their clocks.
    private var order = RankedHeap()
    /// How far the addresses' clocks are.
    private var reached: Int64 = 0
    /// Whom `next` gave: its address, and whether it was not ahead of the others there.
    private var serving: (address: UInt32, isOnTime: Bool)?
    /// How many wait.
    private(set) var count = 0
    /// What a test breaks on purpose, to see that its model notices.
    var fault: FairQueueFault?

    var isEmpty: Bool { count == 0 }

    /// Somebody of an address waits; `debt` is the work that it was given last, 0 of one that was modest.
    mutating func add(_ item: UInt64, of address: UInt32, debt: Int) {
        let address = fault == .seesNoAddress ? UInt32(truncatingIfNeeded: item) : address
        let group = groups[address] ?? Group(spent: reached)
        groups[address] = group
        let isNew = group.waiting.isEmpty
        if isNew, fault != .savesUp { group.spent = max(group.spent, reached) }
        if isNew, fault == .forgivesReturning { group.spent = reached }
        let ahead = fault == .forgivesDebt ? 0 : Int64(debt)
        group.waiting.insert(item, rank: fault == .newestFirst ? -Int64(count) : group.reached + ahead)
        count += 1
        if isNew, serving?.address != address { order.insert(UInt64(address), rank: group.spent) }
    }

    /// Takes whoever is next out of the queue; `worked` has to follow.
    mutating func next() -> UInt64? {
        guard let first = order.popFirst() else { return nil }
        let address = UInt32(first.item)
        guard let group = groups[address], let entry = group.waiting.popFirst() else {
            preconditionFailure("an address in the order has somebody who waits")
        }
        count -= 1
        serving = (address, entry.rank <= group.reached)
        reached = max(reached, first.rank)
        group.reached = max(group.reached, entry.rank)
        return entry.item
    }

    /// So much work was done for the one that `next` gave.
    mutating func worked(_ work: Int) {
        guard let (address, isOnTime) = serving, let group = groups[address] else { return }
        serving = nil
        // Who always comes anew, and owes nothing, is not to be before those who do for ever.
        if isOnTime, fault != .forgivesNewcomers { group.reached += Int64(work / (group.waiting.count + 1)) }
        if fault != .chargesNothing { group.spent += Int64(work) }
        if !group.waiting.isEmpty {
            order.insert(UInt64(address), rank: group.spent)
        } else if groups.count > Self.keptGroups + 2 * order.count {
            forgetIdle()
        }
    }

    /// Forgets addresses without anybody who waits: first those that owe nothing, and where that is too few
    /// all of them.
    private mutating func forgetIdle() {
        groups = groups.filter { !$0.value.waiting.isEmpty || $0.value.spent > reached }
        if groups.count > Self.keptGroups + 2 * order.count {
            groups = groups.filter { !$0.value.waiting.isEmpty }
        }
    }

    /// Addresses that are remembered though nobody of them waits.
    private static var keptGroups: Int { 1024 }
}

/// Ways to share unfairly that tests must notice.
enum FairQueueFault: CaseIterable {
    /// Each connection is an address of its own.
    case seesNoAddress
    /// An address that was silent may catch up with what it left to others.
    case savesUp
    /// An address whose connections were closed begins anew.
    case forgivesReturning
    /// A connection that got much is next of its address again.
    case forgivesDebt
    /// Who comes anew each time is before those who stay.
    case forgivesNewcomers
    /// Who came last is first.
    case newestFirst
    /// Work costs nothing.
    case chargesNothing
}
