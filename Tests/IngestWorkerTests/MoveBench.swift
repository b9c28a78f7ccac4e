import ByteCore
import Glibc
import IdentityWire
import PointerEvents
import PosixIO
import RelayChannels
import RelayWire
import Telemetry
import TestSupport
import Testing

@testable import IngestWorker

/// Several workers on the test's own thread and a master between them, turn by turn: it gives each connection
/// that one hands over to another, and keeps what anybody who watches would see.
final class MoveBench {
    /// One worker and the master's ends of its channels.
    final class Seat {
        var worker: IngestWorker
        let counters: CountersPage
        private let page: SharedPage
        fileprivate var data: DataChannel
        var control: ControlChannel
        private let poller: Poller
        fileprivate var passed = PassedDescriptors()
        var waiting: [WaitingConnection] = []
        var adopting: [UInt64: WaitingConnection] = [:]
        fileprivate var speakers: [UInt32: String] = [:]
        var isAlive = true

        init(limits: IngestLimits) throws {
            let dataPair = try SocketPair()
            let controlPair = try SocketPair()
            page = try SharedPage(name: "test")
            CountersPage.initialize(page.memory)
            counters = CountersPage(memory: page.memory)
            worker = try IngestWorker(
                data: dataPair.second.duplicated(), control: controlPair.second.duplicated(),
                counters: Descriptor(owning: fcntl(page.raw, F_DUPFD_CLOEXEC, 0)), origins: [],
                requiresLoopbackHost: false, requiresLoopbackOrigin: false, deflates: true, limits: limits)
            // What a worker wants of its process is not for the process of all tests.
            SignalSource.restoreDefault(SIGINT)
            worker.nextSweep = .max
            poller = try Poller()
            data = DataChannel(try dataPair.first.duplicated(), from: .worker, readBytes: 65_536)
            control = ControlChannel(try controlPair.first.duplicated(), from: .worker)
            WorkerBench.key.bytes.withUnsafeBytes { data.sendIdentityKey($0) }
            handOver()
        }

        deinit {
            for connection in waiting { connection.discard() }
            for connection in adopting.values { connection.discard() }
        }

        func order(_ record: ControlRecord) {
            control.send(record)
            let isOpen = control.flush(poller)
            #expect(isOpen)
        }

        func handOver() {
            let isOpen = data.handOver(&waiting, adopting: &adopting, poller)
            #expect(isOpen)
        }

        func turn(at now: Int64) {
            guard isAlive else { return }
            worker.flushChannels()
            worker.work(on: (try? worker.poller.wait(timeoutMilliseconds: 0)) ?? 0, at: now)
        }

        /// Whether something is left to do that does not come from elsewhere.
        var isBusy: Bool {
            isAlive && (worker.isBehind || !worker.intake.queue.isEmpty || !worker.adoptees.isEmpty)
        }
    }

    private(set) var seats: [Seat] = []
    var random: SplitMix64
    var now: Int64
    private var connections: UInt64 = 0
    /// What the master was told of each visitor's samples, their x in order.
    private(set) var heard: [String: [Double]] = [:]
    /// Who came and who left, as anybody sees it.
    private(set) var seen: [String] = []
    /// Of each connection that moves, for whom it speaks.
    private var moving: [UInt64: [String]] = [:]
    private(set) var moves = 0
    /// What was not as it may be.
    var complaint: String?
    private let limits: IngestLimits

    init(seats count: Int, seed: UInt64, limits: IngestLimits = IngestLimits()) throws {
        random = SplitMix64(seed: seed)
        now = MonotonicClock.now()
        self.limits = limits
        for _ in 0..<count { try addSeat() }
    }

    @discardableResult
    func addSeat() throws -> Seat {
        let seat = try Seat(limits: limits)
        seats.append(seat)
        seat.turn(at: now)
        return seat
    }

    /// A connection of one of them.
    func call(_ seat: Seat) throws -> Visitor {
        let pair = try SocketPair()
        connections += 1
        let visitor = Visitor(stream: ByteStream(try pair.first.duplicated()), number: connections)
        seat.waiting.append(
            WaitingConnection(number: connections, descriptor: try pair.second.duplicated()))
        seat.handOver()
        seat.turn(at: now)
        return visitor
    }

    /// A visitor behind its handshake.
    func connect(_ seat: Seat, saying handshake: [UInt8] = Visitor.handshake) throws -> Visitor {
        let visitor = try call(seat)
        visitor.say(handshake)
        seat.turn(at: now)
        seat.turn(at: now)
        #expect(String(decoding: visitor.hear(), as: UTF8.self).hasPrefix("HTTP/1.1 101 "))
        return visitor
    }

    /// The master reads what one of them says, and hands on what comes of it.
    func masterReads(_ seat: Seat) {
        while case .bytes = seat.data.read(minimum: 65_536, &seat.passed) {
            var notes: [RelayNote] = []
            do throws(RelayError) {
                try seat.data.takeRecords { if let note = note($0, seat) { notes.append(note) } }
            } catch {
                complaint = complaint ?? "a record that is none: \(error)"
                return
            }
            for note in notes { take(note, seat) }
        }
        for seat in seats { seat.handOver() }
    }

    private enum RelayNote {
        case moved(WaitingConnection)
        case adopted(UInt64)
        case closed(UInt64)
    }

    private func note(_ record: RelayRecord, _ seat: Seat) -> RelayNote? {
        switch record {
        case .join(let join):
            let id = String(decoding: join.id, as: UTF8.self)
            if seat.speakers[join.slot] != nil { complaint = complaint ?? "a slot is taken twice" }
            seat.speakers[join.slot] = id
            guard join.isMoved else {
                seen.append("\(id) comes")
                return nil
            }
            guard let place = moving[join.connection]?.firstIndex(of: id) else {
                complaint = complaint ?? "\(id) was not moving"
                return nil
            }
            moving[join.connection]?.remove(at: place)
        case .sample(let sample):
            let id = seat.speakers[sample.pointee.slot] ?? "nobody"
            heard[id, default: []].append(sample.pointee.x)
        case .tailedSample(let sample, _):
            let id = seat.speakers[sample.pointee.slot] ?? "nobody"
            heard[id, default: []].append(sample.pointee.x)
        case .leave(let slot, _, _):
            seen.append("\(seat.speakers.removeValue(forKey: slot) ?? "nobody") leaves")
        case .moving(let slot, let connection):
            moving[connection, default: []].append(seat.speakers.removeValue(forKey: slot) ?? "nobody")
        case .moved(let move):
            moves += 1
            let descriptor = move.isAlone ? nil : seat.passed.next(isFirst: true)
            if descriptor == nil, !move.isAlone { complaint = complaint ?? "no descriptor" }
            return .moved(
                WaitingConnection(
                    number: move.connection, descriptor: descriptor, state: Array(move.state)))
        case .adopted(let connection): return .adopted(connection)
        case .closed(let connection): return .closed(connection)
        case .hello, .text, .noText, .connection, .adopt, .arrived, .identityKey: break
        }
        return nil
    }

    private func take(_ note: RelayNote, _ seat: Seat) {
        switch note {
        case .moved(let connection):
            let others = seats.filter { $0 !== seat && $0.isAlive }
            (others.isEmpty ? seat : random.pick(others)).waiting.append(connection)
        case .adopted(let number): seat.adopting.removeValue(forKey: number)?.discard()
        case .closed(let number):
            for id in moving.removeValue(forKey: number) ?? [] { seen.append("\(id) leaves") }
        }
    }

    /// One of them dies: what it had said is read to its end, and what it had not taken over goes to others.
    func kill(_ seat: Seat) {
        masterReads(seat)
        seat.isAlive = false
        let orphans = seat.adopting.values.sorted { $0.number < $1.number } + seat.waiting
        seat.adopting = [:]
        seat.waiting = []
        seats.removeAll { $0 === seat }
        for id in seat.speakers.values.sorted() { seen.append("\(id) leaves") }
        for orphan in orphans { random.pick(seats).waiting.append(orphan) }
        for seat in seats { seat.handOver() }
    }

    /// Lets everybody work until nothing is left to do.
    func settle(_ body: () -> Void = {}) {
        for _ in 0..<2_000 {
            body()
            now += 5_000_000
            for seat in seats { seat.turn(at: now) }
            for seat in seats { masterReads(seat) }
            let isStill = seats.allSatisfy { !$0.isBusy && $0.waiting.isEmpty && $0.adopting.isEmpty }
            if isStill, seats.allSatisfy({ ($0.worker.mover?.takesAll ?? false) || $0.worker.mover == nil }) {
                var isQuiet = true
                for seat in seats {
                    let count = seat.worker.connections.count
                    if seat.worker.mover != nil, count > 0 { isQuiet = false }
                }
                if isQuiet { return finishTurn(body) }
            }
        }
        Issue.record("they never come to an end")
    }

    private func finishTurn(_ body: () -> Void) {
        for _ in 0..<3 {
            body()
            now += 5_000_000
            for seat in seats { seat.turn(at: now) }
            for seat in seats { masterReads(seat) }
        }
    }
}
