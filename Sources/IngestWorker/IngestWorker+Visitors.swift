import ByteCore
import IdentityWire
import PointerEvents
import PosixIO
import RelayWire
import Tables
import Telemetry
import WebSocketWire

/// Visitors that speak `pointerscope.v1`: who they are, and what they are told.
extension IngestWorker {
    /// Takes a message in whichever format the connection speaks.
    @inline(__always)
    mutating func take(
        _ message: UnsafeRawBufferPointer, _ kind: MessageKind, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> SampleIntake.Outcome {
        if let visitor = unsafe connection.pointee.wire?.contents, unsafe !visitor.pointee.isKnown {
            return unsafe greet(message, kind, token, connection, visitor)
        }
        return unsafe intake.receive(
            message, kind, from: &connection.pointee, index: token.index, receivedNanoseconds: now,
            counters: counters)
    }

    // MARK: Who they are

    /// Takes the first message of a connection, which says who speaks, and queues the welcome.
    ///
    /// Who shows a token waits for the master's word: a token that was used before must bring no other.
    @inline(never)
    private mutating func greet(
        _ message: UnsafeRawBufferPointer, _ kind: MessageKind, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>,
        _ visitor: UnsafeMutablePointer<WireSpeaker.Contents>
    ) -> SampleIntake.Outcome {
        guard let key = intake.interner.identityKey else {
            return .refused(closeCode: 1013, reason: "no identities are given yet; try again later")
        }
        let hello: WireV1Hello
        do throws(SampleRefusal) {
            hello = unsafe try WireV1Hello(parsing: message, kind)
        } catch {
            return .refused(closeCode: error.closeCode, reason: error.reason)
        }
        let admission = unsafe key.admit(
            hello.token, now: UInt64(MonotonicClock.wallClock() / 1_000_000), using: &chance)
        counters.add(Self.counter(of: admission.source))
        let outcome = unsafe intake.greet(
            message, kind, as: admission.token.id,
            redeemed: fault == .losesStamp ? 0 : admission.redeemedStamp,
            // A page load that names none is another one each time; unsigned joins are without a number.
            instance: hello.instance == 0 ? .random(in: 1 ... .max, using: &chance) : hello.instance,
            from: &connection.pointee, index: token.index, receivedNanoseconds: now, counters: counters)
        if case .refused = outcome { return outcome }
        unsafe visitorsByNumber.insert(connection.pointee.number, slot: token.index)
        let isResumed = admission.source == .resumed
        unsafe visitor.pointee.pendingStamp = isResumed ? admission.token.stamp : 0
        if !isResumed || fault == .welcomesAtOnce {
            let origin: ServerMessage.Welcome.Origin = admission.source == .new ? .new : .refused
            unsafe welcome(&connection.pointee, visitor, origin, admission.token, key)
        }
        return outcome
    }

    /// Welcomes somebody who showed a token, and whom the master admits.
    private mutating func admit(_ number: UInt64) {
        guard let (token, visitor) = unsafe visitor(of: number), unsafe visitor.pointee.pendingStamp != 0,
            let key = intake.interner.identityKey, let connection = unsafe connections.find(token),
            unsafe connection.pointee.phase == .open,
            let id = unsafe intake.interner.signedID(of: visitor.pointee.slot)
        else { return }
        let issued = unsafe IdentityToken(id: id, stamp: visitor.pointee.pendingStamp)
        unsafe visitor.pointee.pendingStamp = 0
        unsafe welcome(&connection.pointee, visitor, .resumed, issued, key)
        flush(token)
    }

    private static func counter(of source: Admission.Source) -> WorkerCounter {
        switch source {
        case .new: .tokensNew
        case .resumed: .tokensResumed
        case .expired: .tokensExpired
        case .forged: .tokensForged
        case .malformed: .tokensMalformed
        }
    }

    private mutating func welcome(
        _ connection: inout VisitorConnection, _ visitor: UnsafeMutablePointer<WireSpeaker.Contents>,
        _ origin: ServerMessage.Welcome.Origin, _ issued: IdentityToken, _ key: IdentityKey
    ) {
        let pace = unsafe visitor.pointee.own ?? announcements.pace
        unsafe visitor.pointee.told = pace
        unsafe visitor.pointee.movesTold = announcements.moves
        unsafe issued.id.bytes.withUnsafeBytes { id in
            unsafe issued.text(key: key).withUnsafeBytes { token in
                unsafe connection.queue(
                    .welcome(
                        ServerMessage.Welcome(
                            origin: origin, id: id, token: token, samplesPerSecond: pace.rate,
                            batchMilliseconds: pace.batchMilliseconds)))
            }
        }
    }

    /// Counts what a message said besides samples, and answers it; false where nothing may follow.
    @inline(never)
    mutating func heed(
        _ notes: WireV1Notes, isCorrection: Bool, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        if notes.missing > 0 {
            if !isCorrection || fault == .countsCorrections { counters.add(.ingestGaps) }
            counters.add(.messagesMissing, min(notes.missing, WorkerLimits.missingPerGap))
        }
        if notes.isDuplicate { counters.add(.messagesRepeated) }
        if notes.needsResync || fault == .asksAgain && notes.isUnreadable {
            unsafe connection.pointee.queue(.resync)
        }
        guard notes.saidBye else { return true }
        unsafe intake.leave(&connection.pointee, mayReturn: fault != .losesBye)
        guard handOn(before: token) else { return false }
        beginClose(token, .normal, "goodbye")
        return false
    }

    /// Closes a connection whose visitor did not say who it is in time; false where it has time.
    mutating func endWithoutHello(_ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>)
        -> Bool
    {
        guard let visitor = unsafe connection.pointee.wire?.contents, unsafe !visitor.pointee.isKnown,
            unsafe nowSeconds - visitor.pointee.sinceSeconds >= limits.handshakeSeconds
        else { return false }
        counters.add(.helloTimeouts)
        beginClose(
            token, .policyViolation,
            limits.handshakeSeconds == IngestLimits().handshakeSeconds
                ? "no hello within 10 s"
                : "no hello in the time that this server gives (--handshake-timeout)")
        return true
    }

    // MARK: What they are told

    /// Takes up what the master wants of pages.
    mutating func heed(_ order: ControlRecord) {
        switch order {
        case .rate(let rate, let batch):
            announcements.ask(
                for: Pace(rate: rate, batchMilliseconds: batch), places: connections.slotCount)
        case .moveAway(let spread):
            announcements.sendAway(withinMilliseconds: spread, places: connections.slotCount)
        case .closely(let number, let rate, let batch):
            guard let (token, visitor) = unsafe visitor(of: number) else { return }
            let isOwn = rate != ControlRecord.asEveryone
            unsafe visitor.pointee.own = isOwn ? Pace(rate: rate, batchMilliseconds: batch) : nil
            _ = unsafe tell(token, visitor)
        case .refuse(let number):
            guard let (token, _) = unsafe visitor(of: number),
                unsafe connections.find(token)?.pointee.phase == .open
            else { return }
            refuse(token, .identityInUse, "this identity is in use elsewhere, or its token was used before")
        case .admit(let number): admit(number)
        case .noPlace(let number, let slot): turnAway(slot, of: number)
        case .drain(let within): drain = drain ?? Drain(from: now, within: Int64(within) * 1_000_000)
        case .move(let count):
            if mover == nil { mover = Mover(count: count) } else { mover?.add(count) }
        case .hello, .ready, .ping, .pong, .stop, .stopped, .stopping, .originRefused, .listen, .letIn,
            .turnAway, .cut:
            break
        }
    }

    /// The visitor who speaks on the connection of this number.
    private func visitor(
        of number: UInt64
    ) -> (token: Token, visitor: UnsafeMutablePointer<WireSpeaker.Contents>)? {
        let place = visitorsByNumber.find(number) { unsafe connections[$0].pointee.number == number }
        guard let place, let found = unsafe connections.at(Int(place)),
            let visitor = unsafe found.element.pointee.wire?.contents
        else { return nil }
        let token = unsafe Token(kind: Kind.connection, index: place, generation: found.generation)
        return unsafe (token, visitor)
    }

    /// Tells some of those who do not know the newest yet.
    mutating func announce() {
        var looks = WorkerLimits.looksPerTurn
        var told = WorkerLimits.toldPerTurn
        while looks > 0, told > 0, let place = announcements.next(of: connections.slotCount) {
            looks -= 1
            guard let found = unsafe connections.at(place),
                let visitor = unsafe found.element.pointee.wire?.contents,
                unsafe visitor.pointee.isKnown
            else { continue }
            let token = unsafe Token(
                kind: Kind.connection, index: UInt32(place), generation: found.generation)
            if unsafe tell(token, visitor) { told -= 1 }
        }
    }

    /// Tells a page what it does not know yet; false where it knows.
    mutating func tell(_ token: Token, _ visitor: UnsafeMutablePointer<WireSpeaker.Contents>) -> Bool {
        let own = unsafe fault == .forgetsOwn ? nil : visitor.pointee.own
        let pace = own ?? announcements.pace
        let isAtPace = unsafe visitor.pointee.told == pace && fault != .tellsAgain
        let hasMoved = unsafe visitor.pointee.movesTold == announcements.moves
        guard !isAtPace || !hasMoved, unsafe visitor.pointee.pendingStamp == 0,
            let connection = unsafe connections.find(token),
            unsafe connection.pointee.phase == .open
        else { return false }
        unsafe visitor.pointee.told = pace
        unsafe visitor.pointee.movesTold = announcements.moves
        if !isAtPace {
            unsafe connection.pointee.queue(
                .rate(samplesPerSecond: pace.rate, batchMilliseconds: pace.batchMilliseconds))
        }
        if !hasMoved {
            unsafe connection.pointee.queue(
                .moveAway(spreadMilliseconds: announcements.spreadMilliseconds))
        }
        flush(token)
        return true
    }
}

/// Ways to treat visitors wrongly that tests must notice.
enum VisitorFault: CaseIterable {
    /// Who shows a token is given another before the master has admitted it.
    case welcomesAtOnce
    /// The master is not told which token was redeemed.
    case losesStamp
    /// A bye is a leave like any other.
    case losesBye
    /// A sync that corrects how long a gap is counts as another gap.
    case countsCorrections
    /// Each message behind a gap asks for a sync.
    case asksAgain
    /// Who is looked at closely is told what everyone is told.
    case forgetsOwn
    /// Pages are told what they know.
    case tellsAgain
}

extension VisitorConnection {
    /// Queues a record for the page, in a message of its own.
    fileprivate mutating func queue(_ record: ServerMessage) {
        var message = ByteBuffer(capacity: 128)
        message.append(record)
        var frame = ByteBuffer(capacity: 256)
        unsafe frame.appendFrame(.binary, message.readable)
        unsafe queue(frame.readable)
    }
}
