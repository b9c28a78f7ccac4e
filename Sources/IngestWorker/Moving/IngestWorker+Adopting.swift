import ByteCore
import PosixIO
import RelayChannels
import RelayWire
import Tables
import Telemetry
import WebSocketWire

/// Taking over connections that another worker had.
///
/// The master keeps a connection until it hears that it is taken over, and gives it to somebody else where
/// that never comes. So nothing of it is read before that is said, and has gone into the channel.
extension IngestWorker {
    /// A connection that is not read until so many bytes were written to the master.
    struct Adoptee {
        let token: Token
        let writtenBytes: UInt64
    }

    /// Goes on with a connection, or with visitors who post.
    mutating func adopt(_ arrival: ArrivedConnection, _ state: [UInt8]) {
        // Those who are handed over and come back have nowhere to go for now.
        mover?.rest(now: now, nanoseconds: WorkerLimits.returnedNanoseconds)
        if handoverFault != .adoptsUnsaid { intake.queue.appendAdopted(connection: arrival.number) }
        do throws(MoveFault) {
            if arrival.isAlone {
                adopt(try MovedPosters.reading(state), number: arrival.number)
            } else {
                try adopt(try MovedConnection.reading(state), arrival)
            }
        } catch {
            counters.add(.connectionsUnreadable)
            intake.queue.appendClosed(connection: arrival.number)
            guard let descriptor = arrival.descriptor else { return }
            let stream = ByteStream(Descriptor(owning: descriptor))
            guard error.isOpen else { return }
            var close = ByteBuffer(capacity: 64)
            close.appendCloseFrame(.serviceRestart, reason: "the server was renewed; come back")
            _ = unsafe stream.write(close.readable)
        }
    }

    private mutating func adopt(_ posters: MovedPosters, number: UInt64) {
        intake.adopt(posters, number: number, receivedNanoseconds: now)
        intake.queue.appendClosed(connection: number)
        counters.set(.postVisitors, UInt64(intake.leases.count))
    }

    private mutating func adopt(_ record: MovedConnection, _ arrival: ArrivedConnection) throws(MoveFault) {
        guard let descriptor = arrival.descriptor else {
            counters.add(.descriptorsDropped)
            return intake.queue.appendClosed(connection: arrival.number)
        }
        var connection = VisitorConnection(
            stream: ByteStream(Descriptor(owning: descriptor)), number: arrival.number, nowSeconds: nowSeconds
        )
        // Its descriptor is closed by whoever catches this.
        guard connection.goOn(with: record, limits.message) else {
            _ = connection.takeDescriptor().release()
            throw MoveFault(isOpen: record.phase == .open)
        }
        connection.wait = .master
        let place = connections.insert(connection)
        counters.add(.connectionsAdopted)
        counters.set(.connectionsOpen, UInt64(connections.count))
        let token = Token(kind: Kind.connection, index: place.index, generation: place.generation)
        guard speakOn(token, record) else {
            unsafe connections.find(token)?.pointee.wait = .none
            return refuse(token, .tryAgainLater, "no room for more visitors; try again later")
        }
        account(for: token)
        adoptees.append(Adoptee(token: token, writtenBytes: intake.queue.writtenBytesAtEnd))
    }

    /// Has a connection speak for whom it did; false where there is no room.
    private mutating func speakOn(_ token: Token, _ record: MovedConnection) -> Bool {
        guard let connection = unsafe connections.find(token) else { return false }
        let ids = handoverFault == .losesSpeaker ? Array(record.speakers.dropFirst()) : record.speakers
        guard
            unsafe intake.interner.adopt(
                ids, lastHeard: record.lastHeard, &connection.pointee.speakers, index: token.index,
                receivedNanoseconds: now, isMoved: handoverFault != .joinsAnew, into: &intake.queue)
        else { return false }
        guard let visitor = unsafe connection.pointee.wire?.contents, unsafe visitor.pointee.isKnown else {
            return true
        }
        unsafe visitor.pointee.slot = connection.pointee.speakers.first
        // It was told of all that the worker before had to say.
        unsafe visitor.pointee.movesTold = announcements.moves
        visitorsByNumber.insert(unsafe connection.pointee.number, slot: token.index)
        return true
    }

    /// Whether somebody may be read of whom the master has been told.
    var canHearAdopted: Bool {
        guard let first = adoptees.first else { return false }
        if handoverFault == .readsTooEarly { return true }
        return first.writtenBytes <= intake.queue.writtenBytes || intake.queue.isEmpty
    }

    /// Reads from those of whom the master has been told.
    mutating func hearAdopted() {
        guard canHearAdopted else { return }
        let written = intake.queue.writtenBytes
        let isEmpty = intake.queue.isEmpty || handoverFault == .readsTooEarly
        var passed = 0
        let due = adoptees
        while passed < due.count, isEmpty || due[passed].writtenBytes <= written {
            goOn(due[passed].token)
            passed += 1
        }
        adoptees.removeFirst(passed)
    }

    /// Begins to read a connection, where something may wait already; the poller says so.
    private mutating func goOn(_ token: Token) {
        guard let connection = unsafe connections.find(token), unsafe connection.pointee.wait == .master
        else { return }
        unsafe connection.pointee.wait = .none
        guard life == .running else { return beginClose(token, .goingAway, "the server stops") }
        if let visitor = unsafe connection.pointee.wire?.contents, unsafe visitor.pointee.isKnown {
            _ = unsafe tell(token, visitor)
        }
        flush(token)
        if let connection = unsafe connections.find(token), unsafe connection.pointee.hasRest {
            unsafe readAndEnqueueRest(token, connection)
        }
        watch(token)
    }
}

extension VisitorConnection {
    /// Goes on where another worker stood; false where nobody can stand there.
    fileprivate mutating func goOn(with record: MovedConnection, _ bounds: MessageBounds) -> Bool {
        phase = Phase(record.phase)
        deflates = record.flags.contains(.deflates)
        isPinged = record.flags.contains(.isPinged)
        bringsUnfoldable = record.flags.contains(.bringsUnfoldable)
        hasRest = record.flags.contains(.hasRest)
        isReadInParts = record.flags.contains(.isReadInParts)
        sinceSeconds = record.sinceSeconds
        unfinishedSinceSeconds = record.unfinishedSinceSeconds
        share = TokenBucket(fullAt: record.shareFullAt)
        if record.flags.contains(.hasRates) { rates = ConnectionRates(moved: record.rates) }
        neededBytes = Int(record.neededBytes)
        lastWork = record.lastWork
        addressKey = record.addressKey
        speakers.texts = TextAllowance(due: record.textsDue)
        unsafe record.kept.withUnsafeBytes { unsafe spill.keep($0) }
        if !record.outbound.isEmpty { unsafe record.outbound.withUnsafeBytes { unsafe queue($0) } }
        guard record.phase == .open else { return true }
        let isSound = unsafe record.socket.withUnsafeBytes { bytes in
            let moved = unsafe record.kept.withUnsafeBytes { unsafe MovedWebSocket(bytes, kept: $0) }
            guard let moved else { return false }
            socket = WebSocketConnection(moved, bounds: bounds)
            return true
        }
        guard isSound else { return false }
        guard let visitor = record.wire else { return true }
        codec = .wire
        var contents = WireSpeaker.Contents(sinceSeconds: visitor.sinceSeconds)
        contents.isKnown = record.flags.contains(.isKnown)
        contents.state = visitor.state
        contents.told = visitor.told
        contents.own = record.flags.contains(.hasOwnPace) ? visitor.own : nil
        let speaker = WireSpeaker(sinceSeconds: visitor.sinceSeconds)
        unsafe speaker.contents.pointee = contents
        wire = consume speaker
        return true
    }

    /// Gives up the connection and keeps it open.
    consuming func takeDescriptor() -> Descriptor { stream.takeDescriptor() }
}
