/// One deadline each for a fixed number of members, the earliest at hand (a binary heap with places known).
struct DeadlineQueue {
    private var deadlines: [Int64]
    /// Members, parents before children, no child earlier than its parent.
    private var heap: [Int32]
    /// Where in `heap` each member is.
    private var places: [Int32]

    /// A deadline that never comes.
    static let never = Int64.max

    /// Members 0..<count, none with a deadline; `count` is above 0.
    init(count: Int) {
        deadlines = Array(repeating: Self.never, count: count)
        heap = (0..<Int32(count)).map { $0 }
        places = heap
    }

    /// The member whose deadline comes first, and that deadline.
    var earliest: (member: Int, deadline: Int64) {
        let member = Int(heap[0])
        return (member, deadlines[member])
    }

    /// Gives a member another deadline.
    mutating func set(_ member: Int, to deadline: Int64) {
        let isSooner = deadline < deadlines[member]
        deadlines[member] = deadline
        let place = Int(places[member])
        if isSooner { rise(from: place) } else { sink(from: place) }
    }

    private mutating func rise(from start: Int) {
        var place = start
        while place > 0 {
            let parent = (place - 1) / 2
            guard isSooner(place, than: parent) else { return }
            swap(place, parent)
            place = parent
        }
    }

    private mutating func sink(from start: Int) {
        var place = start
        while true {
            var child = 2 * place + 1
            guard child < heap.count else { return }
            if child + 1 < heap.count, isSooner(child + 1, than: child) { child += 1 }
            guard isSooner(child, than: place) else { return }
            swap(place, child)
            place = child
        }
    }

    private func isSooner(_ place: Int, than other: Int) -> Bool {
        deadlines[Int(heap[place])] < deadlines[Int(heap[other])]
    }

    private mutating func swap(_ place: Int, _ other: Int) {
        heap.swapAt(place, other)
        places[Int(heap[place])] = Int32(place)
        places[Int(heap[other])] = Int32(other)
    }
}
