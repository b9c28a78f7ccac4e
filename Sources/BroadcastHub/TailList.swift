import PointerEvents

/// The tails of a segment's records, of which few have one.
///
/// ```
///  tails    [ tail, 48 bytes ][ tail ] ...
///  places   [ u16 ][ u16 ] ...              of the record in its segment, in order
/// ```
/// What room there is follows from the count alone: none, or 16 doubled until it is enough.
struct TailList: ~Copyable {
    private var tails: UnsafeMutablePointer<SampleTail>
    private var places: UnsafeMutablePointer<UInt16>
    private(set) var count = 0
    private var capacity = 0

    init() {
        tails = .allocate(capacity: 0)
        places = .allocate(capacity: 0)
    }

    deinit {
        tails.deallocate()
        places.deallocate()
    }

    /// Memory in use.
    var bytes: Int { capacity * (MemoryLayout<SampleTail>.stride + MemoryLayout<UInt16>.stride) }

    /// Adds the tail of the record at `place`, which is behind all others.
    mutating func append(_ tail: SampleTail, at place: Int) {
        if count == capacity { move(toHold: max(16, capacity * 2)) }
        (tails + count).initialize(to: tail)
        (places + count).initialize(to: UInt16(place))
        count += 1
    }

    /// Says another tail in place of the newest.
    mutating func replaceNewest(by tail: SampleTail) { tails[count - 1] = tail }

    /// The tail of the record at `place`; one that says nothing where it has none.
    func tail(at place: Int) -> SampleTail {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if Int(places[middle]) < place { low = middle + 1 } else { high = middle }
        }
        return low < count && Int(places[low]) == place ? tails[low] : SampleTail()
    }

    /// The tail by number, and the place of its record.
    subscript(index: Int) -> (place: Int, tail: SampleTail) { (Int(places[index]), tails[index]) }

    /// Forgets them all and gives the memory back.
    mutating func removeAll() {
        count = 0
        if capacity > 0 { move(toHold: 0) }
    }

    private mutating func move(toHold larger: Int) {
        let newTails = UnsafeMutablePointer<SampleTail>.allocate(capacity: larger)
        let newPlaces = UnsafeMutablePointer<UInt16>.allocate(capacity: larger)
        newTails.initialize(from: tails, count: count)
        newPlaces.initialize(from: places, count: count)
        tails.deallocate()
        places.deallocate()
        (tails, places, capacity) = (newTails, newPlaces, larger)
    }
}
