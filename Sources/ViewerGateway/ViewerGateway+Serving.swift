import BroadcastHub
import ByteCore
import Glibc
public import PosixIO

/// The round of writes.
extension ViewerGateway {
    /// What became of one viewer's turn.
    private enum Served {
        /// Nothing was pending, or the kernel takes nothing.
        case idle
        case wrote(Int)
        /// The kernel took all it was offered, and more is pending.
        case wroteWithMore(Int)
        case closed
    }

    /// Gives every viewer that can take something one write, and requests the share of the turn that is
    /// theirs; to be called once a turn of the loop, behind the hub's `endTurn` and `tick`.
    ///
    /// A round goes on next turn where it stopped when it has written its `bytesPerTurn`.
    public func serve(_ poller: borrowing Poller, now: Int64) {
        let tick = hub.nextTick(now: now)
        if tick != seenTick {
            seenTick = tick
            samplesRound.isDue = true
            framesRound.isDue = true
        }
        if hub.headN != seenHead {
            seenHead = hub.headN
            samplesRound.isDue = true
        }
        if now >= samplesRound.nextRest {
            samplesRound.nextRest = .max
            samplesRound.isDue = true
        }
        closeForfeited(poller)
        if samplesRound.isDue { serve(samplesRound, poller, now: now) }
        if framesRound.isDue { serve(framesRound, poller, now: now) }
        serveRequests(poller, now: now)
        servePolls(poller, now: now)
        makeSharedAnswers(poller, now: now)
        hasMore = samplesRound.isDue || framesRound.isDue || !queue.isEmpty || isMaking(now: now)
    }

    private func serve(_ round: Round, _ poller: borrowing Poller, now: Int64) {
        round.isDue = false
        var budget = round.bytesPerTurn
        var left = round.viewers.count
        var index = round.next
        while left > 0, !round.viewers.isEmpty {
            if index >= round.viewers.count { index = 0 }
            left -= 1
            switch serve(round, at: index, poller, now: now) {
            case .idle: index += 1
            case .wrote(let count):
                budget -= count
                index += 1
            case .wroteWithMore(let count):
                budget -= count
                index += 1
                round.isDue = true
            // Its place is another's now.
            case .closed: break
            }
            if budget <= 0, left > 0 {
                round.isDue = true
                break
            }
        }
        round.next = index
    }

    @inline(__always)
    private func serve(_ round: Round, at index: Int, _ poller: borrowing Poller, now: Int64) -> Served {
        let viewer = round.viewers[index]
        guard !viewer.isBlocked, let connection = unsafe connections.find(viewer.connection) else {
            return .idle
        }
        if unsafe connection.pointee.farewell != nil {
            if unsafe sayFarewell(viewer, connection, now: now) {
                close(viewer.connection, .signedOut, poller)
                return .closed
            }
        }
        guard unsafe !connection.pointee.exchange.outgoing.isEmpty || hub.hasOutput(viewer.id) else {
            return stopDeadline == nil ? .idle : finish(viewer, poller)
        }
        guard viewer.isPaced else { return unsafe write(viewer, connection, poller, now: now) }
        if now < viewer.restsUntil, stopDeadline == nil {
            round.nextRest = min(round.nextRest, viewer.restsUntil)
            return .idle
        }
        let served = unsafe write(viewer, connection, poller, now: now)
        // All of them at the same times, so that a turn of the loop is one for many. Who catches up does not
        // rest.
        if case .wrote = served {
            round.viewers[index].restsUntil = (now / Limits.pacedNanoseconds + 1) * Limits.pacedNanoseconds
        }
        return served
    }

    private func write(
        _ viewer: Viewer, _ connection: UnsafeMutablePointer<Connection>, _ poller: borrowing Poller,
        now: Int64
    ) -> Served {
        var (count, offered) = unsafe connection.pointee.exchange.outgoing.fill(runs, limit: .max)
        let room = unsafe UnsafeMutableBufferPointer(rebasing: runs[count...])
        // Behind its last message a stream has nothing to say.
        let limit =
            unsafe connection.pointee.farewell?.isSaid == true ? 0 : Limits.viewerBytesPerTurn
        let filled = unsafe hub.fillVectors(viewer.id, into: room, limit: limit)
        count += filled.vectorCount
        offered += filled.byteCount
        // The hub may find nothing after all.
        guard offered > 0 else { return stopDeadline == nil ? .idle : finish(viewer, poller) }
        switch unsafe connection.pointee.transport.write(UnsafeMutableBufferPointer(rebasing: runs[..<count]))
        {
        case .bytes(let taken):
            counters.bytesSent &+= UInt64(taken)
            unsafe connection.pointee.progress = now
            let foreign = unsafe connection.pointee.exchange.outgoing.took(taken)
            if foreign > 0 { hub.took(viewer.id, bytes: foreign, now: now) }
            if taken < offered {
                unsafe block(connection, viewer.connection, until: .writable, poller)
                return .wrote(taken)
            }
            if viewer.isFront { unsafe answerDetach(connection) }
            let hasMore = unsafe !connection.pointee.exchange.outgoing.isEmpty || hub.hasOutput(viewer.id)
            return hasMore ? .wroteWithMore(taken) : .wrote(taken)
        case .wouldBlock(let interest):
            unsafe block(connection, viewer.connection, until: interest, poller)
            return .idle
        case .endOfFile, .failed:
            // Its last words may lie unread: they say whether this end is one of ours.
            if viewer.isFront { discard(viewer.connection, poller, now: now) }
            close(viewer.connection, .failed, poller)
            return .closed
        }
    }

    /// Leaves a viewer alone until its transport can take more.
    private func block(
        _ connection: UnsafeMutablePointer<Connection>, _ token: Token, until interest: Interest,
        _ poller: borrowing Poller
    ) {
        unsafe connection.pointee.round?.viewers[connection.pointee.place].isBlocked = true
        unsafe connection.pointee.writeAwaits = interest
        watchStream(token, poller)
    }

    /// Ends a stream that has been given everything.
    private func finish(_ viewer: Viewer, _ poller: borrowing Poller) -> Served {
        // What lies unread would turn the close into a reset.
        if let connection = unsafe connections.find(viewer.connection) {
            _ = unsafe connection.pointee.transport.read(into: readRoom)
        }
        close(viewer.connection, .stopped, poller)
        return .closed
    }
}
