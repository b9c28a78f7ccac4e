/// The pages whose samples are kept, each in a series; what the series hold is in `Histories`.
///
/// A page has its place from the first second in which somebody moved on it. Where all places are taken, the
/// page on which it was quiet for longest makes room, unless it was not quiet at all.
struct PageHistories: ~Copyable {
    struct Place: BitwiseCopyable {
        /// The hub's number of the page; `PageTable.none` in a place that is free.
        var page: UInt32
        /// The newest second in which somebody moved on it.
        var heard: UInt32
    }

    let capacity: Int
    private(set) var places: ContiguousArray<Place> = []
    private var placeOf: [UInt32: UInt16] = [:]
    /// Looks for a page that makes room, in the second at hand.
    private var searches = 0

    init(capacity: Int) { self.capacity = capacity }

    /// The place of a page.
    func find(_ page: UInt32) -> Int? { placeOf[page].map { Int($0) } }

    /// Begins with another second.
    mutating func beginSecond() { searches = 0 }

    /// Notes that somebody moved on the page of a place.
    mutating func hear(_ place: Int, at second: UInt32) {
        places[place].heard = max(places[place].heard, second)
    }

    /// Gives a page that has none a place; nil where there is none for it.
    mutating func take(_ page: UInt32, at second: UInt32, _ limits: HistoryLimits) -> Int? {
        let place: Int
        if places.count < capacity {
            place = places.count
            places.append(Place(page: page, heard: second))
        } else {
            guard searches < limits.pageSearchesPerSecond else { return nil }
            searches += 1
            let quietest = places.indices.min { places[$0].heard < places[$1].heard }
            guard let quietest, places[quietest].heard &+ limits.quietPageSeconds <= second else {
                return nil
            }
            forget(quietest)
            places[quietest] = Place(page: page, heard: second)
            place = quietest
        }
        placeOf[page] = UInt16(place)
        return place
    }

    private mutating func forget(_ place: Int) {
        placeOf[places[place].page] = nil
        places[place].page = PageTable.none
    }

    /// Forgets the pages that nobody has moved on for as long as anything is told of.
    mutating func forgetQuiet(before second: UInt32) {
        for place in places.indices where places[place].page != PageTable.none && places[place].heard < second
        {
            forget(place)
            places[place].heard = 0
        }
    }

    /// Adds a place as a snapshot holds it; false where that cannot be.
    mutating func restore(_ place: Place) -> Bool {
        guard places.count < capacity, placeOf[place.page] == nil else { return false }
        if place.page != PageTable.none { placeOf[place.page] = UInt16(places.count) }
        places.append(place)
        return true
    }
}
