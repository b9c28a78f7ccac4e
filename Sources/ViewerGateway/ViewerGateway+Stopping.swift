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
        hasMore = streamCount > 0
        for slot in 0..<connections.slotCount {
            guard let place = connections.at(slot) else { continue }
            let token = Token(kind: kind + 1, index: UInt32(slot), generation: place.generation)
            switch place.element.pointee.phase {
            case .requests:
                place.element.pointee.closesAfterOutput = true
                if !place.element.pointee.hasOutput { close(token, .stopped, poller) }
            // The next round ends the streams that have nothing pending.
            case .stream: place.element.pointee.round?.isDue = true
            case .lingering: close(token, .stopped, poller)
            }
        }
    }

    /// Whether every connection has been closed after `beginStop`.
    public var isDrained: Bool { stopDeadline != nil && connections.count == 0 }

    /// Closes whatever is left.
    func closeAll(_ poller: borrowing Poller) {
        for slot in 0..<connections.slotCount {
            guard let place = connections.at(slot) else { continue }
            let token = Token(kind: kind + 1, index: UInt32(slot), generation: place.generation)
            close(token, .stopped, poller)
        }
    }
}
