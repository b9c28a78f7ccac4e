public import ByteCore

/// One place for a worker, left to a successor.
///
/// ```
/// [ life u8 ][ since i64 ][ until i64 ][ number i64 ][ fate u8 ][ connections i64 ][ capacity i64 ]
/// [ restarts i64 ][ quick deaths i64 ][ started i64 ][ early deaths i64 ][ moves asked i64 ]
/// [ over memory u8 ][ awaits pong u8 ][ missed heartbeats i64 ][ has been ready u8 ]
/// ```
/// Times that a life does not have are 0.
struct CarriedPlace: Carriable {
    var life: UInt8 = 0
    var since: Int64 = 0
    var until: Int64 = 0
    var place = WorkerPlace(life: .vacant, number: 0)

    init() {}

    init(_ place: WorkerPlace) {
        self.place = place
        switch place.life {
        case .vacant: life = 0
        case .absent(let until): (life, self.until) = (1, until)
        case .spawning: life = 2
        case .starting(let since): (life, self.since) = (3, since)
        case .standby(let since): (life, self.since) = (4, since)
        case .running(let since): (life, self.since) = (5, since)
        case .draining(let since, let until): (life, self.since, self.until) = (6, since, until)
        case .stopping(let deadline): (life, until) = (7, deadline)
        case .killed(let since): (life, self.since) = (8, since)
        case .stopped: life = 9
        case .ended: life = 10
        case .givenUp: life = 11
        }
    }

    private var carriedLife: WorkerLife? {
        switch life {
        case 0: .vacant
        case 1: .absent(until: until)
        case 2: .spawning
        case 3: .starting(since: since)
        case 4: .standby(since: since)
        case 5: .running(since: since)
        case 6: .draining(since: since, until: until)
        case 7: .stopping(deadline: until)
        case 8: .killed(since: since)
        case 9: .stopped
        case 10: .ended
        case 11: .givenUp
        default: nil
        }
    }

    private static let fates: [WorkerFate] = [.kept, .candidate, .halted, .leaving]

    mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(&life)
        try carrier.carry(&since)
        try carrier.carry(&until)
        try carrier.carry(&place.number)
        var fate = UInt8(Self.fates.firstIndex(of: place.fate) ?? 0)
        try carrier.carry(&fate)
        try carrier.require(Int(fate) < Self.fates.count)
        try carrier.carry(&place.connections)
        try carrier.carry(&place.capacity)
        try carrier.carry(&place.restarts)
        try carrier.carry(&place.quickDeaths)
        try carrier.carry(&place.startedAt)
        try carrier.carry(&place.earlyDeaths)
        try carrier.carry(&place.movesAsked)
        try carrier.carry(&place.isOverMemory)
        try carrier.carry(&place.isAwaitingPong)
        try carrier.carry(&place.missedHeartbeats)
        try carrier.carry(&place.hasBeenReady)
        guard carrier.isReading else { return }
        guard let life = carriedLife else { throw .malformed }
        place.life = life
        place.fate = Self.fates[Int(fate)]
    }
}

/// What a supervisor knows, left to a successor: while nothing is being changed, and no stop was asked for.
///
/// ```
/// [ places u32 ] n x [ place ]
/// [ sequence u64 ][ next heartbeat i64 ][ cursor i64 ][ restarts of who has gone i64 ]
/// [ next one for memory i64 ][ restarts for memory i64 ]
/// [ next round of evening out i64 or none ][ has progress u8 ][ idle rounds i64 ]
/// ```
/// How long a worker drains, and which worker a connection goes to, its successor is told anew.
public struct CarriedSupervisor: Carriable {
    var places: [CarriedPlace] = []
    var sequence: UInt64 = 0
    var nextHeartbeat: Int64 = .max
    var cursor = 0
    var departedRestarts = 0
    var nextMemoryRestart: Int64 = .min
    var memoryRestarts = 0
    var nextRound: Int64?
    var hasProgress = false
    var idleRounds = 0

    /// One to be read into.
    public init() {}

    /// Carries it.
    public mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(&places, limit: SupervisorLimits.carriedPlaces)
        try carrier.require(!places.isEmpty)
        try carrier.carry(&sequence)
        try carrier.carry(&nextHeartbeat)
        try carrier.carry(&cursor, limit: SupervisorLimits.carriedPlaces)
        try carrier.carry(&departedRestarts)
        try carrier.carry(&nextMemoryRestart)
        try carrier.carry(&memoryRestarts)
        try carrier.carry(&nextRound)
        try carrier.carry(&hasProgress)
        try carrier.carry(&idleRounds)
    }
}

extension Supervisor {
    /// What a successor needs to decide on; nil while a change is under way, a worker has yet to become
    /// ready for the first time, or a stop was asked for.
    public var carried: CarriedSupervisor? {
        guard change == nil, !isStopping, isReady, !places.contains(where: { $0.life == .spawning })
        else { return nil }
        var carried = CarriedSupervisor()
        carried.places = places.map { CarriedPlace($0) }
        carried.sequence = sequence
        carried.nextHeartbeat = nextHeartbeat
        carried.cursor = cursor
        carried.departedRestarts = departedRestarts
        carried.nextMemoryRestart = nextMemoryRestart
        carried.memoryRestarts = memoryRestarts
        if let evening {
            carried.nextRound = evening.nextRound
            carried.hasProgress = evening.hasProgress
            carried.idleRounds = evening.idleRounds
        }
        return carried
    }

    /// Decides on where another one was, with the settings of one that has not begun.
    public init(_ carried: CarriedSupervisor, settings: Supervisor) {
        self = settings
        places = carried.places.map(\.place)
        sequence = carried.sequence
        nextHeartbeat = carried.nextHeartbeat
        cursor = places.isEmpty ? 0 : carried.cursor % places.count
        departedRestarts = carried.departedRestarts
        nextMemoryRestart = carried.nextMemoryRestart
        memoryRestarts = carried.memoryRestarts
        evening = carried.nextRound.map {
            Evening(nextRound: $0, hasProgress: carried.hasProgress, idleRounds: carried.idleRounds)
        }
    }

    /// Places of which a process is to be looked after; the others are as good as without one.
    public var inhabited: [Int] {
        places.indices.filter { index in
            switch places[index].life {
            case .starting, .standby, .running, .draining, .stopping, .killed: true
            case .vacant, .absent, .spawning, .stopped, .givenUp, .ended: false
            }
        }
    }
}
