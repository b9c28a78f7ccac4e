import func Glibc.calloc
import func Glibc.free

/// The rates of visitors in the last two minutes, of as many as there are places.
///
/// ```
///  place    visitor, newest second, page since    at second mod 128
///    0      [ Place ]                             [ 128 x level ]
///    1      ...
/// ```
/// A place is given to a visitor with the first samples and given back when the visitor leaves. Where all are
/// taken, those who have just come get the places of those who came before them.
struct VisitorHistories: ~Copyable {
    struct Place: BitwiseCopyable {
        /// The hub's number of the visitor; `Visitor.none` in a place that is free.
        var visitor = Visitor.none
        /// The newest second that has a level.
        var head: UInt32 = 0
        /// The first second that was wholly spent on the page that the visitor is on.
        var pageSince: UInt32 = 0
    }

    static let noPlace = UInt16.max
    private static let kept = HistoryLimits.fineKept

    let capacity: Int
    private let places: UnsafeMutablePointer<Place>
    private let levels: UnsafeMutablePointer<UInt8>
    /// By visitor.
    private var placeOf: ContiguousArray<UInt16> = []
    /// The places that are free; the last one is the next to be given out.
    private(set) var freePlaces: ContiguousArray<UInt16> = []
    /// Places below this one were ever used.
    private(set) var used = 0
    /// Whose turn it is to make room.
    private(set) var hand = 0

    init(capacity: Int) {
        precondition(capacity < Int(Self.noPlace))
        self.capacity = capacity
        guard
            let memory = calloc(max(capacity, 1), MemoryLayout<Place>.stride),
            let bytes = calloc(max(capacity, 1), Int(Self.kept))
        else { fatalError("out of memory for histories") }
        places = memory.bindMemory(to: Place.self, capacity: max(capacity, 1))
        levels = bytes.bindMemory(to: UInt8.self, capacity: max(capacity, 1) * Int(Self.kept))
    }

    deinit {
        free(places)
        free(levels)
    }

    /// Visitors with a place.
    var count: Int { used - freePlaces.count }

    subscript(place: Int) -> Place {
        get { places[place] }
        nonmutating set { places[place] = newValue }
    }

    /// The place of a visitor.
    @inline(__always)
    func find(_ visitor: UInt32) -> Int? {
        guard Int(visitor) < placeOf.count, placeOf[Int(visitor)] != Self.noPlace else { return nil }
        return Int(placeOf[Int(visitor)])
    }

    /// Gives a visitor who has none a place; nil where none is free.
    mutating func take(_ visitor: UInt32) -> Int? {
        let place: Int
        if let last = freePlaces.popLast() {
            place = Int(last)
        } else if used < capacity {
            place = used
            used += 1
        } else {
            return nil
        }
        put(visitor, at: place)
        return place
    }

    /// Who is to make room next.
    var nextToGo: UInt32 { places[hand].visitor }

    /// Gives that one's place to another visitor; all are taken.
    mutating func takeOver(_ visitor: UInt32) -> Int {
        let place = hand
        placeOf[Int(places[place].visitor)] = Self.noPlace
        skip()
        put(visitor, at: place)
        return place
    }

    /// Leaves that one alone.
    mutating func skip() { hand = hand + 1 == capacity ? 0 : hand + 1 }

    /// Forgets a visitor.
    mutating func giveBack(_ visitor: UInt32) {
        guard let place = find(visitor) else { return }
        placeOf[Int(visitor)] = Self.noPlace
        places[place].visitor = Visitor.none
        freePlaces.append(UInt16(place))
    }

    private mutating func put(_ visitor: UInt32, at place: Int) {
        places[place] = Place(visitor: visitor)
        (levels + place * Int(Self.kept)).update(repeating: 0, count: Int(Self.kept))
        while Int(visitor) >= placeOf.count {
            placeOf.append(contentsOf: repeatElement(Self.noPlace, count: max(64, placeOf.count)))
        }
        placeOf[Int(visitor)] = UInt16(place)
    }

    /// Keeps the level of a second, which is newer than all that the place has.
    mutating func set(_ level: UInt8, of place: Int, at second: UInt32) {
        let head = places[place].head
        guard second > head else { return }
        for step in 0..<min(second - head, Self.kept) { levels[Self.index(place, second - step)] = 0 }
        places[place].head = second
        levels[Self.index(place, second)] = level
    }

    /// The level of a second; 0 where it is not kept.
    @inline(__always)
    func level(of place: Int, at second: UInt32) -> UInt8 {
        let head = places[place].head
        guard second <= head, head - second < Self.kept else { return 0 }
        return levels[Self.index(place, second)]
    }

    @inline(__always)
    private static func index(_ place: Int, _ second: UInt32) -> Int {
        place &* Int(kept) &+ Int(second % kept)
    }

    /// The levels of a place as they lie.
    func memory(of place: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: levels + place * Int(Self.kept), count: Int(Self.kept))
    }

    /// Makes place `used`, as one that a snapshot holds; false where that visitor has a place.
    mutating func restore(_ place: Place, _ memory: UnsafeRawBufferPointer) -> Bool {
        guard used < capacity, memory.count == Int(Self.kept) else { return false }
        if place.visitor != Visitor.none {
            guard find(place.visitor) == nil else { return false }
            put(place.visitor, at: used)
        }
        places[used] = place
        UnsafeMutableRawBufferPointer(start: levels + used * Int(Self.kept), count: memory.count)
            .copyMemory(from: memory)
        used += 1
        return true
    }

    /// Says which places are free, in the order of `freePlaces`, and whose turn it is; false where that
    /// cannot be.
    mutating func restore(free: ContiguousArray<UInt16>, hand: Int) -> Bool {
        guard hand < max(capacity, 1), Set(free).count == free.count,
            free.allSatisfy({ Int($0) < used && places[Int($0)].visitor == Visitor.none }),
            free.count == (0..<used).count(where: { places[$0].visitor == Visitor.none })
        else { return false }
        freePlaces = free
        self.hand = hand
        return true
    }
}
