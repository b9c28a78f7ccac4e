import AccessControl
import BroadcastHub
import ByteCore
import HTTPWire
public import PosixIO
import ProxyWire

/// A port that is left to a successor, and one that goes on with it.
extension ViewerGateway {
    /// Whether nobody waits for what only this program can give.
    public var isSettled: Bool { gate?.hashing.isEmpty ?? true }

    /// Answers everybody who waits for what no successor knows of: polls, which are asked again, and states
    /// of scopes.
    public func settle(_ poller: borrowing Poller, now: Int64) {
        endAllPolls(poller, now: now)
        for state in scopedStates {
            deliver(
                Reply(.serviceUnavailable, line: "the server is being renewed; ask again"),
                to: state.demand.waiting + state.demand.served)
        }
        scopedStates = []
    }

    /// What a successor needs to go on, behind `settle`; nil where something cannot be left to it.
    public var carried: CarriedGateway? {
        guard let door else { return nil }
        var carried = CarriedGateway()
        carried.listener = door.listener.carried
        var isWhole = true
        unsafe forEachConnection { token, connection in
            if let caller = unsafe caller(connection, token) {
                carried.callers.append(caller)
            } else {
                isWhole = false
            }
        }
        guard isWhole else { return nil }
        carried.callers.sort { $0.activeAt < $1.activeAt }
        carried.frontLine = front?.lines.line ?? []
        carried.owesFront = front?.owesAnswer ?? false
        carried.isFrontDetached = isFrontDetached
        carried.counters = counters
        carried.access = gate?.counters
        return carried
    }

    private func caller(_ connection: UnsafeMutablePointer<Connection>, _ token: Token) -> CarriedCaller? {
        guard let descriptor = unsafe connection.pointee.transport.descriptor,
            unsafe connection.pointee.exchange.awaitedHash == nil
        else { return nil }
        var caller = CarriedCaller()
        caller.descriptor = descriptor
        caller.lingers = unsafe connection.pointee.phase == .lingering
        caller.isRefusal = unsafe connection.pointee.seat == .refusal
        caller.peer = unsafe CarriedClient(.peer(connection.pointee.peer))
        caller.source = unsafe CarriedClient(connection.pointee.source)
        caller.awaitsProxyHeader = unsafe connection.pointee.awaitsProxyHeader
        caller.discarded = unsafe connection.pointee.discarded
        caller.since = unsafe connection.pointee.since
        caller.progress = unsafe connection.pointee.progress
        caller.activeAt = unsafe connection.pointee.activeAt
        caller.input = unsafe Array(connection.pointee.exchange.unread)
        caller.output = unsafe connection.pointee.exchange.outgoing.bytes
        caller.closesAfterOutput = unsafe connection.pointee.exchange.closesAfterOutput
        caller.hasBeenAnswered = unsafe connection.pointee.exchange.hasBeenAnswered
        caller.hasEnded = unsafe connection.pointee.exchange.hasEnded
        if let awaited = unsafe connection.pointee.exchange.awaited {
            caller.awaited = UInt8(awaited.answer.rawValue + 1)
            caller.withBody = awaited.withBody
        }
        caller.grant = unsafe connection.pointee.grant
        if unsafe connection.pointee.phase == .stream { caller.stream = unsafe stream(connection) }
        return caller
    }

    private func stream(_ connection: UnsafeMutablePointer<Connection>) -> CarriedStream? {
        guard let round = unsafe connection.pointee.round else { return nil }
        let viewer = unsafe round.viewers[connection.pointee.place]
        var stream = CarriedStream()
        stream.id = viewer.id
        stream.isFront = viewer.isFront
        stream.restsUntil = viewer.restsUntil
        stream.name = unsafe connection.pointee.name
        stream.word = unsafe connection.pointee.word
        stream.look = unsafe connection.pointee.look
        stream.viewer = unsafe CarriedClient(connection.pointee.viewer)
        stream.farewell = unsafe connection.pointee.farewell
        return stream
    }

    // MARK: Going on

    /// Takes over from the program before; everybody whose connection it had is served on.
    public func take(_ carried: CarriedGateway, _ poller: borrowing Poller, now: Int64) {
        counters = carried.counters
        if let access = carried.access { gate?.counters = access }
        isFrontDetached = carried.isFrontDetached
        var streams = 0
        for caller in carried.callers {
            guard case .peer(let peer) = caller.peer.client else { continue }
            let token = adopt(caller, from: peer, poller)
            guard let stream = caller.stream else {
                waitOn(caller, token)
                continue
            }
            adopt(stream, caller, token, poller, now: now)
            streams += 1
        }
        guard streams == hub.attachedViewers else {
            Succession.giveUp(
                because: "the hub has \(hub.attachedViewers) viewers, and \(streams) streams came")
        }
        front?.lines.line = carried.frontLine
        front?.owesAnswer = carried.owesFront
        audienceChanges &+= 1
        samplesRound.isDue = true
        framesRound.isDue = true
        refreshStatus()
    }

    private func adopt(_ caller: CarriedCaller, from peer: PeerAddress, _ poller: borrowing Poller) -> Token {
        var connection = Connection(
            SocketTransport(Descriptor(owning: caller.descriptor)), from: peer,
            seat: caller.isRefusal ? .refusal : .regular, budget: requestBudget, now: caller.since)
        connection.source = caller.source.client
        connection.awaitsProxyHeader = caller.awaitsProxyHeader
        connection.discarded = caller.discarded
        connection.progress = caller.progress
        connection.activeAt = caller.activeAt
        connection.grant = caller.grant
        connection.phase = caller.lingers ? .lingering : .requests
        unsafe caller.input.withUnsafeBytes { bytes in
            unsafe connection.exchange.receive(bytes)
            _ = connection.exchange.settle()
        }
        unsafe caller.output.withUnsafeBytes { unsafe connection.exchange.outgoing.text.append($0) }
        connection.exchange.closesAfterOutput = caller.closesAfterOutput
        connection.exchange.hasBeenAnswered = caller.hasBeenAnswered
        connection.exchange.hasEnded = caller.hasEnded
        guard let token = insert(connection, poller) else {
            Succession.giveUp(because: "a connection could not be watched")
        }
        return token
    }

    /// Goes on with the requests of a connection, or has it wait for what it waited for.
    private func waitOn(_ caller: CarriedCaller, _ token: Token) {
        guard !caller.lingers else { return }
        guard caller.awaited > 0, let answer = SharedAnswer(rawValue: Int(caller.awaited) - 1),
            let connection = unsafe connections.find(token)
        else { return enqueue(token) }
        unsafe wait(connection, token, for: answer, withBody: caller.withBody)
    }

    private func adopt(
        _ stream: CarriedStream, _ caller: CarriedCaller, _ token: Token, _ poller: borrowing Poller,
        now: Int64
    ) {
        guard let connection = unsafe connections.find(token),
            let shape = hub.shape(of: stream.id, now: now)
        else { Succession.giveUp(because: "a stream came whose viewer the hub does not know") }
        let round = shape == .samples ? samplesRound : framesRound
        unsafe connection.pointee.phase = .stream
        unsafe connection.pointee.name = stream.name
        unsafe connection.pointee.word = stream.word
        unsafe connection.pointee.look = stream.look
        unsafe connection.pointee.viewer = stream.viewer.client
        unsafe connection.pointee.farewell = stream.farewell
        var viewer = Viewer(
            connection: token, id: stream.id, isFront: stream.isFront, isPaced: paces(stream.id, in: round))
        viewer.restsUntil = stream.restsUntil
        unsafe connection.pointee.round = round
        unsafe connection.pointee.place = round.append(viewer)
        if let name = caller.grant?.name { count(name, by: 1) }
        idleness.remove(token.index)
        if stream.isFront {
            frontStreams += 1
            front = Front(token: token)
        }
        watchStream(token, poller)
    }
}
