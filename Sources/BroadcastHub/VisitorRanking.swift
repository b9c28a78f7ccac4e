/// Who is most active, found out a few entries at a time, so that whoever asks need not hold up the samples.
///
/// ```
///  entries of the hub ──▶ heap of the most active, the least of them on top ──▶ in order, from the end
/// ```
/// Visitors come and go meanwhile: one who came behind the step is left out, one who went is passed over when
/// it is their turn.
public struct VisitorRanking: ~Copyable {
    /// One visitor at the moment of looking.
    struct Place {
        var rate: Double
        /// The place in the hub's list: who moved later is more active at the same rate.
        var orderN: UInt64
        var entry: UInt32
        /// When they joined: an entry may be another's by now.
        var sinceNanoseconds: Int64

        /// Those who joined without a sample since share their place; the order must not depend on luck for
        /// them.
        func isLessActive(than other: Place) -> Bool {
            if rate != other.rate { return rate < other.rate }
            if orderN != other.orderN { return orderN < other.orderN }
            if sinceNanoseconds != other.sinceNanoseconds { return sinceNanoseconds < other.sinceNanoseconds }
            return entry < other.entry
        }
    }

    private let limit: Int
    /// The scope that it is held to; nil where it is of everyone.
    public let scope: ScopeNumber?
    /// Entries up to this one were looked at.
    private var nextEntry: UInt32 = 0
    private var places: ContiguousArray<Place> = []
    /// From here on `places` are in order.
    private var sortedFrom = -1

    /// A ranking of the `limit` most active, nothing of which is known yet.
    public init(limit: Int) { self.init(limit: limit, scope: nil) }

    init(limit: Int, scope: ScopeNumber?) {
        self.limit = limit
        self.scope = scope
    }

    /// Visitors in it.
    public var count: Int { places.count }

    subscript(place: Int) -> Place { places[place] }

    /// Goes on for `steps` entries of `hub`; true when it is finished.
    mutating func advance(by steps: Int, in hub: BroadcastHub, now: Int64) -> Bool {
        var left = steps
        while left > 0, nextEntry < hub.visitors.used {
            look(at: nextEntry, in: hub, now: now)
            nextEntry += 1
            left -= 1
        }
        guard nextEntry == hub.visitors.used || sortedFrom >= 0 else { return false }
        if sortedFrom < 0 { sortedFrom = places.count }
        while left > 0, sortedFrom > 1 {
            sortedFrom -= 1
            places.swapAt(0, sortedFrom)
            siftDown(below: sortedFrom)
            left -= 1
        }
        return sortedFrom <= 1
    }

    private mutating func look(at entry: UInt32, in hub: BroadcastHub, now: Int64) {
        let visitor = hub.visitors[entry]
        guard visitor.pointee.flags.contains(.present) else { return }
        let place = Place(
            rate: hub.rate(of: visitor.pointee, now: now), orderN: visitor.pointee.orderN, entry: entry,
            sinceNanoseconds: visitor.pointee.sinceNanoseconds)
        if places.count < limit {
            places.append(place)
            siftUp()
        } else if limit > 0, places[0].isLessActive(than: place) {
            places[0] = place
            siftDown(below: places.count)
        }
    }

    private mutating func siftUp() {
        var child = places.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard places[child].isLessActive(than: places[parent]) else { return }
            places.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(below end: Int) {
        var parent = 0
        while true {
            var least = parent * 2 + 1
            guard least < end else { return }
            if least + 1 < end, places[least + 1].isLessActive(than: places[least]) { least += 1 }
            guard places[least].isLessActive(than: places[parent]) else { return }
            places.swapAt(parent, least)
            parent = least
        }
    }
}
