import ByteCore
import Tables

/// How much of the ingest port each client address has, and who had some lately.
///
/// ```
///   nobody's ──admitted──▶ connected ──last one closed──▶ idle ──all is as if it had never come──▶ nobody's
///                              ▲                            │
///                              └──────────admitted──────────┘
/// ```
/// An address stands for what one household or one rented machine has: an IPv4 address, mapped or not, and of
/// IPv6 the first 64 bits. New connections are counted by the generic cell rate algorithm (ITU-T I.371,
/// Annex A): one number a client says when its next one would be due if it had always come at its rate.
/// Addresses are kept here and nowhere else, and only while they mean something: those idle go as soon as
/// they have nothing left to pay back. At the bound the one that has been idle for longest goes before; where
/// all are connected, a new one is let in uncounted. Times are nanoseconds of CLOCK_MONOTONIC.
struct AddressTable: ~Copyable {
    struct Entry: BitwiseCopyable {
        var network: IPAddress
        /// When the next new connection would be due; in the past where nothing is to be paid back.
        var dueAt: Int64 = .min
        var connections: UInt32 = 0
        /// Neighbours among the idle; `next` of a free entry is the next free one.
        var previous = AddressTable.none
        var next = AddressTable.none
    }

    /// What became of a new connection.
    enum Outcome: Equatable {
        /// It counts for the address in this place, until `closed`.
        case admitted(place: UInt32)
        /// There is no room to remember whose it is.
        case uncounted
        case refused(AddressRefusal)
    }

    static let none = UInt32.max

    private var limits: AddressLimits
    private let capacity: Int
    private let seed: UInt64
    /// Between two new connections of one address, and how far ahead of its rate it may be.
    private var interval: Int64 = 0
    private var patience: Int64 = 0
    var entries: ContiguousArray<Entry> = []
    var index = SlotIndex()
    var firstFree = none
    /// The idle, longest first.
    private(set) var oldestIdle = none
    private var newestIdle = none
    /// What a test breaks on purpose, to see that its model notices.
    var fault: AddressFault?

    /// Makes an empty table for `capacity` addresses; `seed` is random and the table's own.
    init(_ limits: AddressLimits, capacity: Int, seed: UInt64) {
        self.limits = limits
        self.capacity = capacity
        self.seed = seed
        take(limits)
    }

    /// Has other limits from now on; what addresses owe they pay back as it was.
    mutating func take(_ limits: AddressLimits) {
        self.limits = limits
        interval = limits.newPerSecond > 0 ? 1_000_000_000 / Int64(limits.newPerSecond) : 0
        patience = interval * Int64(limits.burst)
    }

    /// Addresses remembered.
    var count: Int { index.count }

    /// Judges a new connection of `address`.
    mutating func admit(_ address: IPAddress, now: Int64) -> Outcome {
        forgetIdle(now: now, most: AddressTableLimits.forgottenPerAdmission)
        let network = fault == .countsEachOfANetwork ? address : address.network
        let hash = hash(network)
        let known = index.find(hash) { entries[Int($0)].network == network }
        guard let place = known ?? add(network, hash) else { return .uncounted }
        var entry = entries[Int(place)]
        if limits.connections > 0 {
            let most = limits.connections + (fault == .admitsOneMore ? 1 : 0)
            guard entry.connections < most else { return .refused(.connections) }
        }
        if interval > 0 {
            let due = max(entry.dueAt, now) + interval
            guard due - now <= patience else { return .refused(.rate) }
            entry.dueAt = fault == .forgetsNewOnes ? now : due
        }
        entry.connections += 1
        entries[Int(place)] = entry
        if entry.connections == 1 { unlinkIdle(place) }
        return .admitted(place: place)
    }

    /// A connection that was admitted for the address in this place is over.
    mutating func closed(_ place: UInt32) {
        precondition(entries[Int(place)].connections > 0)
        if fault == .keepsClosed { return }
        entries[Int(place)].connections -= 1
        if entries[Int(place)].connections == 0 { appendIdle(place) }
    }

    /// Forgets up to `most` of those who have been idle for longest and have nothing to pay back.
    mutating func forgetIdle(now: Int64, most: Int) {
        var left = most
        while left > 0, oldestIdle != Self.none {
            let isDue = entries[Int(oldestIdle)].dueAt <= now
            guard isDue || fault == .forgetsTooSoon, fault != .forgetsNobody else { return }
            remove(oldestIdle)
            left -= 1
        }
    }

    func hash(_ network: IPAddress) -> UInt64 {
        unsafe withUnsafeBytes(of: network) { unsafe Hash64.hash($0, seed: seed) }
    }

    /// A place among the idle for an address that has none; nil where there is no room for it.
    private mutating func add(_ network: IPAddress, _ hash: UInt64) -> UInt32? {
        if index.count >= capacity {
            guard oldestIdle != Self.none else { return nil }
            remove(oldestIdle)
        }
        let place: UInt32
        if firstFree != Self.none {
            place = firstFree
            firstFree = entries[Int(place)].next
            entries[Int(place)] = Entry(network: network)
        } else {
            place = UInt32(entries.count)
            entries.append(Entry(network: network))
        }
        index.insert(hash, slot: place)
        appendIdle(place)
        return place
    }

    private mutating func remove(_ place: UInt32) {
        index.remove(hash(entries[Int(place)].network), slot: place)
        unlinkIdle(place)
        // Nothing of who it was stays.
        entries[Int(place)] = Entry(network: IPAddress(high: 0, low: 0), next: firstFree)
        firstFree = place
        guard index.count == 0 else { return }
        entries = []
        firstFree = Self.none
        index.shrink()
    }

    mutating func appendIdle(_ place: UInt32) {
        entries[Int(place)].previous = newestIdle
        entries[Int(place)].next = Self.none
        if newestIdle == Self.none {
            oldestIdle = place
        } else {
            entries[Int(newestIdle)].next = place
        }
        newestIdle = place
    }

    private mutating func unlinkIdle(_ place: UInt32) {
        let entry = entries[Int(place)]
        if entry.previous == Self.none {
            oldestIdle = entry.next
        } else {
            entries[Int(entry.previous)].next = entry.next
        }
        if entry.next == Self.none {
            newestIdle = entry.previous
        } else {
            entries[Int(entry.next)].previous = entry.previous
        }
    }
}

/// Ways to count addresses wrongly that tests must notice.
enum AddressFault: CaseIterable {
    /// Each address of an IPv6 network is somebody else.
    case countsEachOfANetwork
    case admitsOneMore
    /// New connections cost nothing.
    case forgetsNewOnes
    /// What is over counts on.
    case keepsClosed
    /// Who has closed is forgotten, and what they owe with them.
    case forgetsTooSoon
    /// Addresses stay when they mean nothing any more.
    case forgetsNobody
}
