import BroadcastHub
import ByteCore
import FramesShape
import HTTPWire
public import PosixIO
import ProxyWire

/// Time passing.
extension ViewerGateway {
    /// Whether somebody is there to be looked after, or a crowd was whose memory is to go back; it may have
    /// come and gone between two looks.
    private var needsSweep: Bool {
        connections.count > 0 || isPolled || memory.isWatching || budget.most >= Limits.trimmedBytes
    }

    /// When the gateway wants a turn of the loop at the latest; nil while nothing is under way.
    public func nextDeadline(now: Int64) -> Int64? {
        if hasMore { return now }
        var next: Int64?
        func consider(_ time: Int64) { next = min(next ?? time, time) }
        if needsSweep { consider(nextSweep) }
        if let nextSharedAnswerAt { consider(nextSharedAnswerAt) }
        if let nextPollAt { consider(nextPollAt) }
        if samplesRound.nextRest != .max { consider(samplesRound.nextRest) }
        if let acceptsAgainAt { consider(acceptsAgainAt) }
        if let stopDeadline, connections.count > 0 { consider(stopDeadline) }
        return next
    }

    /// Timeouts, and the text of the `status` event; to be called every turn of the loop, before the hub's
    /// `tick`.
    public func tick(_ poller: borrowing Poller, now: Int64) {
        if let time = acceptsAgainAt, now >= time { resumeAccepting(poller, now: now) }
        if let stopDeadline, now >= stopDeadline { closeAll(poller) }
        guard needsSweep, now >= nextSweep else { return }
        nextSweep = now + Limits.sweepNanoseconds
        unsafe forEachConnection { token, connection in unsafe check(connection, token, poller, now: now) }
        memory.note(
            budget.held + hub.tickTextBytes + connections.count * Limits.connectionBytes,
            atMost: budget.takeMost(), now: now)
        endWhatIsOver(now: now)
        checkPolling(now: now)
        sendStatus(now: now)
        // For the status, and for whatever was not noticed as it happened: it is late by this much.
        samplesRound.isDue = true
        framesRound.isDue = true
    }

    /// Has the next `status` made in this turn: what it tells has changed in a way that people wait for.
    public func refreshStatus() {
        nextStatus = 0
        nextSweep = 0
    }

    private func resumeAccepting(_ poller: borrowing Poller, now: Int64) {
        acceptsAgainAt = nil
        guard let descriptor = door?.listener.raw else { return }
        do throws(SystemError) {
            try poller.add(descriptor, for: .readable, token: Token(kind: kind))
        } catch {
            acceptsAgainAt = now + Limits.acceptPauseNanoseconds
        }
    }

    private func check(
        _ connection: UnsafeMutablePointer<Connection>, _ token: Token, _ poller: borrowing Poller, now: Int64
    ) {
        switch unsafe connection.pointee.phase {
        case .requests: unsafe checkRequest(connection, token, poller, now: now)
        case .stream: unsafe checkViewer(connection, token, poller, now: now)
        case .lingering:
            if unsafe now - connection.pointee.since >= Limits.lingerNanoseconds {
                close(token, .gone, poller)
            }
        }
    }

    private func checkRequest(
        _ connection: UnsafeMutablePointer<Connection>, _ token: Token, _ poller: borrowing Poller, now: Int64
    ) {
        if unsafe connection.pointee.exchange.isWaiting { return }
        if unsafe !connection.pointee.exchange.outgoing.isEmpty {
            guard unsafe now - connection.pointee.progress >= Limits.responseStallNanoseconds else { return }
            counters.timeouts += 1
            close(token, .slow, poller)
        } else if unsafe connection.pointee.awaitsProxyHeader {
            guard unsafe isProxyHeaderLate(connection, now: now) else { return }
            counters.count(.late)
            close(token, .gone, poller)
        } else if unsafe connection.pointee.seat == .refusal {
            guard unsafe now - connection.pointee.since >= Limits.refusalTimeoutNanoseconds else { return }
            unsafe refuse(connection, .serviceUnavailable, Self.noSeat)
            enqueue(token)
        } else if unsafe !connection.pointee.exchange.isBetweenRequests {
            guard unsafe now - connection.pointee.since >= Limits.headTimeoutNanoseconds else { return }
            counters.timeouts += 1
            unsafe refuse(connection, .requestTimeout, "the request head took longer than 10 s")
            enqueue(token)
        } else {
            let limit =
                unsafe connection.pointee.exchange.hasBeenAnswered
                ? Limits.idleTimeoutNanoseconds : Limits.headTimeoutNanoseconds
            if unsafe now - connection.pointee.since >= limit { close(token, .gone, poller) }
        }
    }

    private func checkViewer(
        _ connection: UnsafeMutablePointer<Connection>, _ token: Token, _ poller: borrowing Poller, now: Int64
    ) {
        guard let round = unsafe connection.pointee.round else { return }
        if let farewell = unsafe connection.pointee.farewell {
            guard let endsAt = farewell.endsAt else {
                unsafe connection.pointee.farewell?.endsAt = now + Limits.farewellNanoseconds
                return
            }
            if now >= endsAt { close(token, .signedOut, poller) }
            return
        }
        let viewer = unsafe round.viewers[connection.pointee.place]
        if unsafe connection.pointee.exchange.outgoing.isEmpty, !hub.hasOutput(viewer.id) {
            unsafe connection.pointee.progress = now
        } else if !viewer.isFront || isFrontDetached,
            unsafe now - connection.pointee.progress >= Limits.viewerStallNanoseconds
        {
            close(token, .slow, poller)
        }
    }

    /// Gives the hub the text of the next `status` event, once a second while someone looks at frames.
    private func sendStatus(now: Int64) {
        guard now >= nextStatus, !framesRound.viewers.isEmpty || isPolled else { return }
        nextStatus = now + Limits.statusNanoseconds
        let limit = hub.limits.frames.statusBytes
        scratch.removeAll(shrinkingTo: 128 * 1024)
        appendStatus(to: &scratch, now: now, limit: limit)
        let length = scratch.count
        appendStatus(to: &scratch, now: now, limit: length + limit, isBrief: true)
        let (whole, brief) = unsafe (scratch.readable[..<length], scratch.readable[length...])
        // The workers alone can be too many for it: then the old one is left standing.
        _ = unsafe hub.setStatus(
            UnsafeRawBufferPointer(rebasing: whole), brief: UnsafeRawBufferPointer(rebasing: brief))
        hub.forEachScope { sendStatus(of: $0) }
    }

    /// Gives those who are held to a scope the text of their next `status` event.
    private func sendStatus(of scope: ScopeNumber) {
        guard let figures = hub.figures(of: scope), figures.viewers > 0 else { return }
        scratch.removeAll()
        scratch.append("{")
        appendServer(to: &scratch, within: figures)
        scratch.append(",\"uptime\":")
        appendUptime(to: &scratch)
        scratch.append("}")
        // Never too long.
        _ = unsafe hub.setStatus(scratch.readable, of: scope)
    }
}
