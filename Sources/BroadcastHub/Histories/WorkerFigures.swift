/// What a worker is like at the end of a second, as its owner measures it.
public struct WorkerFigures: Equatable, Sendable {
    public var processID: Int32
    /// Samples since it started.
    public var received: UInt64
    /// Thousandths of one core.
    public var cpu: UInt32
    /// Resident memory in KiB.
    public var residentKiB: UInt32
    /// Visitors' connections.
    public var connections: UInt32

    public init(
        processID: Int32, received: UInt64, cpu: UInt32, residentKiB: UInt32, connections: UInt32
    ) {
        self.processID = processID
        self.received = received
        self.cpu = cpu
        self.residentKiB = residentKiB
        self.connections = connections
    }
}

/// The series of all visitors together, in the order in which they are kept and told.
enum TotalFigure: Int, CaseIterable {
    /// Samples in the second.
    case samples
    /// At its end: visitors present, of those the ones heard within five seconds, and pages that somebody is
    /// on.
    case visitors, active, pages

    var key: StaticString {
        switch self {
        case .samples: "samples"
        case .visitors: "visitors"
        case .active: "active"
        case .pages: "pages"
        }
    }
}

/// The series of a worker, likewise.
enum WorkerFigure: Int, CaseIterable {
    case samples, cpu, residentKiB, connections

    var key: StaticString {
        switch self {
        case .samples: "samples"
        case .cpu: "cpu"
        case .residentKiB: "rss"
        case .connections: "connections"
        }
    }
}

/// The workers whose figures are kept, those who have ended among them.
struct WorkerHistories: ~Copyable {
    struct Place: BitwiseCopyable {
        /// 0 in a place that was given up.
        var processID: Int32
        /// What it had received when it was measured last.
        var received: UInt64
        /// The second of that.
        var heard: UInt32
    }

    let capacity: Int
    private(set) var places: ContiguousArray<Place> = []

    init(capacity: Int) { self.capacity = capacity }

    func find(_ processID: Int32) -> Int? { places.firstIndex { $0.processID == processID } }

    /// Gives a worker that has none a place: a new one, or that of one that ended long ago.
    mutating func take(_ processID: Int32, at second: UInt32) -> Int? {
        let place = Place(processID: processID, received: 0, heard: second)
        if places.count < capacity {
            places.append(place)
            return places.count - 1
        }
        let oldest = places.indices.min { places[$0].heard < places[$1].heard }
        guard let oldest, places[oldest].heard < second else { return nil }
        places[oldest] = place
        return oldest
    }

    /// Notes a measurement; returns the samples since the one before, and the second of that.
    mutating func measure(_ place: Int, _ received: UInt64, at second: UInt32) -> (
        samples: UInt32, since: UInt32
    ) {
        let before = places[place]
        places[place].received = received
        places[place].heard = second
        return (UInt32(clamping: received &- min(received, before.received)), before.heard)
    }

    /// Adds a place as a snapshot holds it; false where that cannot be.
    mutating func restore(_ place: Place) -> Bool {
        guard places.count < capacity, place.processID != 0, find(place.processID) == nil else {
            return false
        }
        places.append(place)
        return true
    }
}
