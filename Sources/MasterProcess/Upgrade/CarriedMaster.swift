import ByteCore
import ClusterSupervisor
import PosixIO
import Telemetry
import ViewerGateway

/// The log, left to a successor.
///
/// ```
/// [ has a file of its own u8 ][ descriptor i32 ][ path: bytes ]  the last two where it has
/// [ not written yet: bytes ][ lines dropped u64 ][ of them not told u64 ]
/// [ newest lines ][ lines u32 ] n x [ bytes ]
/// ```
struct CarriedLog: Carriable {
    var hasFile = false
    var descriptor: Int32 = 0
    var path = ""
    var waiting: [UInt8] = []
    var droppedLines: UInt64 = 0
    var droppedToTell: UInt64 = 0
    var tail = CarriedLines()
    var recent: [CarriedText] = []

    init() {}

    mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(&hasFile)
        if hasFile {
            try carrier.carry(descriptor: &descriptor)
            try carrier.carry(&path, limit: 4096)
        }
        try carrier.carry(&waiting, limit: 16 << 20)
        try carrier.carry(&droppedLines)
        try carrier.carry(&droppedToTell)
        try carrier.carry(&tail)
        try carrier.carry(&recent, limit: 1024)
    }
}

extension EventLog {
    /// What a successor needs to write on.
    var carried: CarriedLog {
        var carried = CarriedLog()
        if let path, let output {
            carried.hasFile = true
            carried.descriptor = output.number
            carried.path = path
        }
        carried.waiting = output?.waiting ?? []
        carried.droppedLines = droppedLines
        carried.droppedToTell = droppedToTell
        carried.tail = tail.carried
        carried.recent = recent.carried
        return carried
    }

    /// Writes on where the program before did, or to `standardError`, which is nil where there is a terminal.
    convenience init(taking carried: CarriedLog, standardError: NonblockingOutput?) {
        let file = carried.hasFile ? NonblockingOutput(Descriptor(owning: carried.descriptor)) : nil
        self.init(to: file ?? standardError, path: carried.hasFile ? carried.path : nil)
        output?.append { buffer in
            unsafe carried.waiting.withUnsafeBytes { unsafe buffer.append($0) }
        }
        droppedLines = carried.droppedLines
        droppedToTell = carried.droppedToTell
        tail.take(carried.tail)
        recent.take(carried.recent)
    }
}

/// The process of the synthetic visitors, left to a successor.
///
/// ```
/// [ process ][ lifeline i32 ][ its standard error i32 ][ line of that: bytes ]
/// ```
struct CarriedDemo: Carriable {
    var child = CarriedProcess()
    var lifeline: Int32 = 0
    var errors: Int32 = 0
    var spoken = CarriedText()

    init() {}

    init(_ demo: DemoProcess) {
        child = demo.child.carried
        lifeline = demo.lifeline.raw
        errors = demo.errors.raw
        spoken = demo.spoken.carried
    }

    mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(&child)
        try carrier.carry(descriptor: &lifeline)
        try carrier.carry(descriptor: &errors)
        try carrier.carry(&spoken)
    }
}

/// On which connection each slot of a channel speaks, left to a successor.
struct CarriedSlots: Carriable {
    var connections: [UInt64] = []

    init() {}

    mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(&connections, limit: 1 << 22)
    }
}

/// The master, left to a successor; the hub's snapshot stands behind it.
///
/// ```
/// [ "MAST" ][ version: bytes ][ path of the program: bytes ][ started i64 ][ clocks i64 | i64 | i64 ]
/// [ has a terminal's log u8 ][ depends on the terminal u8 ][ visitors refused u64 ][ for memory u64 ]
/// [ changes done u64 ][ failed u64 ][ a reload is owed u8 ]
/// [ upgrades done u64 ][ refused u64 ][ returned from u64 ]
/// [ asked by: bytes ][ who waits for it u64 ]
/// [ log ][ what happened to workers ][ channels u32 ] n x [ slots ]
/// [ cluster ][ gateway ][ access or none ][ control desk or none ][ demo or none ]
/// ```
struct CarriedMaster: Carriable {
    var version = ""
    var executablePath = ""
    var startedAt: Int64 = 0
    var clockNow: Int64 = 0
    var wallClockOffset: Int64 = 0
    var slept: Int64 = 0
    var logsNowhere = false
    var dependsOnFront = false
    var refusedVisitors: UInt64 = 0
    var refusedForMemory: UInt64 = 0
    var changesDone: UInt64 = 0
    var changesFailed: UInt64 = 0
    /// A change was noticed that no reload has taken so far.
    var isReloadOwed = false
    var upgrades = UpgradeCounts()
    var why = ""
    var number: UInt64 = 0
    var log = CarriedLog()
    var lives = CarriedLines()
    var slots: [CarriedSlots] = []
    var cluster = CarriedCluster()
    var gateway = CarriedGateway()
    var access: CarriedAccess?
    var control: CarriedDesk?
    var demo: CarriedDemo?

    init() {}

    mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.mark("MAST")
        try carrier.carry(&version, limit: 256)
        try carrier.carry(&executablePath, limit: 4096)
        try carrier.carry(&startedAt)
        try carrier.carry(&clockNow)
        try carrier.carry(&wallClockOffset)
        try carrier.carry(&slept)
        try carrier.carry(&logsNowhere)
        try carrier.carry(&dependsOnFront)
        try carrier.carry(&refusedVisitors)
        try carrier.carry(&refusedForMemory)
        try carrier.carry(&changesDone)
        try carrier.carry(&changesFailed)
        try carrier.carry(&isReloadOwed)
        try carrier.carry(&upgrades)
        try carrier.carry(&why, limit: 256)
        try carrier.carry(&number)
        try carrier.carry(&log)
        try carrier.carry(&lives)
        try carrier.carry(&slots, limit: 65_536)
        try carrier.carry(&cluster)
        try carrier.carry(&gateway)
        try carrier.carry(&access)
        try carrier.carry(&control)
        try carrier.carry(&demo)
    }
}
