import PosixIO
import WebSocketWire

/// Closing everyone over a time, so that they do not come back all at once.
extension IngestWorker {
    /// Closes those whose turn it is.
    mutating func continueDraining() {
        guard life == .running, var drain else { return }
        let due = drain.due(of: connections.slotCount, now: now)
        let isOver = drain.isOver(now: now)
        self.drain = drain
        for place in due {
            guard let found = unsafe connections.at(place) else { continue }
            let token = unsafe Token(
                kind: Kind.connection, index: UInt32(place), generation: found.generation)
            letGo(token, isLast: isOver)
        }
    }

    /// Has one connection end in good order: its visitor may be back at once, through another worker.
    /// Requests under way are finished, unless it is the last moment.
    private mutating func letGo(_ token: Token, isLast: Bool) {
        guard let connection = unsafe connections.find(token) else { return }
        switch unsafe connection.pointee.phase {
        case .closing: return
        case .keptAlive: return drop(token)
        case .proxyHeader, .handshake, .body: return isLast ? turnAway(token) : ()
        case .open: break
        }
        let mayReturn = unsafe connection.pointee.codec == .wire
        unsafe intake.leave(&connection.pointee, mayReturn: mayReturn)
        beginClose(token, .goingAway, "the server is renewed; come back")
    }
}
