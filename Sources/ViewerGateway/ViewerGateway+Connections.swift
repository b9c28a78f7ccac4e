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
            switch door.listener.accept() {
            case .none: return
            case .exhausted:
                counters.acceptPauses += 1
                acceptsAgainAt = now + Limits.acceptPauseNanoseconds
                poller.remove(door.listener.raw)
                return
            case .connection(let descriptor):
                admit(descriptor, poller, now: now)
            }
        }
    }

    private func admit(_ descriptor: consuming Descriptor, _ poller: borrowing Poller, now: Int64) {
        let isSurplus = connections.count >= settings.connectionLimit
        if isSurplus {
            counters.connectionsRefused += 1
            // Dropping the descriptor closes it.
            guard connections.count < settings.connectionLimit + Limits.refusalSeats else { return }
        } else {
            counters.connectionsAccepted += 1
        }
        try? setSocketOption(descriptor.raw, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        var connection = Connection(ByteStream(descriptor), now: now)
        connection.isSurplus = isSurplus
        _ = insert(connection, poller)
    }

    /// Gives a connection a slot and watches it; nil where the kernel refuses (no memory for the watch).
    func insert(_ connection: consuming Connection, _ poller: borrowing Poller) -> Token? {
        let raw = connection.stream.raw
        let interest = connection.interest
        let place = connections.insert(connection)
        let token = Token(kind: kind + 1, index: place.index, generation: place.generation)
        do throws(SystemError) {
            try poller.add(raw, for: interest, token: token)
            return token
        } catch {
            _ = connections.remove(place.index)
            return nil
        }
    }

    /// Changes what a connection is watched for, if that is a change.
    func watch(_ token: Token, for interest: Interest, _ poller: borrowing Poller) {
        guard let connection = connections.find(token), connection.pointee.interest != interest else {
            return
        }
        connection.pointee.interest = interest
        do throws(SystemError) {
            try poller.modify(connection.pointee.stream.raw, for: interest, token: token)
        } catch {
            // Not watched, it would hang until its timeout; there is nothing better to do with it.
            close(token, .failed, poller)
        }
    }

    /// Notes that the kernel took `count` bytes; returns how many of them were the hub's.
    func took(_ count: Int, _ connection: UnsafeMutablePointer<Connection>) -> Int {
        let before = connection.pointee.output.count
        let foreign = connection.pointee.took(count)
        heldBytes -= before - connection.pointee.output.count
        return foreign
    }

    /// Ends a connection at once; `reason` counts where it is an event stream.
    func close(_ token: Token, _ reason: ViewerCloseReason, _ poller: borrowing Poller) {
        guard let connection = connections.find(token) else { return }
        if let round = connection.pointee.round {
            remove(from: round, at: connection.pointee.place, reason)
        }
        if front?.token == token { front = nil }
        heldBytes -= connection.pointee.output.count
        poller.remove(connection.pointee.stream.raw)
        _ = connections.remove(token.index)
    }

    /// Tells the peer that nothing more comes and waits for its end of file.
    ///
    /// Closing with bytes unread would reset the connection, and with it what the peer has not read yet.
    func linger(_ token: Token, _ poller: borrowing Poller, now: Int64) {
        guard let connection = connections.find(token) else { return }
        if connection.pointee.hasEnded { return close(token, .gone, poller) }
        connection.pointee.stream.endWriting()
        connection.pointee.phase = .lingering
        connection.pointee.since = now
        connection.pointee.input.removeAll(shrinkingTo: Limits.keptBytes)
        watch(token, for: .readable, poller)
    }

    /// Reads once and throws it away, but for the terminal's wish to detach; the peer's end of file or too
    /// much of it ends the connection.
    func discard(_ token: Token, _ poller: borrowing Poller, now: Int64) {
        guard let connection = connections.find(token) else { return }
        switch connection.pointee.stream.read(into: readRoom) {
        case .bytes(let count):
            connection.pointee.discarded += count
            hear(UnsafeRawBufferPointer(rebasing: readRoom[..<count]), from: token)
            if connection.pointee.discarded > Limits.discardedBytes { close(token, .input, poller) }
        case .wouldBlock: break
        case .endOfFile, .failed: close(token, .gone, poller)
        }
    }
}
