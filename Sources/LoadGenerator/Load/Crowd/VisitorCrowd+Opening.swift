import ByteCore
import Glibc
import HTTPWire
import PosixIO
import Tables
import WebSocketWire

/// Connecting, and coming and going.
extension VisitorCrowd {
    /// Begins to connect those whose time has come: without a ramp as many at once as a listen queue holds.
    mutating func connectDue(now: Int64, poller: borrowing Poller) {
        while nextToConnect < count {
            if plan.rampSeconds > 0 {
                guard begin > 0, begin &+ arrival(of: nextToConnect) <= now else { return }
                connect(nextToConnect, due: begin &+ arrival(of: nextToConnect), poller)
            } else {
                guard tally.connecting < LoadLimits.connectingAtOnce else { return }
                connect(nextToConnect, due: now, poller)
            }
            nextToConnect += 1
        }
    }

    /// Lets those leave whose time it is, and those come back.
    mutating func comeAndGo(now: Int64, poller: borrowing Poller) {
        guard begin > 0 else { return }
        while case let due = churn.leaveNanoseconds(leave), due < plan.durationNanoseconds,
            begin &+ due <= now
        {
            let index = churn.visitor(leave)
            leave += 1
            guard unsafe at(index).pointee.state == .open else { continue }
            part(index, poller)
            tally.left += 1
            // What it could not send before is not forgotten with its place.
            if plan.rate == .natural { omitPoints(of: index, dueBefore: due) }
            place(index, from: due &+ LoadLimits.awayNanoseconds)
            unsafe at(index).pointee.isPresent = false
            returns.append((index, due &+ LoadLimits.awayNanoseconds))
        }
        while returnsDone < returns.count, begin &+ returns[returnsDone].due <= now {
            let (index, due) = returns[returnsDone]
            returnsDone += 1
            connect(index, due: begin &+ due, poller)
        }
        if nextMove <= now { moveAway(now: now, poller) }
        if nextConnections.areUsed { switchOver(now: now, poller) }
        if returnsDone > LoadLimits.returnsKept {
            returns.removeFirst(returnsDone)
            returnsDone = 0
        }
    }

    /// Closes a visitor's connection on its own account.
    mutating func part(_ index: Int, _ poller: borrowing Poller) {
        unsafe poller.remove(at(index).pointee.raw)
        if unsafe at(index).pointee.isBlocked { tally.blocked -= 1 }
        close(index)
        unsafe at(index).pointee.state = .absent
        tally.open -= 1
    }

    /// When the next of all this is due, in monotonic nanoseconds.
    var nextArrivalNanoseconds: Int64 {
        guard begin > 0 else { return .max }
        var next = nextMove
        if nextToConnect < count { next = begin &+ arrival(of: nextToConnect) }
        if returnsDone < returns.count { next = min(next, begin &+ returns[returnsDone].due) }
        let leaving = churn.leaveNanoseconds(leave)
        if leaving < plan.durationNanoseconds { next = min(next, begin &+ leaving) }
        return next
    }

    /// Ends handshakes that take too long; to be called about once a second.
    mutating func expire(now: Int64) {
        guard tally.connecting > 0 else { return }
        for index in 0..<placeCount {
            let visitor = unsafe at(index)
            guard unsafe [.connecting, .upgrading, .greeting].contains(visitor.pointee.state),
                unsafe now &- visitor.pointee.connectDue > LoadLimits.handshakeNanoseconds
            else { continue }
            fail(index, Fault(.timedOut))
        }
    }

    /// A visitor is here from `nanoseconds` of the run on: what falls due from then on is its own.
    mutating func place(_ index: Int, from nanoseconds: Int64) {
        let visitor = unsafe at(index)
        unsafe visitor.pointee.isPresent = true
        unsafe visitor.pointee.round = schedule.firstRound(of: index, from: nanoseconds)
        unsafe (visitor.pointee.cursor, visitor.pointee.base) = motion.begin(
            visitor: share.visitors.lowerBound + index, arrival: nanoseconds)
        if plan.rate == .asked { return schedule(index, from: nanoseconds) }
        if plan.rate == .natural, begin > 0 { deadlines.set(index, to: begin &+ due(of: index)) }
    }

    mutating func connect(_ index: Int, due: Int64, _ poller: borrowing Poller) {
        let visitor = unsafe at(index)
        unsafe visitor.pointee.attempt = (visitor.pointee.attempt &+ 1) & 0xFF_FFFF
        unsafe visitor.pointee.maskKey = secrets(index).maskKey
        unsafe visitor.pointee.connectDue = due
        unsafe visitor.pointee.isPresent = true
        unsafe visitor.pointee.parser = HTTPResponseParser()
        unsafe visitor.pointee.connection = WebSocketConnection(
            role: .client, accepting: plan.format == .v1 ? .binary : .skipped)
        do throws(SystemError) {
            let socket = try connecting(to: plan.target.address, from: source(of: index))
            try poller.add(socket.raw, for: .everyChange, token: token(index))
            unsafe visitor.pointee.stream = ByteStream(socket)
            unsafe visitor.pointee.state = .connecting
            tally.connecting += 1
        } catch {
            // Where no source was given, the address was taken out of 127.0.0.0/8.
            let kind: Fault.Kind =
                switch error.operation {
                case "connect": .unreachable
                case "bind" where !plan.sources.isEmpty: .source
                default: .system
                }
            fail(index, Fault(kind, error.code))
        }
    }

    /// Where a visitor connects from: so many to an address, that no address runs out of ports.
    private func source(of index: Int) -> SocketAddress? {
        let visitor = share.visitors.lowerBound + index
        if !plan.sources.isEmpty { return plan.sources[visitor % plan.sources.count] }
        guard plan.target.address.host.hasPrefix("127."), plan.visitors > LoadLimits.visitorsPerSource
        else { return nil }
        let number = visitor / LoadLimits.visitorsPerSource + 1
        let host = "127.\(number >> 16 & 0xFF).\(number >> 8 & 0xFF).\(number & 0xFF)"
        return try? SocketAddress(parsingIP: "\(host):0")
    }

    /// The connection is there, or is not: asks for a WebSocket.
    mutating func connected(_ index: Int) {
        let visitor = unsafe at(index)
        let code = unsafe connectionError(of: visitor.pointee.raw)
        guard code == 0 else { return fail(index, Fault(.unreachable, code)) }
        unsafe visitor.pointee.state = .upgrading
        request.removeAll()
        let handshake = ClientHandshake(nonce: secrets(index).nonce, offering: subprotocol)
        var path = plan.target.path
        var authority = plan.target.authority
        var origin = plan.origin ?? ""
        path.withUTF8 { path in
            authority.withUTF8 { authority in
                origin.withUTF8 { origin in
                    unsafe handshake.appendRequest(
                        to: &request, target: UnsafeRawBufferPointer(path),
                        host: UnsafeRawBufferPointer(authority),
                        origin: origin.isEmpty ? nil : UnsafeRawBufferPointer(origin))
                }
            }
        }
        if case .failed(let code) = unsafe visitor.pointee.write(request.readable) {
            return fail(index, Fault(.lost, code))
        }
    }

    /// What is offered in the handshake.
    var subprotocol: WebSocketSubprotocol { plan.format == .v1 ? .pointerscope1 : .json }

    /// The handshake has succeeded, and where the format has one, the welcome is there.
    mutating func opened(_ index: Int, now: Int64) {
        let visitor = unsafe at(index)
        unsafe visitor.pointee.state = .open
        tally.connecting -= 1
        tally.open += 1
        tally.opened += 1
        unsafe handshakes.record(nanoseconds: now &- visitor.pointee.connectDue)
    }
}

extension Interest {
    /// Told once whenever something can be read or written that could not before (EPOLLET): a socket that is
    /// full and has room again by turns then costs no call but its write.
    static let everyChange: Interest = [.readable, .writable, Interest(rawValue: 1 << 31)]
}
