import ByteCore
import Glibc
import PointerEvents
import PosixIO
import ProxyWire
import RelayWire
import Telemetry
import Testing

@testable import IngestWorker

/// A worker on the test's own thread, turn by turn, with any number of visitors and a master that reads when
/// it is told to. Time stands still but for `pass`.
final class WorkerBench {
    var worker: IngestWorker
    let counters: CountersPage
    private let page: SharedPage
    let data: ByteStream
    let control: ByteStream
    var reader = RelayReader(from: .worker)
    var inbound = ByteBuffer(capacity: 65_536)
    private var connections: UInt64 = 0
    private var now: Int64
    /// What the master was told of each visitor's samples, their x in order.
    private(set) var heard: [String: [Double]] = [:]
    private var speakers: [UInt32: String] = [:]
    /// Whom the master takes to be here.
    var present: [String] { speakers.values.sorted() }

    init(
        proxies: TrustedProxies? = nil, visitorLimit: Int = 10_000, sharedPlaces: Int = 10_000,
        limits: IngestLimits = IngestLimits(), listener: consuming Listener? = nil
    ) throws {
        let dataPair = try SocketPair()
        let controlPair = try SocketPair()
        page = try SharedPage(name: "test")
        CountersPage.initialize(page.memory)
        counters = CountersPage(memory: page.memory)
        worker = try IngestWorker(
            data: dataPair.second.duplicated(), control: controlPair.second.duplicated(),
            counters: Descriptor(owning: fcntl(page.raw, F_DUPFD_CLOEXEC, 0)), origins: [],
            requiresLoopbackHost: false,
            requiresLoopbackOrigin: false, visitorLimit: visitorLimit, sharedPlaces: sharedPlaces,
            proxies: proxies, limits: limits, listener: listener)
        // What a worker wants of its process is not for the process of all tests.
        SignalSource.restoreDefault(SIGINT)
        worker.nextSweep = .max
        now = worker.now
        data = ByteStream(try dataPair.first.duplicated())
        control = ByteStream(try controlPair.first.duplicated())
    }

    /// A connection whose head has not been sent.
    func call() throws -> Visitor {
        let pair = try SocketPair()
        connections += 1
        let visitor = Visitor(stream: ByteStream(try pair.first.duplicated()), number: connections)
        worker.accept(connections, try pair.second.duplicated().release())
        // Nearly all connections are TCP's, which needs no such care.
        if let token = token(of: visitor) {
            connection(of: visitor)?.pointee.isReadInParts = false
            worker.watch(token)
        }
        return visitor
    }

    /// A visitor behind its handshake.
    func connect(saying handshake: [UInt8] = Visitor.handshake) throws -> Visitor {
        let visitor = try call()
        visitor.say(handshake)
        settle()
        #expect(String(decoding: visitor.hear(), as: UTF8.self).hasPrefix("HTTP/1.1 101 "))
        return visitor
    }

    /// Works until nothing is left to do.
    func settle() {
        for _ in 0..<10_000 {
            worker.flushChannels()
            let ready = (try? worker.poller.wait(timeoutMilliseconds: 0)) ?? 0
            let isDue = (worker.releases.first?.rank ?? .max) <= now
            if ready == 0, !worker.isBehind, !isDue { return }
            worker.work(on: ready, at: now)
        }
        Issue.record("the worker spins")
    }

    /// One turn of its loop, whatever is left to do behind it.
    func turn() {
        worker.flushChannels()
        worker.work(on: (try? worker.poller.wait(timeoutMilliseconds: 0)) ?? 0, at: now)
    }

    /// The master reads up to so many bytes.
    func masterReads(_ limit: Int) {
        let count = inbound.appendInPlace(minimum: limit) { room in
            let result = data.read(into: UnsafeMutableRawBufferPointer(rebasing: room[..<limit]))
            if case .bytes(let count) = result { return count }
            return 0
        }
        guard count > 0 else { return }
        while let (record, consumed) = try? reader.next(inbound.readable) {
            switch record {
            case .join(let join): speakers[join.slot] = String(decoding: join.id, as: UTF8.self)
            case .sample(let sample):
                if let id = speakers[sample.pointee.slot] { heard[id, default: []].append(sample.pointee.x) }
            case .leave(let slot, _, _): speakers[slot] = nil
            default: break
            }
            inbound.consume(consumed)
        }
    }

    /// The master reads all that it was told, as fast as the kernel takes it.
    func masterReadsAll() {
        while !worker.intake.queue.isEmpty {
            worker.flushChannels()
            masterReads(1 << 20)
        }
        masterReads(1 << 20)
    }

    /// Lets time pass, and the worker look at its clocks.
    func pass(seconds: Int64) {
        now += seconds * 1_000_000_000
        worker.now = now
        worker.sweep()
    }

    /// Lets time pass that the worker only sees at its next turn.
    func passQuietly(seconds: Int64) { passQuietly(milliseconds: seconds * 1000) }

    func passQuietly(milliseconds: Int64) { now += milliseconds * 1_000_000 }

    /// The worker's side of a visitor's connection.
    func connection(of visitor: Visitor) -> UnsafeMutablePointer<VisitorConnection>? {
        token(of: visitor).flatMap { worker.connections.find($0) }
    }

    /// Whether something waits for a visitor to read.
    func hasUnread(_ visitor: Visitor) -> Bool {
        connection(of: visitor)?.pointee.interest.contains(.writable) ?? false
    }

    func token(of visitor: Visitor) -> Token? {
        var found: Token?
        worker.forEachConnection { worker, token in
            if worker.connections.find(token)?.pointee.number == visitor.number { found = token }
        }
        return found
    }
}

/// The other end of a connection.
final class Visitor {
    static let handshake = Array(
        """
        GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n
        """.utf8)

    let number: UInt64
    private let stream: ByteStream
    private var pending = ByteBuffer()
    /// Whether it has heard that nothing more comes.
    private(set) var isCut = false

    init(stream: consuming ByteStream, number: UInt64) {
        self.stream = stream
        self.number = number
    }

    /// Says no more; the worker sees its end.
    func hangUp() { stream.endWriting() }

    /// Whether the kernel took everything that was said.
    var hasSaidAll: Bool { pending.isEmpty }

    /// Says what comes first as far as the kernel takes it; `push` says the rest.
    func say(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { pending.append($0) }
        push()
    }

    func push() {
        while !pending.isEmpty, case .bytes(let count) = stream.write(pending.readable) {
            pending.consume(count)
        }
    }

    /// Waits for its end to come, which a child process that is being started holds up for the moment between
    /// fork(2) and execve(2): it has a copy of everything.
    func awaitEnd() -> Bool {
        var request = pollfd(fd: stream.raw, events: Int16(POLLIN), revents: 0)
        while !isCut, poll(&request, 1, 2_000) == 1 { _ = hear() }
        return isCut
    }

    /// What it has been sent and not read yet; empty also at the end.
    func hear() -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let more = [UInt8](unsafeUninitializedCapacity: 65_536) { room, count in
                switch stream.read(into: UnsafeMutableRawBufferPointer(room)) {
                case .bytes(let read): count = read
                case .wouldBlock: break
                case .endOfFile, .failed: isCut = true
                }
            }
            if more.isEmpty { return bytes }
            bytes += more
        }
    }

    /// The code of the close frame among what it has been sent, which is unmasked and short; nil without one.
    func hearClose() -> UInt16? {
        var rest = hear()[...]
        while let first = rest.first, let length = rest.dropFirst().first, length < 126 {
            let payload = rest.dropFirst(2).prefix(Int(length))
            if first == 0x88, payload.count >= 2 {
                return UInt16(payload[payload.startIndex]) << 8 | UInt16(payload[payload.startIndex + 1])
            }
            rest = rest.dropFirst(2 + Int(length))
        }
        return nil
    }

    /// A frame under a mask of zeros.
    static func frame(_ payload: [UInt8], opcode: UInt8 = 1, isFinal: Bool = true) -> [UInt8] {
        let first = (isFinal ? 0x80 : 0) | opcode
        let mask: [UInt8] = [0, 0, 0, 0]
        if payload.count < 126 { return [first, 0x80 | UInt8(payload.count)] + mask + payload }
        return [first, 0xFE, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)] + mask + payload
    }

    /// A message of samples of one visitor, at x from `start` on.
    static func samples(of id: String, _ kind: String, from start: Int, count: Int) -> [UInt8] {
        let samples = (start..<(start + count)).map { #"{"id":"\#(id)","x":\#($0),"y":0,"k":"\#(kind)"}"# }
        return frame(Array("[\(samples.joined(separator: ","))]".utf8))
    }
}
