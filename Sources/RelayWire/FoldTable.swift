import PointerEvents

/// What is known of each slot and page while a queue is folded.
///
/// ```
/// slot   [ newest move u32 | newest scroll u32 | carried u32 ]
/// page   [ newest page record u32 ]
/// ```
/// A record is told by its offset in words plus one, what is carried by its place plus one; zero means none.
/// The storage lasts while a worker is behind, and every fold leaves it empty.
struct FoldTable: ~Copyable {
    private struct Slot: BitwiseCopyable {
        var newestMove: UInt32 = 0
        var newestScroll: UInt32 = 0
        var carried: UInt32 = 0
    }

    private var slots = ZeroedTable<Slot>(zero: Slot())
    private var pages = ZeroedTable<UInt32>(zero: 0)
    /// Removed samples whose surroundings the next sample of their slot will say, and free places among them.
    private var carried: [PointerSample] = []
    private var freePlaces: [UInt32] = []

    init() {}

    /// Makes the record at `offset` the newest of its slot and kind, and says which one that was before.
    mutating func replaceNewest(slot: UInt32, isScroll: Bool, offset: Int) -> Int? {
        precondition(slot < RelayLimits.slotsPerChannel, "a slot past the limit was queued")
        let entry = slots.reserve(slot)
        let older: UInt32
        if isScroll {
            older = entry.pointee.newestScroll
            entry.pointee.newestScroll = UInt32(offset / 8 + 1)
        } else {
            older = entry.pointee.newestMove
            entry.pointee.newestMove = UInt32(offset / 8 + 1)
        }
        return older == 0 ? nil : Int(older - 1) * 8
    }

    /// Forgets the newest of a slot: what came before was another owner's, or the fold is over.
    mutating func forgetNewest(slot: UInt32) {
        guard let entry = slots.find(slot) else { return }
        entry.pointee.newestMove = 0
        entry.pointee.newestScroll = 0
    }

    /// Keeps what a removed sample says of its visitor's surroundings until the slot's next one.
    mutating func carry(_ sample: PointerSample) {
        let entry = slots.reserve(sample.slot)
        if let place = freePlaces.popLast() {
            carried[Int(place)] = sample
            entry.pointee.carried = place + 1
        } else {
            carried.append(sample)
            entry.pointee.carried = UInt32(carried.count)
        }
    }

    /// Hands out what was carried for a slot.
    @inline(__always)
    mutating func takeCarried(slot: UInt32) -> PointerSample? {
        guard let entry = slots.find(slot), entry.pointee.carried != 0 else { return nil }
        let place = entry.pointee.carried - 1
        entry.pointee.carried = 0
        freePlaces.append(place)
        return carried[Int(place)]
    }

    /// Notes that the record at `offset` gives `page` to a path.
    mutating func named(page: UInt32, offset: Int) { pages.reserve(page).pointee = UInt32(offset / 8 + 1) }

    /// Whether `page` is given to another path behind `offset`.
    func isRenamed(page: UInt32, behind offset: Int) -> Bool {
        guard let entry = pages.find(page) else { return false }
        return entry.pointee > UInt32(offset / 8 + 1)
    }

    /// Forgets a page once the record at `offset` is passed, if that is its newest.
    mutating func forget(page: UInt32, at offset: Int) {
        guard let entry = pages.find(page), entry.pointee == UInt32(offset / 8 + 1) else { return }
        entry.pointee = 0
    }

    /// Gives the storage back.
    mutating func release() {
        slots.release()
        pages.release()
        guard carried.capacity > 0 else { return }
        carried = []
        freePlaces = []
    }
}
