public import PosixIO

/// The end.
extension ViewerGateway {
    /// Stops accepting; viewers get what is pending and are closed, requests under way are answered.
    ///
    /// The loop goes on until `isDrained`, at most a second.
    public func beginStop(_ poller: borrowing Poller, now: Int64) {
        guard stopDeadline == nil else { return }
        stopDeadline = now + Limits.drainNanoseconds
        if let door { poller.remove(door.listener.raw) }
        door = nil
        acceptsAgainAt = nil
        hasMore = streamCount > 0 || !polls.isEmpty
        unsafe forEachConnection { token, connection in
            switch unsafe connection.pointee.phase {
            case .requests:
                unsafe connection.pointee.exchange.closesAfterOutput = true
                // A shared answer that is waited for is made at once now.
                let isWaiting = unsafe connection.pointee.exchange.isWaiting
                if unsafe connection.pointee.exchange.outgoing.isEmpty, !isWaiting {
                    close(token, .stopped, poller)
                }
            // The next round ends the streams that have nothing pending.
            case .stream: unsafe connection.pointee.round?.isDue = true
            case .lingering: close(token, .stopped, poller)
            }
        }
    }

    /// Whether every connection has been closed after `beginStop`.
    public var isDrained: Bool { stopDeadline != nil && connections.count == 0 }

    /// Closes whatever is left.
    func closeAll(_ poller: borrowing Poller) {
        unsafe forEachConnection { token, _ in close(token, .stopped, poller) }
    }
}
