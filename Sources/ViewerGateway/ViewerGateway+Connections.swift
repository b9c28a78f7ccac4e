import AccessControl
import BroadcastHub
import ByteCore
import Glibc
import HTTPWire
import PosixIO

/// Connections coming and going.
extension ViewerGateway {
    /// Accepts what waits, bounded per wake-up.
    func accept(_ poller: borrowing Poller, now: Int64) {
        for _ in 0..<Limits.acceptsPerTurn {
            guard let door else { return }
            var peer = PeerAddress.unixSocket
            switch door.listener.accept(&peer) {
            case .none: return
            case .exhausted:
                counters.acceptPauses += 1
                acceptsAgainAt = now + Limits.acceptPauseNanoseconds
                poller.remove(door.listener.raw)
                return
            case .connection(let descriptor):
                guard mayConnect(peer) else { continue }
                if door.listener.address.path == nil {
                    try? setSocketOption(descriptor.raw, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
                }
                admit(SocketTransport(descriptor), from: peer, poller, now: now)
            }
        }
    }

    /// Gives a newcomer a seat: a free one, that of the idlest connection, or one on which it is told that
    /// there is no other.
    func admit(
        _ transport: any Transport, from peer: PeerAddress, _ poller: borrowing Poller, now: Int64
    ) {
        let seat: Connection.Seat
        if seatsTaken < settings.connectionLimit || makeRoom(poller, now: now) {
            counters.connectionsAccepted += 1
            seat = .regular
        } else {
            counters.connectionsRefused += 1
            if refusals.count >= Limits.refusalSeats { dismissOldestRefusal(poller, now: now) }
            seat = .refusal
        }
        var connection = Connection(transport, from: peer, seat: seat, budget: requestBudget, now: now)
        connection.awaitsProxyHeader = settings.expectsProxyHeader
        _ = insert(connection, poller)
    }

    /// Connections on regular seats.
    private var seatsTaken: Int { connections.count - refusals.count }

    /// Closes the connection that has got nothing done for longest, never a stream; false where all have
    /// work.
    private func makeRoom(_ poller: borrowing Poller, now: Int64) -> Bool {
        for _ in 0..<Limits.seatsTried {
            guard let slot = idleness.idlest, let place = unsafe connections.at(Int(slot)) else {
                return false
            }
            let token = unsafe token(slot, place.generation)
            if unsafe place.element.pointee.isQueued {
                // What has just come for it may be its next request, or its end.
                _ = advance(token, poller, now: now)
                if seatsTaken < settings.connectionLimit { return true }
                continue
            }
            let isBusy =
                unsafe place.element.pointee.phase == .requests
                && now - place.element.pointee.activeAt < Limits.busyNanoseconds
            if isBusy { return false }
            counters.connectionsEvicted += 1
            close(token, .gone, poller)
            return true
        }
        return false
    }

    /// Makes room among those who are refused: what the oldest of them has asked is answered, or at least
    /// that it cannot stay.
    private func dismissOldestRefusal(_ poller: borrowing Poller, now: Int64) {
        // Who waits for the metrics has been promised them.
        for _ in 1..<refusals.count {
            guard let slot = refusals.idlest, let place = unsafe connections.at(Int(slot)),
                unsafe place.element.pointee.exchange.isWaiting
            else { break }
            refusals.moveToBusiest(slot)
        }
        guard let slot = refusals.idlest, let place = unsafe connections.at(Int(slot)) else { return }
        let token = unsafe token(slot, place.generation)
        _ = advance(token, poller, now: now)
        if let connection = unsafe connections.find(token), unsafe connection.pointee.phase == .requests,
            unsafe connection.pointee.exchange.outgoing.isEmpty
        {
            unsafe refuse(connection, .serviceUnavailable, Self.noSeat)
            _ = advance(token, poller, now: now)
        }
        close(token, .gone, poller)
    }

    /// Why a newcomer is refused.
    static let noSeat: StaticString = "too many connections"

    func token(_ slot: UInt32, _ generation: UInt32) -> Token {
        Token(kind: kind + 1, index: slot, generation: generation)
    }

    /// Calls `body` for every connection; it may close any.
    func forEachConnection(_ body: (Token, UnsafeMutablePointer<Connection>) -> Void) {
        for slot in 0..<connections.slotCount {
            guard let place = unsafe connections.at(slot) else { continue }
            unsafe body(token(UInt32(slot), place.generation), place.element)
        }
    }

    /// Gives a connection a slot and watches it; nil where the kernel refuses (no memory for the watch).
    func insert(_ connection: consuming Connection, _ poller: borrowing Poller) -> Token? {
        let transport = connection.transport
        let interest = connection.interest
        let seat = connection.seat
        let place = connections.insert(connection)
        let token = token(place.index, place.generation)
        do throws(SystemError) {
            try transport.watch(for: interest, token: token, poller)
        } catch {
            _ = connections.remove(place.index)
            return nil
        }
        switch seat {
        case .regular: idleness.moveToBusiest(place.index)
        case .refusal: refusals.moveToBusiest(place.index)
        }
        return token
    }

    /// Changes what a connection is watched for, if that is a change.
    func watch(_ token: Token, for interest: Interest, _ poller: borrowing Poller) {
        guard let connection = unsafe connections.find(token), unsafe connection.pointee.interest != interest
        else {
            return
        }
        unsafe connection.pointee.interest = interest
        do throws(SystemError) {
            try unsafe connection.pointee.transport.watch(for: interest, token: token, poller)
        } catch {
            // Not watched, it would hang until its timeout; there is nothing better to do with it.
            close(token, .failed, poller)
        }
    }

    /// Notes that a connection has got something done.
    func noteActivity(_ connection: UnsafeMutablePointer<Connection>, _ token: Token, now: Int64) {
        unsafe connection.pointee.activeAt = now
        if unsafe connection.pointee.seat == .regular { idleness.moveToBusiest(token.index) }
    }

    /// Ends a connection at once; `reason` counts where it is an event stream.
    func close(_ token: Token, _ reason: ViewerCloseReason, _ poller: borrowing Poller) {
        guard let connection = unsafe connections.find(token) else { return }
        if let round = unsafe connection.pointee.round {
            unsafe remove(from: round, at: connection.pointee.place, reason)
        }
        if front?.token == token { front = nil }
        if let name = unsafe connection.pointee.grant?.name { count(name, by: -1) }
        if let id = unsafe connection.pointee.exchange.awaitedHash { forgetHash(id) }
        if unsafe connection.pointee.exchange.awaitsPoll { pollClosed(token) }
        idleness.remove(token.index)
        refusals.remove(token.index)
        unsafe connection.pointee.transport.unwatch(poller)
        _ = connections.remove(token.index)
    }

    /// Tells the peer that nothing more comes and waits for its end of file.
    ///
    /// Closing with bytes unread would reset the connection, and with it what the peer has not read yet.
    func linger(_ token: Token, _ poller: borrowing Poller, now: Int64) {
        guard let connection = unsafe connections.find(token) else { return }
        if unsafe connection.pointee.exchange.hasEnded { return close(token, .gone, poller) }
        unsafe connection.pointee.transport.endWriting()
        unsafe connection.pointee.phase = .lingering
        unsafe connection.pointee.since = now
        unsafe connection.pointee.exchange.dropInput()
        _ = unsafe connection.pointee.exchange.settle()
        // It has been told everything: nobody loses less by going.
        if unsafe connection.pointee.seat == .regular { idleness.moveToIdlest(token.index) }
        unsafe watch(token, for: connection.pointee.readAwaits, poller)
    }

    /// Reads once and throws it away, but for the terminal's wish to detach; the peer's end of file or too
    /// much of it ends the connection.
    func discard(_ token: Token, _ poller: borrowing Poller, now: Int64) {
        guard let connection = unsafe connections.find(token) else { return }
        switch unsafe connection.pointee.transport.read(into: readRoom) {
        case .bytes(let count):
            unsafe connection.pointee.discarded += count
            unsafe hear(UnsafeRawBufferPointer(rebasing: readRoom[..<count]), from: token)
            if unsafe connection.pointee.discarded > Limits.discardedBytes {
                return close(token, .input, poller)
            }
            readLater(.readable, of: token, poller)
        case .wouldBlock(let interest): readLater(interest, of: token, poller)
        case .endOfFile, .failed: close(token, .gone, poller)
        }
    }

    /// Has a connection that is read from all the time wait for something else before the next read.
    private func readLater(_ interest: Interest, of token: Token, _ poller: borrowing Poller) {
        guard let connection = unsafe connections.find(token),
            unsafe connection.pointee.readAwaits != interest
        else {
            return
        }
        unsafe connection.pointee.readAwaits = interest
        if unsafe connection.pointee.phase == .stream {
            watchStream(token, poller)
        } else {
            watch(token, for: interest, poller)
        }
    }
}
