import AccessControl
import BroadcastHub
import ByteCore
import HTTPWire
import PointerEvents
import PosixIO

/// Event streams: attaching and leaving.
extension ViewerGateway {
    /// Appends the head of an event stream's response.
    ///
    /// Without a length: the stream ends with the connection. Proxies are told in their words not to gather
    /// it up (nginx), and not to compress it, which gathers it too (RFC 9111, section 5.2.2.6).
    func appendStreamHead(to text: inout ByteBuffer) {
        HTTPResponseHead(.ok, contentType: "text/event-stream", connection: .close).appendOpen(to: &text)
        common.append(to: &text)
        text.appendHTTPField("Cache-Control", "no-store, no-transform")
        text.appendHTTPField("X-Accel-Buffering", "no")
        text.appendHTTPField("Cross-Origin-Resource-Policy", "same-origin")
        text.appendHTTPHeadEnd()
    }

    /// Begins the stream that a request asked for; false, with an answer that says why, where there is none
    /// for who asks.
    func begin(
        _ wanted: StreamRequest, _ connection: UnsafeMutablePointer<Connection>, _ token: Token,
        _ poller: borrowing Poller, now: Int64
    ) -> Bool {
        guard let id = unsafe attach(wanted, connection, isPoll: false, now: now) else { return false }
        counters.count(.ok)
        unsafe appendStreamHead(to: &connection.pointee.exchange.outgoing.text)
        unsafe connection.pointee.transport.limitUnsent(to: Limits.unsentBytes)
        unsafe connection.pointee.name =
            wanted.grant?.name.bytes
            ?? tail(of: path.readable, after: "/receive/").map { unsafe Array($0) } ?? []
        unsafe connection.pointee.grant = wanted.grant
        if let name = wanted.grant?.name { count(name, by: 1) }
        unsafe connection.pointee.viewer = client
        unsafe connection.pointee.word = wanted.viewer
        unsafe attach(connection, id, wanted.shape, token, poller, isFront: false, now: now)
        return true
    }

    /// Attaches who asks for a stream, or polls, to the hub; nil, with an answer that says why, where that
    /// has no room.
    func attach(
        _ wanted: StreamRequest, _ connection: UnsafeMutablePointer<Connection>, isPoll: Bool, now: Int64
    ) -> ViewerID? {
        let showsLess = wanted.grant?.role == .viewer
        guard wanted.grant?.scope != nil || wanted.filter != nil else {
            return hub.attach(
                shape: wanted.shape, resume: wanted.resume, showsLess: showsLess, isPoll: isPoll, now: now)
        }
        if let why = whyNot(wanted.filter, wanted.grant, now: now) {
            return unsafe refuse(connection, why)
        }
        do throws(ScopeRefusal) {
            return try hub.attach(
                shape: wanted.shape, resume: wanted.resume, within: wanted.grant?.scope,
                filter: wanted.filter, showsLess: showsLess, isPoll: isPoll, now: now)
        } catch {
            guard error == .tooMany else { return unsafe refuse(connection, FilterOutcome.noRoom) }
            counters.viewersRefused += 1
            unsafe refuse(connection, .serviceUnavailable, Self.tooManyScopes)
            return nil
        }
    }

    private func refuse(_ connection: UnsafeMutablePointer<Connection>, _ why: FilterOutcome) -> ViewerID? {
        counters.viewersRefused += 1
        counters.count(why)
        unsafe connection.pointee.exchange.closesAfterOutput = true
        unsafe send(why.reply, connection, withBody: true)
        return nil
    }

    /// Why a viewer cannot have a filter, or see its scope; nil where what it would see is kept already, or
    /// the system has room for it, and not too many new ones were asked for.
    func whyNot(_ filter: StreamFilter?, _ grant: Grant?, now: Int64) -> FilterOutcome? {
        if hub.keeps(grant?.scope, filter) { return nil }
        guard ProcessMemory.isAvailable(Limits.filterMemoryBytes) else { return .noMemory }
        // Scopes are given by whoever rules here.
        guard filter != nil else { return nil }
        return newFilterAllowances.take(for: grant?.name, now: now).map { FilterOutcome($0) }
    }

    /// Makes a connection the event stream of a viewer.
    func attach(
        _ connection: UnsafeMutablePointer<Connection>, _ id: ViewerID, _ shape: ViewerShape, _ token: Token,
        _ poller: borrowing Poller, isFront: Bool, now: Int64
    ) {
        if isFront { frontStreams += 1 } else { counters.viewersAccepted += 1 }
        audienceChanges &+= 1
        unsafe connection.pointee.phase = .stream
        unsafe connection.pointee.since = now
        unsafe connection.pointee.progress = now
        let round = shape == .samples ? samplesRound : framesRound
        unsafe connection.pointee.round = round
        unsafe connection.pointee.place = round.append(
            Viewer(connection: token, id: id, isFront: isFront, isPaced: paces(id, in: round)))
        // A stream keeps its seat.
        idleness.remove(token.index)
        watchStream(token, poller)
        // The newest status may be from when someone last looked.
        if shape != .samples { nextStatus = now }
    }

    /// Whether a viewer is written to in its turns only: one of the samples of some.
    ///
    /// What comes of a few comes sample by sample, and each would be a write: a viewer of one page of 200
    /// cost as much as one of everything, who gets many in each. Frames are paced already.
    func paces(_ id: ViewerID, in round: Round) -> Bool {
        round === samplesRound && hub.scope(of: id) != nil
    }

    /// Watches a stream for its peer, and for room where it is blocked.
    func watchStream(_ token: Token, _ poller: borrowing Poller) {
        guard let connection = unsafe connections.find(token), let round = unsafe connection.pointee.round
        else { return }
        let isBlocked = unsafe round.viewers[connection.pointee.place].isBlocked
        let awaited = unsafe isBlocked ? connection.pointee.writeAwaits : []
        unsafe watch(token, for: connection.pointee.readAwaits.union(awaited).union(.peerClosed), poller)
    }

    /// Closes the viewers that the hub has no memory left for.
    func closeForfeited(_ poller: borrowing Poller) {
        guard hub.hasForfeited else { return }
        for round in [samplesRound, framesRound] {
            for viewer in round.viewers where hub.isForfeited(viewer.id) {
                close(viewer.connection, .memory, poller)
            }
        }
    }

    /// Takes a viewer out of its round and the hub.
    func remove(from round: Round, at place: Int, _ reason: ViewerCloseReason) {
        hub.detach(round.viewers[place].id, reason: reason.detachReason)
        audienceChanges &+= 1
        if round.viewers[place].isFront { frontStreams -= 1 } else { counters.count(reason) }
        guard let moved = round.remove(at: place) else { return }
        unsafe connections.find(moved.connection)?.pointee.place = place
    }
}
