import ByteCore
import Glibc
import PosixIO

@testable import ViewerGateway

/// A transport without a socket, as hard to please as one can be.
final class MemoryTransport: Transport {
    /// No successor goes on with it.
    var descriptor: Int32? { nil }

    /// What the peer has said and the gateway has not read.
    var incoming: [UInt8] = []
    var peerHasEnded = false
    /// What the gateway has said.
    private(set) var outgoing: [UInt8] = []
    private(set) var hasEndedWriting = false
    private(set) var unsentLimit: Int32?

    /// Bytes that one read or write takes at most.
    private let pieceBytes: Int
    /// A write takes nothing more once so much has come, until that is raised.
    var room = Int.max
    /// Each read waits for a write first and each write for a read, as under TLS.
    private let isCrossing: Bool
    private var mayRead = false
    private var mayWrite = false

    private(set) var token: Token?
    private var interest: Interest = []

    init(pieceBytes: Int = .max, isCrossing: Bool = false) {
        self.pieceBytes = pieceBytes
        self.isCrossing = isCrossing
    }

    func read(into target: UnsafeMutableRawBufferPointer) -> IOResult {
        if isCrossing, !mayRead { return .wouldBlock(until: .writable) }
        mayRead = false
        let count = min(pieceBytes, incoming.count, target.count)
        if count == 0 { return peerHasEnded ? .endOfFile : .wouldBlock(until: .readable) }
        target.copyBytes(from: incoming[..<count])
        incoming.removeFirst(count)
        return .bytes(count)
    }

    func write(_ runs: UnsafeMutableBufferPointer<iovec>) -> IOResult {
        if hasEndedWriting { return .failed(EPIPE) }
        if isCrossing, !mayWrite { return .wouldBlock(until: .readable) }
        mayWrite = false
        var left = min(pieceBytes, room - outgoing.count)
        let before = outgoing.count
        for run in runs where left > 0 {
            let count = min(left, run.iov_len)
            outgoing += UnsafeRawBufferPointer(start: run.iov_base, count: count)
            left -= count
        }
        return outgoing.count > before ? .bytes(outgoing.count - before) : .wouldBlock(until: .writable)
    }

    func endWriting() { hasEndedWriting = true }

    func watch(for interest: Interest, token: Token, _ poller: borrowing Poller) {
        self.interest = interest
        self.token = token
    }

    func unwatch(_ poller: borrowing Poller) { token = nil }

    func limitUnsent(to bytes: Int32) { unsentLimit = bytes }

    /// What a poller would tell now.
    private var readiness: Interest {
        var readiness: Interest = []
        if !incoming.isEmpty || peerHasEnded || isCrossing { readiness.insert(.readable) }
        if outgoing.count < room || isCrossing { readiness.insert(.writable) }
        return readiness.intersection(interest)
    }

    /// Tells the gateway what it asked to be told, as a poller does that is asked every turn.
    func poll(_ fixture: Fixture) {
        let readiness = readiness
        guard let token, !readiness.isEmpty else { return }
        if isCrossing {
            // A write that went through lets a read go on, and the other way round.
            if readiness.contains(.writable) { mayRead = !incoming.isEmpty || peerHasEnded }
            if readiness.contains(.readable) { mayWrite = true }
        }
        fixture.gateway.resume(token, readiness, fixture.poller, now: fixture.now)
    }

    var text: String { String(decoding: outgoing, as: UTF8.self) }
}
