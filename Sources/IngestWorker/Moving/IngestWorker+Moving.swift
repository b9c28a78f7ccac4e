import ByteCore
import PosixIO
import RelayWire
import Tables
import Telemetry
import WebSocketWire

/// Handing connections over to another worker while they live.
///
/// Everything that a connection brought is in the queue before it; behind that come the leaves of its
/// visitors, who are said to move, and its record with its descriptor. So nothing overtakes anything.
extension IngestWorker {
    /// Whether nothing but its own work keeps it from handing over more.
    var canMove: Bool {
        guard let mover, life == .running, now >= mover.restsUntil else { return false }
        // Where not all are to go, that nobody is there is soon seen, and then it is over.
        return (!mover.takesAll || connections.count > 0 || intake.leases.count > 0)
            && intake.queue.count < WorkerLimits.movedQueueBytes
    }

    /// Hands some over, as far as the data channel has room for them.
    mutating func continueMoving() {
        guard canMove, var mover else { return }
        if mover.takesAll { movePosters() }
        var looks = WorkerLimits.looksPerTurn
        var most = WorkerLimits.movedPerTurn
        while looks > 0, most > 0, !mover.isDone, intake.queue.count < WorkerLimits.movedQueueBytes {
            guard let place = mover.next(of: connections.slotCount, now: now) else { break }
            looks -= 1
            guard let found = unsafe connections.at(place) else { continue }
            let token = unsafe Token(
                kind: Kind.connection, index: UInt32(place), generation: found.generation)
            guard handOver(token) else { continue }
            mover.hasMoved()
            most -= 1
        }
        self.mover = mover.isDone ? nil : mover
    }

    /// Hands one connection over; false where it cannot be now, or was closed instead.
    private mutating func handOver(_ token: Token) -> Bool {
        guard let connection = unsafe connections.find(token), unsafe isMovable(connection) else {
            return false
        }
        // What its page has not been told yet is known here alone.
        if let visitor = unsafe connection.pointee.wire?.contents, unsafe visitor.pointee.isKnown {
            _ = unsafe tell(token, visitor)
            guard unsafe connections.find(token) != nil else { return false }
        }
        guard var record = unsafe record(of: connection) else { return false }
        if let handoverFault { handoverFault.spoil(&record) }
        var state = ByteBuffer(capacity: 512)
        record.append(to: &state)
        guard state.count <= RelayLimits.movedStateBytes else { return false }
        if handoverFault != nil, unsafe !errBeforeMoving(token, connection) { return false }
        unsafe intake.interner.move(&connection.pointee.speakers, into: &intake.queue)
        unsafe letGo(token, state.readable)
        return true
    }

    /// Takes a connection out of here and queues its record.
    private mutating func letGo(_ token: Token, _ state: UnsafeRawBufferPointer) {
        guard let connection = unsafe connections.find(token) else { return }
        let number = unsafe connection.pointee.number
        // Its descriptor will be open elsewhere, so that closing it here does not end this.
        if unsafe !connection.pointee.watched.isEmpty { unsafe poller.remove(connection.pointee.stream.raw) }
        held.set(token.index, to: 0, isFresh: false, in: connections)
        if let visitor = unsafe connection.pointee.wire?.contents, unsafe visitor.pointee.isKnown {
            visitorsByNumber.remove(number, slot: token.index)
        }
        let descriptor = connections.remove(token.index).takeDescriptor()
        if handoverFault == .keepsDescriptor, let copy = try? descriptor.duplicated() { _ = copy.release() }
        unsafe intake.queue.appendMoved(connection: number, state: state, descriptor: descriptor.release())
        counters.add(.connectionsMoved)
        counters.set(.connectionsOpen, UInt64(connections.count))
    }

    /// Whether a connection is at a place where another worker can go on with it.
    private func isMovable(_ connection: UnsafeMutablePointer<VisitorConnection>) -> Bool {
        guard unsafe connection.pointee.phase.moved != nil, unsafe connection.pointee.exchange == nil,
            unsafe connection.pointee.wait != .verdict
        else { return false }
        // The master's word on a connection, and on a token that was shown, goes to the worker that asked.
        return unsafe connection.pointee.wire?.contents.pointee.pendingStamp ?? 0 == 0
    }

    private func record(of connection: UnsafeMutablePointer<VisitorConnection>) -> MovedConnection? {
        guard let phase = unsafe connection.pointee.phase.moved else { return nil }
        var record = unsafe MovedConnection(connection, phase)
        (record.speakers, record.lastHeard) = unsafe intake.interner.ids(of: connection.pointee.speakers)
        guard phase == .open else { return record }
        var socket = ByteBuffer(capacity: 64)
        guard unsafe connection.pointee.socket.appendMoved(to: &socket) else { return nil }
        record.socket = unsafe Array(socket.readable)
        return record
    }

    /// Hands over those who only post, as far as there is room; true where there are more.
    @discardableResult
    mutating func movePosters(isLast: Bool = false) -> Bool {
        while intake.leases.count > 0 {
            guard isLast || intake.queue.count < WorkerLimits.movedQueueBytes else { return true }
            let number = SpeakerList.leased | UInt64.random(in: .min ... .max, using: &chance)
            let moved = intake.takePosters(RelayLimits.postersInRecord, as: number)
            var state = ByteBuffer(capacity: 16 * 1024)
            moved.append(to: &state)
            unsafe intake.queue.appendMoved(connection: number, state: state.readable, descriptor: nil)
        }
        counters.set(.postVisitors, 0)
        return false
    }
}

extension VisitorConnection.Phase {
    /// How a record says it; nil of those that are not moved.
    var moved: MovedConnection.Phase? {
        switch self {
        case .proxyHeader: .proxyHeader
        case .handshake: .handshake
        case .keptAlive: .keptAlive
        case .open: .open
        case .body, .closing: nil
        }
    }

    init(_ moved: MovedConnection.Phase) {
        switch moved {
        case .proxyHeader: self = .proxyHeader
        case .handshake: self = .handshake
        case .keptAlive: self = .keptAlive
        case .open: self = .open
        }
    }
}

extension MovedConnection {
    /// All but its speakers and what its WebSocket is at.
    fileprivate init(_ connection: UnsafeMutablePointer<VisitorConnection>, _ phase: Phase) {
        self.init(phase: phase)
        if unsafe connection.pointee.deflates { flags.insert(.deflates) }
        if unsafe connection.pointee.isPinged { flags.insert(.isPinged) }
        if unsafe connection.pointee.bringsUnfoldable { flags.insert(.bringsUnfoldable) }
        if unsafe connection.pointee.hasRest { flags.insert(.hasRest) }
        if unsafe connection.pointee.isReadInParts { flags.insert(.isReadInParts) }
        sinceSeconds = unsafe connection.pointee.sinceSeconds
        unfinishedSinceSeconds = unsafe connection.pointee.unfinishedSinceSeconds
        shareFullAt = unsafe connection.pointee.share.fullAt
        if let own = unsafe connection.pointee.rates {
            flags.insert(.hasRates)
            rates = own.moved
        }
        neededBytes = unsafe UInt32(clamping: min(connection.pointee.neededBytes, WorkerLimits.receiveBytes))
        lastWork = unsafe connection.pointee.lastWork
        addressKey = unsafe connection.pointee.addressKey
        textsDue = unsafe connection.pointee.speakers.texts.due
        kept = unsafe Array(connection.pointee.spill.contents)
        if let waiting = unsafe connection.pointee.outbound?.readable { outbound = unsafe Array(waiting) }
        guard let visitor = unsafe connection.pointee.wire?.contents.pointee else { return }
        flags.insert(.isWire)
        if visitor.isKnown { flags.insert(.isKnown) }
        if visitor.own != nil { flags.insert(.hasOwnPace) }
        wire = Wire(
            sinceSeconds: visitor.sinceSeconds, told: visitor.told, own: visitor.own ?? Pace(),
            state: visitor.state)
    }
}
