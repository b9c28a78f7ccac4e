public import AccessControl
import BroadcastHub
import ByteCore
import HTTPWire
import PosixIO

/// Sessions and tokens that end, and the streams that end with them.
extension ViewerGateway {
    /// The admins are what a file says now.
    public func adminsChanged(to admins: [Admin]) {
        guard let gate else { return }
        end(gate.authority.adminsChanged(to: admins))
        endChangedByHeader(gate)
    }

    /// Ends streams of who was named by a proxy and may something else now.
    private func endChangedByHeader(_ gate: AccessGate) {
        end { grant in
            guard grant.source == .header, grant != gate.grant(toNamed: grant.name) else { return nil }
            return gate.grant(toNamed: grant.name) == nil ? .removed : .changed
        }
    }

    /// Ends what was opened on grants that are no more by what `reason` says of each, and says so of each
    /// stream.
    func end(_ reason: (Grant) -> Ended.Reason?) {
        for round in [samplesRound, framesRound] {
            for viewer in round.viewers {
                guard let connection = unsafe connections.find(viewer.connection),
                    let grant = unsafe connection.pointee.grant, unsafe connection.pointee.farewell == nil,
                    let why = reason(grant)
                else { continue }
                unsafe endStream(connection, why, round)
                gate?.keeper?.note(
                    .ended(Ended(source: grant.source, name: grant.name, why: why), streams: 1))
            }
        }
        _ = endPolls(reason)
    }

    /// The tokens are what a file says now.
    public func tokensChanged(to tokens: [ProgramToken]) {
        guard let gate else { return }
        end(gate.tokens.tokensChanged(to: tokens))
    }

    /// Ends what was opened on grants that are no more.
    func end(_ ended: [Ended]) {
        guard let gate, !ended.isEmpty else { return }
        for one in ended {
            gate.recentEnds.add(one)
            var streams = 0
            for round in [samplesRound, framesRound] {
                for viewer in round.viewers {
                    guard let connection = unsafe connections.find(viewer.connection),
                        unsafe connection.pointee.grant?.source == one.source
                    else { continue }
                    unsafe endStream(connection, one.why, round)
                    streams += 1
                }
            }
            streams += endPolls { $0.source == one.source ? one.why : nil }
            gate.keeper?.note(.ended(one, streams: streams))
        }
    }

    /// Looks at what time has ended; once a sweep.
    func endWhatIsOver(now: Int64) {
        guard let gate else { return }
        let instant = AccessGate.instant()
        end(gate.authority.expire(now: instant))
        let touches = now >= nextTouch
        if touches { nextTouch = now + Limits.touchNanoseconds }
        for round in [samplesRound, framesRound] {
            for viewer in round.viewers {
                guard let connection = unsafe connections.find(viewer.connection),
                    let grant = unsafe connection.pointee.grant, unsafe connection.pointee.farewell == nil
                else { continue }
                if let endsAt = grant.endsAt, instant.epochSeconds >= endsAt {
                    unsafe endStream(connection, .expired, round)
                    gate.keeper?.note(
                        .ended(Ended(source: grant.source, name: grant.name, why: .expired), streams: 1))
                } else if touches, case .session(let key) = grant.source {
                    _ = gate.authority.use(key, now: instant)
                }
            }
        }
        _ = endPolls { grant in
            guard let endsAt = grant.endsAt, instant.epochSeconds >= endsAt else { return nil }
            return .expired
        }
    }

    /// Has a stream say why it ends, between two of its messages, and end.
    private func endStream(
        _ connection: UnsafeMutablePointer<Connection>, _ why: Ended.Reason, _ round: Round
    ) {
        guard unsafe connection.pointee.farewell == nil else { return }
        gate?.counters.streamsEnded += 1
        var text = ByteBuffer(capacity: 128)
        appendSignedOut(why, to: &text)
        unsafe connection.pointee.farewell = unsafe Farewell(
            text: Array(text.readable), isSaid: false, endsAt: nil)
        round.isDue = true
    }

    func appendSignedOut(_ why: Ended.Reason, to text: inout ByteBuffer) {
        text.append("event: signed-out\ndata: ")
        Self.append(why, to: &text)
        text.append("\n\n")
    }

    /// Goes on with a stream that ends: true once there is nothing left to write, and it can be closed.
    func sayFarewell(_ viewer: Viewer, _ connection: UnsafeMutablePointer<Connection>, now: Int64) -> Bool {
        guard let farewell = unsafe connection.pointee.farewell else { return false }
        if !farewell.isSaid, hub.isBetweenMessages(viewer.id) {
            unsafe connection.pointee.farewell?.isSaid = true
            unsafe farewell.text.withUnsafeBytes {
                unsafe connection.pointee.exchange.outgoing.text.append($0)
            }
        }
        return unsafe farewell.isSaid && connection.pointee.exchange.outgoing.isEmpty
    }
}

/// How a stream ends whose session or token has ended.
struct Farewell {
    /// Its last message.
    let text: [UInt8]
    /// It is in the output, and nothing comes behind it.
    var isSaid: Bool
    /// When the stream is closed whether or not that was taken; nil until the first sweep has seen it.
    var endsAt: Int64?
}
