import ByteCore
import HTTPWire
import PosixIO
import RelayChannels
import RelayWire
import Telemetry
import WebSocketWire

/// The life of a connection: arrival, handshake, writing.
extension IngestWorker {
    /// Takes over a connection from the master; without a descriptor it is over before it began.
    mutating func accept(_ number: UInt64, _ descriptor: Int32?) {
        guard let descriptor else {
            counters.add(.descriptorsDropped)
            return intake.queue.appendClosed(connection: number)
        }
        let token = place(Descriptor(owning: descriptor), number)
        // Who accepts itself may have filled the place that the master gave away at the same time.
        guard door == nil || connections.count <= capacity else {
            counters.add(.connectionsPastCapacity)
            watch(token)
            return turnAway(token)
        }
        counters.add(.connectionsAccepted)
        begin(token)
    }

    /// Gives a connection that is new its place.
    mutating func place(_ descriptor: consuming Descriptor, _ number: UInt64) -> Token {
        let stream = ByteStream(descriptor)
        // Small frames the other way (pongs, closes) are not to wait for one another. No option of other
        // sockets than TCP's.
        let isTCP = (try? setSocketOption(stream.raw, 6, 1, 1)) != nil
        var connection = VisitorConnection(stream: stream, number: number, nowSeconds: nowSeconds)
        connection.isReadInParts = !isTCP
        let place = connections.insert(connection)
        counters.set(.connectionsOpen, UInt64(connections.count))
        return Token(kind: Kind.connection, index: place.index, generation: place.generation)
    }

    /// Hears a connection that is new.
    mutating func begin(_ token: Token) {
        guard proxies == nil || awaitProxyHeader(token) else { return }
        watch(token)
        if life != .running { turnAway(token) }
    }

    // MARK: Opening

    /// Judges a head that may have come in parts; returns its length once something may follow it.
    mutating func openHandshake(
        _ bytes: UnsafeMutableRawBufferPointer, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Int? {
        let borrowed = UnsafeRawBufferPointer(bytes)
        switch unsafe parseHead(borrowed, connection) {
        case .incomplete:
            unsafe connection.pointee.neededBytes = borrowed.count + WorkerLimits.headGrowthBytes
            unsafe connection.pointee.spill.keep(borrowed)
            account(for: token)
            return nil
        case .refused(let refusal):
            counters.add(refusal.isLimit ? .headsTooLarge : .handshakesRefused)
            // The method is the first thing that is read, whatever was wrong behind it.
            let withBody = unsafe !borrowed.starts(with: "HEAD ".utf8)
            let reason = reason(of: refusal)
            answer(token) {
                HTTPResponseHead.appendRefusal(
                    refusal.status, reason: reason, to: &$0, withBody: withBody)
            }
            endWriting(token)
            return nil
        case .complete(let consumed):
            if unsafe PostRequest.isMeant(by: head, borrowed) {
                return unsafe openPost(borrowed, token, connection) ? consumed : nil
            }
            var reply = ByteBuffer(capacity: 256)
            switch unsafe ServerHandshake.evaluate(head, borrowed, policy: policy, into: &reply) {
            case .refuse(let refusal):
                counters.add(refusal.isOfOrigin ? .originRefused : .handshakesRefused)
                if refusal.isOfOrigin { unsafe reportOrigin(head.fields.value(of: "origin", in: borrowed)) }
                let withBody = head.method != .head
                let publicURL = policy.publicURL
                answer(token) { refusal.append(to: &$0, withBody: withBody, publicURL: publicURL) }
                endWriting(token)
                return nil
            case .accept(let subprotocol):
                var kinds = subprotocol.kinds
                if unsafe ServerHandshake.agreesOnDeflate(head, borrowed, subprotocol, policy: policy) {
                    counters.add(.connectionsDeflating)
                    kinds.insert(.deflated)
                    unsafe connection.pointee.deflates = true
                }
                unsafe connection.pointee.socket = WebSocketConnection(
                    role: .server, accepting: kinds, bounds: limits.message)
                unsafe connection.pointee.codec = ConnectionCodec(subprotocol)
                if subprotocol == .pointerscope1 {
                    unsafe connection.pointee.wire = WireSpeaker(sinceSeconds: nowSeconds)
                }
                unsafe connection.pointee.phase = .open
                unsafe connection.pointee.sinceSeconds = nowSeconds
                let bytes = unsafe reply.readable
                let asksForPrivacy = unsafe head.fields.contains(token: "1", in: "sec-gpc", of: borrowed)
                answer(token) { unsafe $0.append(bytes) }
                guard unsafe connections.find(token) != nil else { return nil }
                if asksForPrivacy {
                    // A page cannot see why a handshake is refused, but why a connection is closed.
                    refuse(token, .privacy, "the visitor asks not to be watched")
                    return nil
                }
                return consumed
            }
        }
    }

    /// Reads a head, within what an operator allows one.
    private mutating func parseHead(
        _ bytes: UnsafeRawBufferPointer, _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> HTTPParseOutcome {
        switch unsafe connection.pointee.parseHead(bytes, into: &head) {
        case .incomplete where bytes.count >= limits.headBytes: return .refused(.headTooLong)
        case .complete(let consumed):
            extraWork += WorkerLimits.requestWork
            if consumed > limits.headBytes { return .refused(.headTooLong) }
            if head.fields.count > limits.headFields { return .refused(.tooManyFields) }
            return .complete(consumed: consumed)
        case .incomplete: return .incomplete
        case .refused(let refusal): return .refused(refusal)
        }
    }

    /// Why a head was refused, with the option to look at where it was not the standard one.
    private func reason(of refusal: HTTPRefusal) -> StaticString {
        switch refusal {
        case .headTooLong where limits.headBytes != HTTPLimits.headBytes:
            "the head is longer than this server takes (--head-bytes)"
        case .tooManyFields where limits.headFields != HTTPLimits.fields:
            "more fields than this server takes (--head-fields)"
        default: refusal.reason
        }
    }

    /// Tells the master whose page was refused, so that an operator learns what would admit it.
    mutating func reportOrigin(_ origin: UnsafeRawBufferPointer?) {
        guard now >= nextOriginReport else { return }
        nextOriginReport = now + WorkerLimits.originReportNanoseconds
        unsafe control.send(.originRefused(Array(origin ?? UnsafeRawBufferPointer(start: nil, count: 0))))
    }

    // MARK: Writing

    /// Sends what `body` appends now, as far as the kernel takes it; the rest waits, up to a bound.
    ///
    /// It is made before the connection is touched: what makes it may change the connection.
    mutating func answer(_ token: Token, _ body: (inout ByteBuffer) -> Void) {
        var reply = ByteBuffer(capacity: 256)
        body(&reply)
        guard let connection = unsafe connections.find(token) else { return }
        unsafe connection.pointee.queue(reply.readable)
        flush(token)
    }

    mutating func flush(_ token: Token) {
        guard let connection = unsafe connections.find(token), unsafe connection.pointee.outbound != nil
        else { return }
        var hasWritten = false
        while let readable = unsafe connection.pointee.outbound?.readable, unsafe !readable.isEmpty {
            switch unsafe connection.pointee.stream.write(readable) {
            case .bytes(let count):
                hasWritten = true
                unsafe connection.pointee.outbound!.consume(count)
            case .wouldBlock(let interest):
                unsafe connection.pointee.writeAwaits = interest
                if readable.count > WorkerLimits.outboundBytes {
                    counters.add(.slowPeersCut)
                    return drop(token)
                }
                watch(token)
                return account(for: token, isFresh: hasWritten)
            case .endOfFile, .failed: return drop(token)
            }
        }
        unsafe connection.pointee.outbound = nil
        if unsafe connection.pointee.phase == .closing { unsafe connection.pointee.stream.endWriting() }
        watch(token)
        account(for: token)
    }

    /// Has the poller watch a connection for what it waits for now; one that cannot be watched is over.
    mutating func watch(_ token: Token) {
        guard let connection = unsafe connections.find(token) else { return }
        let watched = unsafe connection.pointee.watched
        let wanted = unsafe connection.pointee.interest
        guard wanted != watched else { return }
        unsafe connection.pointee.watched = wanted
        let raw = unsafe connection.pointee.stream.raw
        do {
            if wanted.isEmpty {
                poller.remove(raw)
            } else if watched.isEmpty {
                try poller.add(raw, for: wanted, token: token)
            } else {
                try poller.modify(raw, for: wanted, token: token)
            }
        } catch {
            drop(token)
        }
    }
}
