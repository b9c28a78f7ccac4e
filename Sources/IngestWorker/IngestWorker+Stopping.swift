import PosixIO
import RelayChannels
import RelayWire
import WebSocketWire

/// The end of a worker: by the master's word, or by its own where somebody else asked for it.
extension IngestWorker {
    mutating func stop(within milliseconds: Int64) {
        guard life == .running else { return }
        // Those who post have no connection that was waited for.
        if mover?.takesAll == true { movePosters(isLast: true) }
        life = .stopping(deadline: now + milliseconds * 1_000_000)
        forEachConnection { $0.beginClose($1, .goingAway, "the server stops") }
    }

    mutating func continueStopping() {
        guard case .stopping(let deadline) = life else { return }
        if now >= deadline { forEachConnection { $0.drop($1) } }
        guard connections.count == 0 else { return }
        guard intake.queue.isEmpty || now >= deadline else { return }
        control.send(.stopped)
        _ = control.flush(poller)
        life = .ended(status: 0)
    }

    /// Calls `body` with the worker and each connection's token.
    mutating func forEachConnection(_ body: (inout IngestWorker, Token) -> Void) {
        for index in 0..<connections.slotCount {
            guard let found = unsafe connections.at(index) else { continue }
            let token = unsafe Token(
                kind: Kind.connection, index: UInt32(index), generation: found.generation)
            body(&self, token)
        }
    }
}
