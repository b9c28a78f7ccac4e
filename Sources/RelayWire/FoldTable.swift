import PointerEvents

/// What is known of each slot, page and name while a queue is folded.
///
/// ```
/// slot         [ newest move u32 | newest scroll u32 | surroundings u32 ]
/// page, name   [ newest text record u32 ]
/// ```
/// A record is told by its offset in words plus one, surroundings by their place plus one; zero means none.
/// The storage lasts while a worker is behind, and every fold leaves it empty.
struct FoldTable: ~Copyable {
    private struct Slot: BitwiseCopyable {
        var newestMove: UInt32 = 0
        var newestScroll: UInt32 = 0
        var surroundings: UInt32 = 0
    }

    private var slots = ZeroedTable<Slot>(zero: Slot())
    private var pages = ZeroedTable<UInt32>(zero: 0)
    private var names = ZeroedTable<UInt32>(zero: 0)
    /// Removed samples whose surroundings the next sample of their slot will say, and free places among them.
    private var surroundings: [SaidSurroundings] = []
    private var freePlaces: [UInt32] = []
    /// How many of them wait for that.
    private(set) var keptCount = 0

    init() {}

    /// Makes the record at `offset` the newest of its slot and kind, and says which one that was before.
    @inline(__always)
    mutating func replaceNewest(slot: UInt32, isScroll: Bool, offset: Int) -> Int? {
        precondition(slot < RelayLimits.slotsPerChannel, "a slot past the limit was queued")
        let entry = unsafe slots.reserve(slot)
        let older: UInt32
        if isScroll {
            older = unsafe entry.pointee.newestScroll
            unsafe entry.pointee.newestScroll = UInt32(offset / 8 + 1)
        } else {
            older = unsafe entry.pointee.newestMove
            unsafe entry.pointee.newestMove = UInt32(offset / 8 + 1)
        }
        return older == 0 ? nil : Int(older - 1) * 8
    }

    /// Forgets the newest of a slot: what came before was another owner's, or the fold is over.
    @inline(__always)
    mutating func forgetNewest(slot: UInt32) {
        guard let entry = unsafe slots.find(slot) else { return }
        unsafe entry.pointee.newestMove = 0
        unsafe entry.pointee.newestScroll = 0
    }

    /// Keeps what a removed sample says of its visitor's surroundings until the slot's next one.
    mutating func keep(_ said: SaidSurroundings) {
        let entry = unsafe slots.reserve(said.sample.slot)
        keptCount += 1
        if let place = freePlaces.popLast() {
            surroundings[Int(place)] = said
            unsafe entry.pointee.surroundings = place + 1
        } else {
            surroundings.append(said)
            unsafe entry.pointee.surroundings = UInt32(surroundings.count)
        }
    }

    /// Hands out the sample whose surroundings were kept for a slot.
    @inline(__always)
    mutating func takeSurroundings(slot: UInt32) -> SaidSurroundings? {
        guard let entry = unsafe slots.find(slot), unsafe entry.pointee.surroundings != 0 else { return nil }
        let place = unsafe entry.pointee.surroundings - 1
        unsafe entry.pointee.surroundings = 0
        freePlaces.append(place)
        keptCount -= 1
        return surroundings[Int(place)]
    }

    /// Notes that the record at `offset` gives `index` to a text; those of elements are carried nowhere.
    mutating func named(_ kind: UInt8, index: UInt32, offset: Int) {
        switch RelayText(rawValue: kind) {
        case .page: unsafe pages.reserve(index).pointee = UInt32(offset / 8 + 1)
        case .name: unsafe names.reserve(index).pointee = UInt32(offset / 8 + 1)
        case .element, nil: break
        }
    }

    /// Whether `index` is given to another text behind `offset`.
    func isRenamed(_ kind: RelayText, index: UInt32, behind offset: Int) -> Bool {
        guard let entry = unsafe find(kind, index) else { return false }
        return unsafe entry.pointee > UInt32(offset / 8 + 1)
    }

    /// Forgets a text once the record at `offset` is passed, if that is its newest.
    mutating func forget(_ kind: UInt8, index: UInt32, at offset: Int) {
        guard let kind = RelayText(rawValue: kind), let entry = unsafe find(kind, index),
            unsafe entry.pointee == UInt32(offset / 8 + 1)
        else { return }
        unsafe entry.pointee = 0
    }

    private func find(_ kind: RelayText, _ index: UInt32) -> UnsafeMutablePointer<UInt32>? {
        switch kind {
        case .page: unsafe pages.find(index)
        case .name: unsafe names.find(index)
        case .element: nil
        }
    }

    /// Gives the storage back.
    mutating func release() {
        slots.release()
        pages.release()
        names.release()
        guard surroundings.capacity > 0 else { return }
        surroundings = []
        freePlaces = []
        keptCount = 0
    }
}
