public import ByteCore
public import PosixIO
import RelayChannels
import SupervisorCore
import Telemetry

/// The workers and their connections, left to a successor.
///
/// ```
/// [ "CLUS" ][ listeners u32 ] n x [ listener ][ supervisor ][ workers u32 ] n x [ worker ][ addresses ]
/// [ counters u32 ] n x [ of lives that ended u64 ][ events lost u64 ]
/// [ refused: at capacity u64, without a worker u64 ][ moves that came back u64 ]
/// [ told to the log: origins u64, reasons u32, n x u64 ]
/// [ next connection u64 ][ lives u32 ][ without a worker since i64 or none ][ identity key: bytes ]
/// ```
public struct CarriedCluster: Carriable {
    var listeners: [CarriedListener] = []
    var core = CarriedSupervisor()
    var workers: [CarriedWorker] = []
    var addresses = CarriedDoor()
    var endedCounters: [UInt64] = []
    var eventsLost: UInt64 = 0
    var refusedAtCapacity: UInt64 = 0
    var refusedWithoutWorker: UInt64 = 0
    var movesReturned: UInt64 = 0
    var originsRefusedLogged: UInt64 = 0
    var refusalsLogged: [UInt64] = []
    var nextConnection: UInt64 = 1
    var lives: UInt32 = 0
    var workerlessSince: Int64?
    var identityKey: [UInt8] = []

    /// One to be read into.
    public init() {}

    /// The first listener, for whoever makes the cluster anew.
    public var door: CarriedListener { listeners[0] }

    /// Carries it.
    public mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.mark("CLUS")
        try carrier.carry(&listeners, limit: ClusterLimits.carriedWorkers)
        try carrier.require(!listeners.isEmpty)
        try carrier.carry(&core)
        try carrier.carry(&workers, limit: ClusterLimits.carriedWorkers)
        try carrier.carry(&addresses)
        try carrier.carry(&endedCounters, limit: WorkerCounter.allCases.count)
        // A master of an earlier build knew fewer.
        let unknown = WorkerCounter.allCases.count - endedCounters.count
        endedCounters += repeatElement(0, count: unknown)
        try carrier.carry(&eventsLost)
        try carrier.carry(&refusedAtCapacity)
        try carrier.carry(&refusedWithoutWorker)
        try carrier.carry(&movesReturned)
        try carrier.carry(&originsRefusedLogged)
        try carrier.carry(&refusalsLogged, limit: 2 + AddressRefusal.allCases.count)
        try carrier.require(refusalsLogged.count == 2 + AddressRefusal.allCases.count)
        try carrier.carry(&nextConnection)
        try carrier.carry(&lives)
        try carrier.carry(&workerlessSince)
        try carrier.carry(&identityKey, limit: 32)
        guard carrier.isReading else { return }
        for worker in workers {
            if let door = worker.door { try carrier.require(listeners.indices.contains(Int(door))) }
            for place in Set(worker.places) { try carrier.require(addresses.counts(place)) }
        }
    }
}

extension ClusterSupervisor {
    /// Whether no worker is being changed, no connection moves, and each has been ready: what is left to a
    /// successor is whole then.
    public var isAtRest: Bool { core.carried != nil && !isMoving }

    /// Whether a connection is on its way from one worker to another, or a worker is yet to let go of some.
    public var isMoving: Bool { !strays.isEmpty || workers.contains { $0?.isMoving ?? false } }

    /// What a successor needs to go on; nil while workers are being changed or have yet to start.
    public var carried: CarriedCluster? {
        guard !isMoving, let core = core.carried else { return nil }
        var carried = CarriedCluster()
        carried.listeners = doors.map { $0.listener.carried }
        carried.core = core
        carried.workers = workers.indices.compactMap { workers[$0]?.carried(at: $0) }
        carried.addresses = door.carried
        carried.endedCounters = endedCounters
        carried.eventsLost = eventsLost
        carried.refusedAtCapacity = refusedAtCapacity
        carried.refusedWithoutWorker = refusedWithoutWorker
        carried.movesReturned = movesReturned
        carried.originsRefusedLogged = originsRefusedLogged
        carried.refusalsLogged = refusalsLogged
        carried.nextConnection = nextConnection
        carried.lives = lives
        carried.workerlessSince = workerlessSince
        carried.identityKey = identityKey
        return carried
    }

    /// Takes over from the program before; `start` is not called then, but `resume` when the loop begins.
    public func take(_ carried: CarriedCluster, _ poller: borrowing Poller) {
        core = Supervisor(carried.core, settings: core)
        door.take(carried.addresses)
        endedCounters = carried.endedCounters
        eventsLost = carried.eventsLost
        refusedAtCapacity = carried.refusedAtCapacity
        refusedWithoutWorker = carried.refusedWithoutWorker
        movesReturned = carried.movesReturned
        originsRefusedLogged = carried.originsRefusedLogged
        refusalsLogged = carried.refusalsLogged
        nextConnection = carried.nextConnection
        lives = carried.lives
        workerlessSince = carried.workerlessSince
        identityKey = carried.identityKey
        doors += carried.listeners.dropFirst().map { IngestDoor(Listener($0)) }
        haveDoors = carried.workers.contains { $0.door != nil }
        workers = Array(repeating: nil, count: core.placeCount)
        guard Set(carried.workers.map(\.index)) == Set(core.inhabited) else {
            Succession.giveUp(because: "the workers that were left are not those that are known")
        }
        for left in carried.workers {
            do throws(SystemError) {
                let worker = try WorkerProcess(left)
                // Kept whatever comes: closed, it would be lost to the program before, too.
                workers[left.index] = worker
                try worker.watchOn(poller) {
                    Token(kind: kind + $0, index: UInt32(left.index), generation: left.life)
                }
            } catch {
                Succession.giveUp(because: "worker \(number(of: left.index)): \(error.text)")
            }
        }
    }

    /// Goes on accepting, and sends on what was queued.
    public func resume(_ poller: borrowing Poller, now: Int64) {
        tendDoors(poller, now: now)
        for index in workers.indices {
            sendWaiting(to: index, poller)
            if let worker = workers[index] { flushControl(of: worker, poller) }
        }
    }
}
