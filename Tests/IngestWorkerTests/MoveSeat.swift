import ByteCore
import Glibc
import PosixIO
import RelayChannels
import RelayWire
import Telemetry

@testable import ClusterSupervisor
@testable import IngestWorker
@testable import RelayWire

/// A worker on the test's own thread, and what its master has of it.
final class MoveSeat {
    /// Its place in the cluster, and the number of its life.
    let index: Int
    let life: UInt32
    let counters: CountersPage
    let idle: IdleProcess
    /// The master's to keep.
    private(set) weak var process: WorkerProcess?
    private var living: IngestWorker?

    var worker: IngestWorker {
        _read { yield living! }
        _modify { yield &living! }
    }

    /// Makes a worker and what its master looks after. Channels that hold `bufferBytes` are soon full.
    static func make(
        at index: Int, life: UInt32, now: Int64, limits: IngestLimits, capacity: Int, bufferBytes: Int32?
    ) throws -> (MoveSeat, WorkerProcess) {
        let data = try SocketPair(bufferBytes: bufferBytes)
        let control = try SocketPair()
        let errors = try Pipe()
        let page = try SharedPage(name: "test")
        CountersPage.initialize(page.memory)
        let idle = try IdleProcess.begin()
        var worker = try IngestWorker(
            data: data.second.duplicated(), control: control.second.duplicated(),
            counters: Descriptor(owning: fcntl(page.raw, F_DUPFD_CLOEXEC, 0)), origins: [],
            requiresLoopbackHost: false, requiresLoopbackOrigin: false, deflates: true, limits: limits)
        // What a worker wants of its process is not for the process of all tests.
        SignalSource.restoreDefault(SIGINT)
        worker.nextSweep = .max
        worker.control.send(.ready(capacity: UInt32(capacity)))
        let process = WorkerProcess(
            resuming: idle.child,
            data: DataChannel(try data.first.duplicated(), from: .worker, readBytes: 65_536),
            control: ControlChannel(try control.first.duplicated(), from: .worker),
            errors: ByteStream(try errors.reading.duplicated()), page: page, life: life, startedAt: now)
        return (MoveSeat(index, life, process, idle, worker), process)
    }

    private init(
        _ index: Int, _ life: UInt32, _ process: WorkerProcess, _ idle: IdleProcess,
        _ worker: consuming IngestWorker
    ) {
        self.index = index
        self.life = life
        self.process = process
        self.idle = idle
        counters = process.counters
        living = consume worker
    }

    deinit { idle.giveBack() }

    var isAlive: Bool { living != nil }

    var waiting: [WaitingConnection] {
        get { process?.waiting ?? [] }
        set { process?.waiting = newValue }
    }

    var adopting: [UInt64: WaitingConnection] { process?.adopting ?? [:] }

    /// One turn of its loop; false where it has come to its end.
    func turn(at now: Int64) -> Bool {
        worker.flushChannels()
        worker.continueStopping()
        if case .ended = worker.life { return false }
        worker.work(on: (try? worker.poller.wait(timeoutMilliseconds: 0)) ?? 0, at: now)
        return true
    }

    /// It is gone, and all that it had open is closed.
    func end() {
        for rider in worker.intake.queue.riders { close(rider.descriptor) }
        living = nil
        idle.kill()
    }

    /// Whether something is left to do that does not come from elsewhere.
    var isBusy: Bool {
        let isMoving = worker.mover.map { !$0.takesAll || worker.connections.count > 0 } ?? false
        // Who brings much waits for its rate.
        let isHeldBack = worker.releases.first != nil
        let isDone = worker.intake.queue.isEmpty && worker.adoptees.isEmpty && !worker.isBehind
        return isMoving || isHeldBack || !isDone || hasUnread
    }

    /// Whether visitors have said something that it has not read; of compressed messages it reads few bytes
    /// at a time.
    private var hasUnread: Bool {
        var isAny = false
        worker.forEachConnection { worker, token in
            guard let connection = worker.connections.find(token) else { return }
            var byte: UInt8 = 0
            let flags = Int32(MSG_PEEK | MSG_DONTWAIT)
            if recv(connection.pointee.stream.raw, &byte, 1, flags) == 1 { isAny = true }
        }
        return isAny
    }

    /// Whether it lets everybody go.
    var isLeaving: Bool { worker.life != .running || worker.drain != nil }

    /// The connections it has, and whether the master has been told of each, so that it may be read.
    var connections: [(number: UInt64, isHeard: Bool)] {
        var found: [(UInt64, Bool)] = []
        let untold = unwritten(.adopted)
        worker.forEachConnection { worker, token in
            guard let number = worker.connections.find(token)?.pointee.number else { return }
            found.append((number, !untold.contains(number)))
        }
        return found
    }

    /// Loses the descriptor of the only connection that is to be handed over, and says which that is.
    func dropDescriptor() -> UInt64? {
        guard worker.intake.queue.riders.count == 1, let number = leaving.last,
            let rider = worker.intake.queue.riders.popLast()
        else { return nil }
        close(rider.descriptor)
        return number
    }

    /// The connections it has handed over, and nobody else has yet.
    var leaving: [UInt64] { unwritten(.moved) }

    /// The connections of the records of this type that are not wholly written.
    private func unwritten(_ type: RelayRecordType) -> [UInt64] {
        var numbers: [UInt64] = []
        var offset = worker.intake.queue.boundary
        while offset < worker.intake.queue.end {
            let header = worker.intake.queue.header(at: offset)
            if header.type == type.rawValue {
                numbers.append(worker.intake.queue.base.load(fromByteOffset: offset + 8, as: UInt64.self))
            }
            offset += header.recordBytes
        }
        return numbers
    }
}
