import ByteCore
import PosixIO
import RelayChannels
import Telemetry

/// A worker, left to a successor.
///
/// ```
/// [ index i64 ][ process ][ data channel ][ control channel ][ its standard error i32, open u8, line ]
/// [ counters page i32 ][ life u32 ][ started i64 ][ channel i64 ][ is leaving u8 ]
/// [ waiting u32 ] n x [ connection ]
/// [ counted u32 ] n x [ connection u64 ]   n x [ place u32 ]
/// [ hands over u8 ][ moved u64 ][ listener i64 or none ][ next arrival u64 ]
/// [ relayed u64 ][ rate f64 ][ received before u64 ][ share f64 ][ used before i64 ]
/// ```
struct CarriedWorker: Carriable {
    /// Its place in the supervisor.
    var index = 0
    var child = CarriedProcess()
    var data = CarriedDataChannel()
    var control = CarriedControlChannel()
    var errors: Int32 = 0
    var areErrorsOpen = false
    var spoken = CarriedText()
    var page: Int32 = 0
    var life: UInt32 = 0
    var startedAt: Int64 = 0
    var channel = 0
    var isLeaving = false
    var waiting: [CarriedConnection] = []
    var counted: [UInt64] = []
    var places: [UInt32] = []
    var handsOver = false
    var movedCount: UInt64 = 0
    var door: Int64?
    var nextArrival: UInt64 = 0
    var relayed: UInt64 = 0
    var rate: Double = 0
    var receivedBefore: UInt64 = 0
    var cpuShare: Double = 0
    var cpuBefore: Int64 = 0

    init() {}

    mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(&index, limit: ClusterLimits.carriedWorkers)
        try carrier.carry(&child)
        try carrier.carry(&data)
        try carrier.carry(&control)
        try carrier.carry(descriptor: &errors)
        try carrier.carry(&areErrorsOpen)
        try carrier.carry(&spoken)
        try carrier.carry(descriptor: &page)
        try carrier.carry(&life)
        try carrier.carry(&startedAt)
        try carrier.carry(&channel)
        try carrier.carry(&isLeaving)
        try carrier.carry(&waiting, limit: ClusterLimits.carriedConnections)
        try carrier.carry(&counted, limit: ClusterLimits.carriedConnections)
        try carrier.carry(&places, limit: ClusterLimits.carriedConnections)
        try carrier.require(counted.count == places.count && Set(counted).count == counted.count)
        try carrier.carry(&handsOver)
        try carrier.carry(&movedCount)
        try carrier.carry(&door)
        try carrier.carry(&nextArrival)
        try carrier.carry(&relayed)
        try carrier.carry(&rate)
        try carrier.carry(&receivedBefore)
        try carrier.carry(&cpuShare)
        try carrier.carry(&cpuBefore)
    }
}

extension WorkerProcess {
    /// Whether a connection is on its way to it from another worker, or from it to another.
    var isMoving: Bool {
        !adopting.isEmpty || passed.count > 0 || emptiedSince != nil || waiting.contains { $0.state != nil }
    }

    /// What a successor needs to look after it.
    func carried(at index: Int) -> CarriedWorker {
        var carried = CarriedWorker()
        carried.index = index
        carried.child = child.carried
        carried.data = data.carried
        carried.control = control.carried
        carried.errors = errors.raw
        carried.areErrorsOpen = areErrorsOpen
        carried.spoken = spoken.carried
        carried.page = page.raw
        carried.life = life
        carried.startedAt = startedAt
        carried.channel = channel
        carried.isLeaving = isLeaving
        carried.waiting = waiting.compactMap { CarriedConnection($0) }
        carried.counted = Array(counted.keys)
        carried.places = Array(counted.values)
        carried.handsOver = handsOver
        carried.movedCount = movedCount
        carried.door = door.map { Int64($0) }
        carried.nextArrival = nextArrival
        carried.relayed = relayed
        carried.rate = rate
        carried.receivedBefore = receivedBefore
        carried.cpuShare = cpuShare
        carried.cpuBefore = cpuBefore
        return carried
    }

    /// Looks after a worker that the program before has started.
    convenience init(_ carried: CarriedWorker) throws(SystemError) {
        // What can fail comes first, while nothing is owned that would be closed.
        let page = try SharedPage(resuming: carried.page)
        self.init(
            resuming: ChildProcess(carried.child),
            data: DataChannel(carried.data, readBytes: ClusterLimits.readBytes),
            control: ControlChannel(carried.control),
            errors: ByteStream(Descriptor(owning: carried.errors)),
            page: page, life: carried.life, startedAt: carried.startedAt)
        channel = carried.channel
        areErrorsOpen = carried.areErrorsOpen
        spoken = SpokenLines(carried.spoken)
        isLeaving = carried.isLeaving
        waiting = carried.waiting.map { WaitingConnection($0) }
        counted = Dictionary(uniqueKeysWithValues: zip(carried.counted, carried.places))
        handsOver = carried.handsOver
        movedCount = carried.movedCount
        door = carried.door.map { Int($0) }
        nextArrival = carried.nextArrival
        relayed = carried.relayed
        rate = carried.rate
        receivedBefore = carried.receivedBefore
        cpuShare = carried.cpuShare
        cpuBefore = carried.cpuBefore
    }

    /// Has the poller report what of it is still heard.
    func watchOn(_ poller: borrowing Poller, _ token: (UInt8) -> Token) throws(SystemError) {
        if data.isOpen { try data.watch(poller, token: token(1)) }
        if control.isOpen { try control.watch(poller, token: token(2)) }
        try poller.add(child.raw, for: .readable, token: token(3))
        if areErrorsOpen { try poller.add(errors.raw, for: .readable, token: token(4)) }
    }
}
