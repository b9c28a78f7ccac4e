import ByteCore
import PointerEvents
import PosixIO
import Telemetry
import WebSocketWire

/// Who may be read now, and who has to wait for others: shares of a turn, and rates of a connection.
///
/// Whoever brings as little as pages do is read at once, in every turn. Others are too until a turn has had
/// its work; from then on they wait in a queue that is fair by work, of which each turn does a part. Nothing
/// is lost by that: what is not read waits with whoever sent it.
extension IngestWorker {
    /// What a connection was given before a read, by the counters.
    struct Tally {
        let bytes: UInt64
        let messages: UInt64
        let events: UInt64
    }

    var tally: Tally {
        Tally(
            bytes: counters.value(.bytesReceived), messages: counters.value(.messagesReceived),
            events: counters.value(.eventsReceived))
    }

    /// Whether nothing but its own work keeps the loop from waiting.
    var isBehind: Bool {
        canResume || announcements.left > 0 || !waiting.isEmpty || canHearAdopted || canMove
    }

    // MARK: Turns

    /// Reads from a connection that is ready, or has it wait until it is its turn.
    @inline(__always)
    mutating func attend(_ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>) {
        let hasTurn = turnWork < WorkerLimits.turnWork
        if unsafe connection.pointee.share.debt(Self.share, now: now) > 0, !hasTurn || !waiting.isEmpty {
            return enqueue(token)
        }
        // Where halves of messages take much memory, it is better to read them to their ends.
        let isShort = !hasTurn && held.total < WorkerLimits.heldBytes / 2
        readLimit = isShort ? WorkerLimits.crowdedReadBytes : WorkerLimits.receiveBytes
        hasFilledRoom = false
        guard unsafe read(token, connection) else { return }
        if unsafe connection.pointee.hasRest || (!hasTurn && hasFilledRoom) { enqueue(token) }
    }

    /// The same where that happens seldom.
    @inline(never)
    mutating func attendSeldom(_ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>) {
        unsafe attend(token, connection)
    }

    /// Has a connection wait for its turn. It is watched on for a while: mostly its turn comes soon, and
    /// being told of it again costs less than asking not to be.
    @inline(never)
    private mutating func enqueue(_ token: Token) {
        guard let connection = unsafe connections.find(token) else { return }
        let isModest = unsafe connection.pointee.share.debt(Self.share, now: now) == 0
        let debt = unsafe isModest ? 0 : Int(connection.pointee.lastWork)
        waiting.add(token.rawValue, of: unsafe addressKey(of: connection), debt: debt)
        let isWatched = unsafe !connection.pointee.watched.isEmpty
        unsafe connection.pointee.wait = isWatched ? .turn(told: .never) : .turnUnwatched
        counters.add(.turnsAwaited)
    }

    /// Reads from a connection; what is left of what was read waits for another turn.
    mutating func readAndEnqueueRest(
        _ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>
    ) {
        if unsafe readInTurn(token, connection), unsafe connection.pointee.hasRest { enqueue(token) }
    }

    /// Reads from a connection whose turn it is.
    @inline(never)
    private mutating func readInTurn(
        _ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        unsafe read(token, connection)
    }

    /// A connection that waits for its turn is ready still; after some times nobody wants to hear it.
    @inline(never)
    mutating func toldAgain(_ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>) {
        unsafe connection.pointee.hasUnread = true
        guard case .turn(let told) = unsafe connection.pointee.wait else { return }
        if let next = told.next {
            unsafe connection.pointee.wait = .turn(told: next)
        } else {
            unsafe connection.pointee.wait = .turnUnwatched
            watch(token)
        }
    }

    /// Works for those who wait for their turn, as much as a turn may take.
    @inline(never)
    mutating func serveWaiting() {
        guard !waiting.isEmpty else { return }
        var left = WorkerLimits.turnWork
        while left > 0, let item = waiting.next() {
            let work = serve(Token(rawValue: item))
            left -= work
        }
    }

    /// Gives a connection its turn; returns the work that it was.
    private mutating func serve(_ token: Token) -> Int {
        guard let connection = unsafe connections.find(token), unsafe connection.pointee.wait.isForTurn else {
            // Who was closed meanwhile waits no more.
            waiting.worked(0)
            return 1
        }
        unsafe connection.pointee.wait = .none
        unsafe hearAgain(connection)
        readLimit = WorkerLimits.receiveBytes
        hasFilledRoom = false
        let before = turnWork
        _ = unsafe readInTurn(token, connection)
        let work = max(1, turnWork - before)
        waiting.worked(work)
        if let connection = unsafe connections.find(token) {
            unsafe connection.pointee.lastWork = UInt32(clamping: work)
            if unsafe connection.pointee.wait == .none, unsafe connection.pointee.phase.isHeard,
                unsafe connection.pointee.hasRest || hasFilledRoom
            {
                enqueue(token)
            } else {
                watch(token)
            }
        }
        return work
    }

    /// What stands for the address of a connection; of those behind a proxy that says no more, the proxy's.
    private mutating func addressKey(of connection: UnsafeMutablePointer<VisitorConnection>) -> UInt32 {
        if unsafe connection.pointee.addressKey == 0,
            let peer = unsafe PeerAddress.of(connection.pointee.stream.raw),
            case .ip(let address) = peer
        {
            unsafe connection.pointee.addressKey = key(of: address)
        }
        return unsafe connection.pointee.addressKey
    }

    /// Keyed, so that nobody can choose an address that stands for another one's, and the same in all
    /// workers, between which connections move.
    func key(of address: IPAddress) -> UInt32 {
        let hash = unsafe withUnsafeBytes(of: address.network) { unsafe Hash64.hash($0, seed: addressSeed) }
        return UInt32(truncatingIfNeeded: hash) | 1
    }

    // MARK: Rates

    /// The work of the read that began with `before`.
    @inline(__always)
    func work(since before: Tally) -> Int {
        Int(truncatingIfNeeded: counters.value(.bytesReceived) &- before.bytes) &+ extraWork
    }

    /// Counts the work that a read was; false where the connection has to wait or was closed for it.
    @inline(__always)
    mutating func charge(
        _ work: Int, _ before: Tally, _ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        unsafe connection.pointee.share.take(work, Self.share, now: now)
        // Who is within its share is far below the rates.
        guard unsafe judgesAll || connection.pointee.share.debt(Self.share, now: now) > 0 else { return true }
        return unsafe isWithinRates(before, token, connection)
    }

    @inline(never)
    private mutating func isWithinRates(
        _ before: Tally, _ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        guard rates.events != nil || rates.bytes != nil else { return true }
        let messages = counters.value(.messagesReceived) &- before.messages
        let events = counters.value(.eventsReceived) &- before.events
        let bytes = counters.value(.bytesReceived) &- before.bytes
        // An array counts for what is in it, a message without any for one.
        let verdict = unsafe connection.pointee.judge(
            events: Int(truncatingIfNeeded: max(messages, events)) + otherFrames,
            bytes: Int(truncatingIfNeeded: bytes) + inflatedBytes, rates, now: now)
        switch verdict {
        case .allowed: return true
        case .held(let until):
            counters.add(.ratesHeld)
            unsafe connection.pointee.wait = .rate
            releases.insert(token.rawValue, rank: until)
            watch(token)
        case .refused(let isOfEvents): refuseForRate(token, isOfEvents: isOfEvents)
        }
        return false
    }

    /// Takes a frame that brings no message: it is work as well, and nobody needs many. True where it stands
    /// by itself.
    @inline(never)
    mutating func takeOther(
        _ event: WebSocketEvent, _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        otherFrames += 1
        extraWork += WorkerLimits.otherFrameWork
        if case .ping(let payload) = event { unsafe connection.pointee.queuePong(payload) }
        if case .nothing = event { return false }
        return unsafe !connection.pointee.socket.isMidMessage
    }

    private mutating func refuseForRate(_ token: Token, isOfEvents: Bool) {
        guard let connection = unsafe connections.find(token) else { return }
        counters.add(isOfEvents ? .eventRateExceeded : .byteRateExceeded)
        switch unsafe connection.pointee.phase {
        case .open:
            refuse(
                token, .policyViolation,
                isOfEvents
                    ? "more events a second than this server takes from a connection (--message-rate)"
                    : "more bytes a second than this server takes from a connection (--byte-rate)")
        case .handshake, .body, .keptAlive: refusePost(token, .tooMany)
        case .proxyHeader, .closing: drop(token)
        }
    }

    /// Hears those again whose rate allows it.
    mutating func releaseHeld() {
        while let first = releases.first, first.rank <= now, let entry = releases.popFirst() {
            let token = Token(rawValue: entry.item)
            guard let connection = unsafe connections.find(token), unsafe connection.pointee.wait == .rate
            else {
                continue
            }
            unsafe connection.pointee.wait = .none
            unsafe hearAgain(connection)
            unsafe attendSeldom(token, connection)
            watch(token)
        }
    }

    /// Nobody's time runs while it cannot be heard.
    func hearAgain(_ connection: UnsafeMutablePointer<VisitorConnection>) {
        unsafe connection.pointee.sinceSeconds = nowSeconds
        if unsafe connection.pointee.unfinishedSinceSeconds != VisitorConnection.never {
            unsafe connection.pointee.unfinishedSinceSeconds = nowSeconds
        }
        if let visitor = unsafe connection.pointee.wire?.contents {
            unsafe visitor.pointee.sinceSeconds = nowSeconds
        }
    }

    /// What a connection may bring and still be read at once in a turn that is full.
    static let share = TokenBucket.Rule(
        perSecond: WorkerLimits.sharePerSecond, burst: WorkerLimits.shareBurst, deepestDebt: 1_000_000_000)

    /// Whether the rates are so low that a connection may be over them within its share: its smallest event
    /// is two bytes.
    static func areWithinShare(_ rates: ConnectionRates.Rules) -> Bool {
        func isLow(_ rule: TokenBucket.Rule?, _ smallest: Int) -> Bool {
            rule.map {
                $0.perSecond < WorkerLimits.sharePerSecond / smallest
                    || $0.perSecond / 8 < WorkerLimits.shareBurst / smallest
            } ?? false
        }
        return isLow(rates.events, 2) || isLow(rates.bytes, 1)
    }
}
