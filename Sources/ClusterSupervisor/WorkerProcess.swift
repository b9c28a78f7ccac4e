import ByteCore
import PosixIO
import RelayChannels
import RelayWire
import Telemetry

/// One life of one worker: the process, the master's ends of its channels, its counters, what it says on its
/// standard error.
final class WorkerProcess {
    let child: ChildProcess
    var data: DataChannel
    var control: ControlChannel
    let errors: ByteStream
    let page: SharedPage
    let counters: CountersPage
    /// Counts the lives of all workers, so that an event for one that has ended is seen to be stale.
    let life: UInt32
    /// Nanoseconds of CLOCK_MONOTONIC.
    let startedAt: Int64
    /// The number of its life in the sink; there once it is looked after.
    var channel = 0

    /// Connections that wait to be handed over.
    var waiting: [WaitingConnection] = []
    /// Connections that nobody had before and that were handed to it.
    var newcomersGiven: UInt64 = 0
    /// Connections of other workers that were handed to it, until it says that they are its own.
    var adopting: [UInt64: WaitingConnection] = [:]
    /// Whether it was told to hand over connections, whose descriptors come with what it says.
    var handsOver = false
    /// Those that came and whose records are not read yet.
    var passed = PassedDescriptors()
    /// Since when it is being emptied, and how many it has handed over.
    var emptiedSince: Int64?
    var movedCount: UInt64 = 0
    /// Whether it is emptied part by part, and how many of the part that it was told are still to come.
    var isEmptiedInParts = false
    var movesAsked = 0
    /// Its connections that count for an address, and where they count.
    var counted: [UInt64: UInt32] = [:]
    /// The listener at which it accepts itself; nil where it is handed every connection.
    var door: Int?
    /// What it was told of that last.
    var listening: Listening?
    /// The least number that the next connection may have that it accepts.
    var nextArrival: UInt64 = 0
    /// Whether it owes an answer to a heartbeat, and whether it did when the next one was sent.
    var owesPong = false
    var isSilent = false
    /// Whether it said that it accepted what it cannot have.
    var saysWhatIsNot = false
    var spoken = SpokenLines()
    var areErrorsOpen = true
    /// Whether it was said that it takes no more connections.
    var isLeaving = false
    /// Samples of it that arrived here.
    var relayed: UInt64 = 0
    /// Samples it received per second, over the last full second.
    var rate: Double = 0
    var receivedBefore: UInt64 = 0
    /// The share of a core it used over the last full second, and what it had used before.
    var cpuShare: Double = 0
    var cpuBefore: Int64 = 0
    /// What it had used when somebody last asked how busy the workers are.
    var usedBefore: Int64?

    /// Starts the worker with its channels, its counters page, a standard error that never blocks it, the
    /// listener it is to have, if any, and nothing else; of the environment it gets what a program needs to
    /// be loaded.
    init(
        executable: borrowing Descriptor, arguments: [String], null: borrowing Descriptor,
        listener: (place: Int, descriptor: Int32)?, life: UInt32, startedAt: Int64
    ) throws(SystemError) {
        let dataPair = try SocketPair(bufferBytes: ClusterLimits.channelBufferBytes)
        let controlPair = try SocketPair()
        let errorPipe = try Pipe()
        let page = try SharedPage(name: "pointerscope-counters")
        unsafe CountersPage.initialize(page.memory)
        let own = listener.map { [ChildProcess.Inherited($0.descriptor, as: InheritedDescriptor.listener)] }
        door = listener?.place
        child = try ChildProcess(
            executable: executable, arguments: arguments, environment: ProcessEnvironment.forChildren(),
            inherited: (own ?? []) + [
                .init(null.raw, as: 0), .init(null.raw, as: 1), .init(errorPipe.writing.raw, as: 2),
                .init(dataPair.second.raw, as: InheritedDescriptor.data),
                .init(controlPair.second.raw, as: InheritedDescriptor.control),
                .init(page.raw, as: InheritedDescriptor.counters),
            ])
        counters = unsafe CountersPage(memory: page.memory)
        self.page = page
        self.life = life
        self.startedAt = startedAt
        data = DataChannel(dataPair.first, from: .worker, readBytes: ClusterLimits.readBytes)
        control = ControlChannel(controlPair.first, from: .worker)
        errors = ByteStream(errorPipe.reading)
    }

    /// Looks after one that runs already.
    init(
        resuming child: consuming ChildProcess, data: consuming DataChannel,
        control: consuming ControlChannel, errors: consuming ByteStream, page: consuming SharedPage,
        life: UInt32, startedAt: Int64
    ) {
        counters = unsafe CountersPage(memory: page.memory)
        self.child = child
        self.data = data
        self.control = control
        self.errors = errors
        self.page = page
        self.life = life
        self.startedAt = startedAt
        newcomersGiven = newcomersTaken
    }

    deinit {
        for connection in waiting { connection.discard() }
        for connection in adopting.values { connection.discard() }
    }

    /// The number of the first connection that it accepts: those of the master count up from 1, and no two
    /// lives have any in common.
    var firstArrival: UInt64 { 1 << 62 | UInt64(life & 0x3FFF_FFFF) << 32 }

    /// Has the poller report its descriptors; on failure none of them counts.
    func watch(_ poller: borrowing Poller, _ token: (UInt8) -> Token) throws(SystemError) {
        try data.watch(poller, token: token(1))
        try control.watch(poller, token: token(2))
        try poller.add(child.raw, for: .readable, token: token(3))
        try poller.add(errors.raw, for: .readable, token: token(4))
    }

    /// What it has counted; at most so much, since a worker whose memory is corrupt may write anything.
    func count(of counter: WorkerCounter) -> UInt64 {
        min(counters.value(counter), ClusterLimits.greatestCount)
    }

    /// Those of them who wait to be handed over.
    var newcomersWaiting: Int { waiting.count { $0.state == nil } }

    /// Connections that it took, or that the kernel dropped on the way to it.
    private var newcomersTaken: UInt64 { count(of: .connectionsAccepted) &+ count(of: .descriptorsDropped) }

    /// Newcomers who were handed to it and whom it never took: they fall with it. Of one that accepts
    /// connections itself they are not known.
    var newcomersUntaken: UInt64 {
        newcomersGiven > newcomersTaken && door == nil ? newcomersGiven - newcomersTaken : 0
    }

    /// Visitors who only post: those it has, and about how many the records hold that it is to take over.
    var expectedPosters: UInt64 {
        let leased = RelayLimits.leasedConnections
        let records = waiting.count { $0.number >= leased } + adopting.keys.count { $0 >= leased }
        return count(of: .postVisitors) &+ UInt64(records * RelayLimits.postersInRecord)
    }

    /// What it received and neither folded nor delivered: meaningful once its channel was read to the end.
    var eventsLost: UInt64 {
        let accounted = count(of: .eventsFolded) &+ relayed
        let received = count(of: .eventsReceived)
        return received > accounted ? received - accounted : 0
    }
}
