import func Glibc.calloc
import func Glibc.free

/// The rates of visitors in the last two minutes, of as many as there are places.
///
/// ```
///  place    visitor, newest second, page since, levels      row    at second mod 128
///    0      [ Place, 16 bytes ]                               0    [ 128 x level ]
///    1      ...                                               1    ...
/// ```
/// A place is given to a visitor with the first samples and given back when the visitor leaves. Where all are
/// taken, those who have just come get the places of those who came before them. Who was heard in two seconds
/// at most of those that are kept has no row: most of a crowd says something now and then.
struct VisitorHistories: ~Copyable {
    struct Place: BitwiseCopyable {
        /// The hub's number of the visitor; `Visitor.none` in a place that is free.
        var visitor = Visitor.none
        /// The newest second that has a level.
        var head: UInt32 = 0
        /// The first second that was wholly spent on the page that the visitor is on.
        var pageSince: UInt32 = 0
        fileprivate var levels = FewLevels()

        init(visitor: UInt32 = Visitor.none, head: UInt32 = 0, pageSince: UInt32 = 0) {
            self.visitor = visitor
            self.head = head
            self.pageSince = pageSince
        }
    }

    static let noPlace = UInt16.max
    private static let noRow = UInt16.max

    /// The levels of up to two seconds, or where more of them lie.
    ///
    /// ```
    /// 31      19     12        6          0
    /// [ 0 | gap u7 | earlier u6 | level u6 ]   of the newest second, and of the one so many seconds before
    /// [ 1 | zeros          | row u16       ]
    /// ```
    fileprivate struct FewLevels: BitwiseCopyable {
        private var word: UInt32 = 0

        init() {}

        init(level: UInt8, earlier: UInt8 = 0, gap: UInt32 = 0) {
            word = UInt32(level) & 63 | (UInt32(earlier) & 63) << 6 | gap << 12
        }

        init(row: Int) { word = 1 << 31 | UInt32(row) }

        /// Nil where there is none.
        var row: Int? { word >> 31 == 0 ? nil : Int(word & 0xFFFF) }
        var level: UInt8 { UInt8(word & 63) }
        var earlier: UInt8 { UInt8(word >> 6 & 63) }
        /// 0 where nothing is known of an earlier second.
        var gap: UInt32 { word >> 12 & 127 }

        /// The level of the second that is so many before the newest one.
        func level(before seconds: UInt32) -> UInt8 { seconds == 0 ? level : seconds == gap ? earlier : 0 }
    }
    private static let kept = HistoryLimits.fineKept

    let capacity: Int
    private let places: UnsafeMutablePointer<Place>
    private let levels: UnsafeMutablePointer<UInt8>
    /// Rows below this one were ever used; of those that are free each begins with the number of the next.
    private var usedRows = 0
    private var firstFreeRow = noRow
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

    /// Rows in use.
    var rowCount: Int { (0..<used).count { places[$0].levels.row != nil } }

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
        giveBackRow(of: place)
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
        giveBackRow(of: place)
        places[place].visitor = Visitor.none
        freePlaces.append(UInt16(place))
    }

    private mutating func put(_ visitor: UInt32, at place: Int) {
        places[place] = Place(visitor: visitor)
        while Int(visitor) >= placeOf.count {
            placeOf.append(contentsOf: repeatElement(Self.noPlace, count: max(64, placeOf.count)))
        }
        placeOf[Int(visitor)] = UInt16(place)
    }

    /// Keeps the level of a second, which is newer than all that the place has.
    mutating func set(_ level: UInt8, of place: Int, at second: UInt32) {
        let step = second &- places[place].head
        guard second > places[place].head else { return }
        if step >= Self.kept {
            // Nothing of what was there is kept.
            giveBackRow(of: place)
            places[place].levels = FewLevels()
        }
        let few = places[place].levels
        if few.row == nil {
            let isEarlierKept = few.gap > 0 && few.gap + step < Self.kept
            if few.level == 0 || !isEarlierKept {
                places[place].head = second
                places[place].levels =
                    few.level == 0
                    ? FewLevels(level: level) : FewLevels(level: level, earlier: few.level, gap: step)
                return
            }
            takeRow(for: place)
        }
        places[place].head = second
        guard let row = places[place].levels.row else { return }
        for step in 0..<step { levels[Self.index(row, second - step)] = 0 }
        levels[Self.index(row, second)] = level
    }

    /// Gives a place that has none a row, with the levels that it has in it.
    private mutating func takeRow(for place: Int) {
        let row: Int
        if firstFreeRow != Self.noRow {
            row = Int(firstFreeRow)
            firstFreeRow = UnsafeRawPointer(levels + row * Int(Self.kept)).load(as: UInt16.self)
        } else {
            // There are as many as places.
            row = usedRows
            usedRows += 1
        }
        (levels + row * Int(Self.kept)).update(repeating: 0, count: Int(Self.kept))
        let (head, few) = (places[place].head, places[place].levels)
        if few.gap > 0 { levels[Self.index(row, head &- few.gap)] = few.earlier }
        levels[Self.index(row, head)] = few.level
        places[place].levels = FewLevels(row: row)
    }

    private mutating func giveBackRow(of place: Int) {
        guard let row = places[place].levels.row else { return }
        let start = UnsafeMutableRawPointer(levels + row * Int(Self.kept))
        start.storeBytes(of: firstFreeRow, as: UInt16.self)
        firstFreeRow = UInt16(row)
        places[place].levels = FewLevels()
    }

    /// The level of a second; 0 where it is not kept.
    @inline(__always)
    func level(of place: Int, at second: UInt32) -> UInt8 {
        let (head, few) = (places[place].head, places[place].levels)
        guard second <= head, head - second < Self.kept else { return 0 }
        return few.row.map { levels[Self.index($0, second)] } ?? few.level(before: head - second)
    }

    @inline(__always)
    private static func index(_ row: Int, _ second: UInt32) -> Int {
        row &* Int(kept) &+ Int(second % kept)
    }

    /// Lets `body` have the levels of a place by second modulo 128.
    func withLevels(of place: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
        let (head, few, kept) = (places[place].head, places[place].levels, Int(Self.kept))
        if let row = few.row {
            return body(UnsafeRawBufferPointer(start: levels + row * kept, count: kept))
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: kept) { all in
            for step in 0..<Self.kept { all[Int((head &- step) % Self.kept)] = few.level(before: step) }
            body(UnsafeRawBufferPointer(all))
        }
    }

    /// Makes place `used`, as one that a snapshot holds; false where that visitor has a place.
    mutating func restore(_ place: Place, _ memory: UnsafeRawBufferPointer) -> Bool {
        guard used < capacity, memory.count == Int(Self.kept) else { return false }
        if place.visitor != Visitor.none {
            guard find(place.visitor) == nil else { return false }
            put(place.visitor, at: used)
        }
        places[used] = place
        restoreLevels(memory, at: used)
        used += 1
        return true
    }

    private mutating func restoreLevels(_ memory: UnsafeRawBufferPointer, at place: Int) {
        let head = places[place].head
        func level(_ step: UInt32) -> UInt8 { memory[Int((head &- step) % Self.kept)] }
        let earlier = (1..<Self.kept).filter { level($0) != 0 }
        guard earlier.count > 1, places[place].visitor != Visitor.none else {
            let gap = level(0) == 0 ? 0 : earlier.first ?? 0
            places[place].levels = FewLevels(level: level(0), earlier: level(gap), gap: gap)
            return
        }
        takeRow(for: place)
        for step in 0..<min(head, Self.kept) {
            guard let row = places[place].levels.row else { return }
            levels[Self.index(row, head - step)] = level(step)
        }
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
