import ByteCore
import PosixIO
import RelayWire
import Telemetry

/// One life of one worker: the process, the master's ends of its channels, its counters.
final class WorkerProcess {
    /// A connection on its way to the worker.
    struct Waiting {
        var number: UInt64
        var descriptor: Int32
    }

    let child: ChildProcess
    let data: ByteStream
    let control: ByteStream
    let page: SharedPage
    let counters: CountersPage
    /// The number of its life in the sink.
    let channel: Int

    var dataReader = RelayReader(from: .worker)
    var dataInbound: ByteBuffer
    /// The hello, and what of a message the kernel took only in part.
    var dataOutbound = ByteBuffer(capacity: 64)
    var waiting: [Waiting] = []
    var controlReader = ControlReader(from: .worker)
    var controlInbound = ByteBuffer(capacity: 64)
    var controlOutbound = WriteQueue()
    var isDataOpen = true
    var isDataWatchedForWriting = false
    var isControlOpen = true
    /// Samples of it that arrived here.
    var relayed: UInt64 = 0
    /// Samples it received per second, over the last full second.
    var rate: Double = 0
    var receivedBefore: UInt64 = 0
    /// The share of a core it used over the last full second, and what it had used before.
    var cpuShare: Double = 0
    var cpuBefore: Int64 = 0

    /// Descriptor numbers in the worker.
    enum Target {
        static let input: Int32 = 0
        static let output: Int32 = 1
        static let error: Int32 = 2
        static let data: Int32 = 3
        static let control: Int32 = 4
        static let counters: Int32 = 5
    }

    /// Starts the worker with its channels, its counters page and standard error, and nothing else.
    init(
        executable: borrowing Descriptor, arguments: [String], null: borrowing Descriptor,
        openChannel: (Int32) -> Int
    ) throws(SystemError) {
        let dataPair = try SocketPair(bufferBytes: ClusterLimits.channelBufferBytes)
        let controlPair = try SocketPair()
        let page = try SharedPage(name: "pointerscope-counters")
        CountersPage.initialize(page.memory)
        child = try ChildProcess(
            executable: executable, arguments: arguments,
            inherited: [
                .init(null.raw, as: Target.input), .init(null.raw, as: Target.output),
                .init(2, as: Target.error), .init(dataPair.second.raw, as: Target.data),
                .init(controlPair.second.raw, as: Target.control), .init(page.raw, as: Target.counters),
            ])
        counters = CountersPage(memory: page.memory)
        self.page = page
        data = ByteStream(dataPair.first)
        control = ByteStream(controlPair.first)
        channel = openChannel(child.pid)
        dataInbound = ByteBuffer(capacity: ClusterLimits.readBytes)
        dataOutbound.appendRelayHello()
        controlOutbound.append { $0.appendControl(.hello) }
    }

    deinit { for connection in waiting { _ = Descriptor(owning: connection.descriptor) } }

    /// What it received and neither folded nor delivered: meaningful once its channel was read to the end.
    var eventsLost: UInt64 {
        let accounted = counters.value(.eventsFolded) &+ relayed
        let received = counters.value(.eventsReceived)
        return received > accounted ? received - accounted : 0
    }
}
