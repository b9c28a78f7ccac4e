import ByteCore
import Glibc
import IdentityWire
import PosixIO
import RelayChannels
import RelayWire
import SupervisorCore
import TestSupport
import Testing

@testable import ClusterSupervisor
@testable import IngestWorker
@testable import PosixIO
@testable import SupervisorCore

/// A master's cluster and its workers on the test's own thread, each turned when a test says so: connections
/// are let in, move, and lose their workers as they do in a server, and everything may be late.
final class MoveBench {
    /// How workers are made, and what is done to them on purpose.
    struct Setup {
        var limits = IngestLimits()
        var capacity = 1_000
        /// What a channel holds, and a visitor's socket; nil for as much as usual.
        var channelBytes: Int32?
        var visitorBytes: Int32?
        var fault: ClusterFault?
        var handoverFault: HandoverFault?
    }

    private(set) var seats: [MoveSeat] = []
    let cluster: ClusterSupervisor<MoveReferee>
    let referee = MoveReferee()
    let poller: Poller
    var random: SplitMix64
    var now: Int64
    private let setup: Setup
    private static let kind: UInt8 = 1
    /// Workers whose end the master has not noticed yet.
    private var fallen: [MoveSeat] = []
    /// Connections that may be closed: their workers have fallen, or let go of everybody.
    private(set) var mayEnd: Set<UInt64> = []
    /// Connections that no worker was seen to have so far.
    private var fresh: Set<UInt64> = []
    /// Since when no worker is there for a connection.
    private var straysSince: [UInt64: Int64] = [:]

    var heard: [String: [Double]] { referee.heard }
    var seen: [String] { referee.seen }
    var moves: Int { referee.moves }
    var complaint: String? { referee.complaint }

    init(seats count: Int, seed: UInt64, _ setup: Setup = Setup()) throws {
        random = SplitMix64(seed: seed)
        now = MonotonicClock.now()
        self.setup = setup
        poller = try Poller()
        cluster = try ClusterSupervisor(
            listener: Listener(on: SocketAddress(parsing: "127.0.0.1:0")), sink: referee,
            executable: Descriptor.opening("/dev/null", flags: O_RDONLY), workerArguments: [],
            workerCount: count, balance: .leastConnections,
            policy: RestartPolicy(maxRestarts: 0, minUptimeNanoseconds: 0, maxMemoryBytes: 0),
            waitingLimit: 1_000, drainMilliseconds: 2_000, door: DoorSettings(), kind: Self.kind)
        cluster.fault = setup.fault
        // The same seed is to be the same history.
        cluster.core.chance = Chance(seed: seed)
        cluster.identityKey = WorkerBench.key.bytes.withUnsafeBytes { Array($0) }
        cluster.maker = { [unowned self] index, life, now throws(SystemError) in
            try make(index, life, now)
        }
        cluster.start(poller, now: now)
        for _ in 0..<4 { pass() }
        // Whoever wants them evened out says so.
        cluster.core.evening = nil
    }

    private func make(_ index: Int, _ life: UInt32, _ now: Int64) throws(SystemError) -> WorkerProcess {
        do {
            let (seat, process) = try MoveSeat.make(
                at: index, life: life, now: now, limits: setup.limits, capacity: setup.capacity,
                bufferBytes: setup.channelBytes)
            seat.worker.handoverFault = setup.handoverFault
            seats.append(seat)
            return process
        } catch { throw error as? SystemError ?? SystemError("test", code: EINVAL) }
    }

    /// One more worker.
    @discardableResult
    func addSeat() throws -> MoveSeat {
        try cluster.scale(to: cluster.numbers.count + 1, poller, now: now)
        for _ in 0..<4 { pass() }
        return seats[seats.count - 1]
    }

    // MARK: Visitors

    /// A connection of one of them, or of whichever the master gives it to; it may turn it away.
    func call(_ seat: MoveSeat? = nil) throws -> Visitor {
        let pair = try SocketPair(bufferBytes: setup.visitorBytes)
        let number = cluster.nextConnection
        let visitor = Visitor(stream: ByteStream(try pair.first.duplicated()), number: number)
        fresh.insert(number)
        let address = PeerAddress.ip(IPAddress(v4: 0x0A00_0001 + UInt32(number % 3)))
        if let seat {
            _ = cluster.core.place { $0 != seat.index }
            seat.waiting.append(WaitingConnection(number: number, descriptor: try pair.second.duplicated()))
            cluster.nextConnection += 1
        } else {
            cluster.letIn(try pair.second.duplicated(), from: address, now: now)
        }
        if cluster.nextConnection == number { fresh.remove(number) }
        cluster.sendAllWaiting(poller)
        if let seat { turn(seat) }
        return visitor
    }

    /// A visitor behind its handshake.
    func connect(_ seat: MoveSeat? = nil, saying handshake: [UInt8] = Visitor.handshake) throws -> Visitor {
        let visitor = try call(seat)
        visitor.say(handshake)
        for _ in 0..<2 { for seat in seats { turn(seat) } }
        #expect(String(decoding: visitor.hear(), as: UTF8.self).hasPrefix("HTTP/1.1 101 "))
        return visitor
    }

    /// Whether it was not turned away.
    func isIn(_ visitor: Visitor) -> Bool { visitor.number < cluster.nextConnection }

    // MARK: Steps

    /// Tells a worker something; whoever is to hand over says so with descriptors.
    func order(_ record: ControlRecord, to seat: MoveSeat) {
        if case .move = record { seat.process?.handsOver = true }
        cluster.order(record, to: seat.index, poller)
    }

    func turn(_ seat: MoveSeat) {
        guard seat.isAlive else { return }
        let before = seat.connections.map(\.number) + seat.adopting.keys
        let isOver = !seat.turn(at: now)
        if seat.isLeaving {
            mayEnd.formUnion(before)
            mayEnd.formUnion(seat.connections.map(\.number))
            mayEnd.formUnion(fresh)
        }
        fresh.subtract(seat.connections.map(\.number))
        if isOver { kill(seat) }
    }

    /// The master sees that something of a worker is ready: 1 is its data, 2 its control channel, 3 its end.
    private func handle(_ part: UInt8, of seat: MoveSeat) {
        let token = Token(kind: Self.kind + part, index: UInt32(seat.index), generation: seat.life)
        cluster.handle(ReadyEvent(token: token, mask: 0x5), poller, now: now)
    }

    /// The master reads what one of them says, or one message of it, and hands on what comes of it.
    func masterReads(_ seat: MoveSeat, onlyOnce: Bool = false) {
        guard onlyOnce, let process = seat.process else { return handle(1, of: seat) }
        guard process.data.isOpen else { return }
        cluster.read(process, seat.index, limit: 1, poller, now: now)
    }

    func masterHearsControl(_ seat: MoveSeat) { handle(2, of: seat) }

    /// One of them dies; what becomes of its connections is the master's to see.
    func kill(_ seat: MoveSeat) {
        mayEnd.formUnion(seat.connections.filter(\.isHeard).map(\.number))
        mayEnd.formUnion(seat.leaving)
        noteLost()
        seat.end()
        seats.removeAll { $0 === seat }
        fallen.append(seat)
    }

    /// The master notices who has fallen.
    func noticeDeaths() {
        for seat in seats where seat.idle.hasEnded() {
            referee.complain("the master has killed a worker")
            kill(seat)
        }
        let all = fallen
        fallen = []
        for seat in all {
            // What was on its way to who had fallen.
            noteLost(besides: seat.waiting)
            handle(3, of: seat)
        }
        noteStrays()
    }

    /// What a worker has not taken, and the master has no more, falls with it.
    private func noteLost(besides waiting: [WaitingConnection] = []) {
        let kept = (seats + fallen).flatMap(\.waiting) + cluster.strays.map(\.connection) + waiting
        mayEnd.formUnion(fresh.subtracting(kept.map(\.number)))
    }

    /// Whoever has had no worker for ten seconds may be let go.
    private func noteStrays() {
        let strays = cluster.strays.map(\.connection.number)
        straysSince = Dictionary(strays.map { ($0, straysSince[$0] ?? now) }) { min($0, $1) }
        for (number, since) in straysSince where now - since >= 10_000_000_000 { mayEnd.insert(number) }
    }

    /// The kernel drops the descriptor of a connection that is on its way to the master.
    func dropDescriptor(of seat: MoveSeat) {
        guard let number = seat.dropDescriptor() else { return }
        mayEnd.insert(number)
        for _ in 0..<1_000 where !seat.worker.intake.queue.isEmpty {
            seat.worker.flushChannels()
            masterReads(seat)
        }
    }

    /// Everybody has a turn.
    func pass() {
        noteStrays()
        cluster.tick(poller, now: now)
        noteStrays()
        for seat in seats { turn(seat) }
        for seat in seats { masterHearsControl(seat) }
        for seat in seats { masterReads(seat) }
        noticeDeaths()
    }

    /// Lets everybody work until nothing is left to do; false where that never comes.
    @discardableResult
    func settle(_ body: () -> Void = {}) -> Bool {
        var quietPasses = 0
        for _ in 0..<6_000 {
            body()
            now += 5_000_000
            pass()
            quietPasses = isQuiet ? quietPasses + 1 : 0
            if quietPasses == 4 { return true }
        }
        let workers = seats.map { seat in
            let (count, place) = (seat.connections.count, cluster.core.places[seat.index])
            return "\(place.life) \(seat.isBusy) \(count) \(seat.waiting.count) \(seat.adopting.count)"
        }
        referee.complain("they never come to an end: \(workers), \(cluster.strays.count) strays")
        return false
    }

    private var isQuiet: Bool {
        let areSettled = cluster.core.places.allSatisfy { place in
            switch place.life {
            case .running, .stopped, .vacant: true
            case .draining(_, let until): until == .max
            default: false
            }
        }
        return areSettled && fallen.isEmpty && cluster.isAtRest
            && seats.allSatisfy { !$0.isBusy && $0.waiting.isEmpty }
    }

    // MARK: What always holds

    /// No connection is with two workers.
    func checkOwners() {
        noteStrays()
        var owners: Set<UInt64> = []
        for seat in seats {
            for connection in seat.connections where !owners.insert(connection.number).inserted {
                referee.complain("\(connection.number) is with two workers")
            }
        }
    }

    /// At rest each connection is where the master counts it, and nobody is on the way.
    func checkCounts() {
        if referee.isAnyMoving { referee.complain("at rest somebody is on the way") }
        var total = 0
        for seat in seats {
            let count = seat.worker.connections.count
            let counted = cluster.core.connections(of: seat.index)
            if count != counted { referee.complain("a worker has \(count), and is said to have \(counted)") }
            total += count
        }
        let places = cluster.door.table.entries.reduce(0) { $0 + Int($1.connections) }
        if places != total { referee.complain("\(places) count for addresses, of \(total)") }
    }
}
