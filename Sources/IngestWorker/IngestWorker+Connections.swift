import ByteCore
import HTTPWire
import PosixIO
import RelayWire
import Telemetry
import WebSocketWire

/// The life of a connection: arrival, reading, writing, end.
extension IngestWorker {
    /// Takes over a connection from the master; without a descriptor it is over before it began.
    func accept(_ number: UInt64, _ descriptor: Int32?) {
        guard let descriptor else {
            counters.add(.descriptorsDropped)
            return intake.queue.appendClosed(connection: number)
        }
        let stream = ByteStream(Descriptor(owning: descriptor))
        let raw = stream.raw
        // Small frames the other way (pongs, closes) are not to wait for one another.
        try? setSocketOption(raw, 6, 1, 1)
        let place = connections.insert(
            VisitorConnection(stream: stream, number: number, nowSeconds: nowSeconds))
        counters.add(.connectionsAccepted)
        counters.set(.connectionsOpen, UInt64(connections.count))
        let token = Token(kind: Kind.connection, index: place.index, generation: place.generation)
        do {
            try poller.add(raw, for: .readable, token: token)
        } catch {
            drop(token)
        }
        if life != .running { turnAway(token) }
    }

    func connectionReady(_ event: ReadyEvent) {
        let token = event.token
        if let connection = connections.find(token), event.isReady(for: connection.pointee.writeAwaits) {
            flush(token)
        }
        guard let connection = connections.find(token), event.isReady(for: connection.pointee.readAwaits)
        else { return }
        // One read a turn, so that a loud visitor does not starve the others.
        switch connection.pointee.phase {
        case .closing: drain(token)
        case .handshake, .open: read(token, connection)
        }
    }

    private func read(_ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>) {
        let kept = connection.pointee.spill.count
        let result: IOResult
        if kept == 0 {
            result = connection.pointee.stream.read(into: receiveBuffer)
        } else {
            let room = connection.pointee.spill.room(upTo: connection.pointee.neededBytes)
            result = connection.pointee.stream.read(into: room)
        }
        switch result {
        case .wouldBlock(let interest):
            connection.pointee.readAwaits = interest
            watch(connection, token)
        case .endOfFile, .failed: return drop(token)
        case .bytes(let count):
            if connection.pointee.readAwaits != .readable {
                connection.pointee.readAwaits = .readable
                watch(connection, token)
            }
            // A head has its time in all, however it trickles in.
            if connection.pointee.phase == .open { connection.pointee.sinceSeconds = nowSeconds }
            connection.pointee.isPinged = false
            counters.add(.bytesReceived, UInt64(count))
            if kept == 0 {
                consume(UnsafeMutableRawBufferPointer(rebasing: receiveBuffer[..<count]), token, connection)
            } else {
                connection.pointee.spill.filled(count)
                consume(connection.pointee.spill.contents, token, connection)
            }
        }
    }

    /// Takes everything whole out of `bytes` and keeps the rest.
    private func consume(
        _ bytes: UnsafeMutableRawBufferPointer, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>
    ) {
        var rest = bytes
        if connection.pointee.phase == .handshake {
            guard let headBytes = openHandshake(rest, token, connection) else { return }
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[headBytes...])
        }
        var messages: UInt64 = 0
        defer { if messages > 0 { counters.add(.messagesReceived, messages) } }
        let unfoldable = intake.queue.unfoldableBytes
        var hasPongs = false
        reading: while true {
            let step = connection.pointee.socket.next(rest)
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[step.consumed...])
            switch step.event {
            case .message(let message, _):
                messages &+= 1
                let outcome = intake.receive(
                    message, from: &connection.pointee, index: token.index, receivedNanoseconds: now,
                    counters: counters)
                if case .refused(let code, let reason) = outcome {
                    return refuse(token, CloseCode(rawValue: code), reason)
                }
            case .needMore(let total):
                connection.pointee.neededBytes = max(total, rest.count + 1)
                break reading
            case .ping(let payload):
                hasPongs = true
                var pong = ByteBuffer(capacity: 144)
                pong.appendFrame(.pong, payload)
                connection.pointee.queue(pong.readable)
            case .pong, .nothing: break
            case .close: return finishPeerClose(token)
            case .violation(let code, let reason): return refuse(token, code, reason)
            case .ended: return
            }
        }
        keep(UnsafeRawBufferPointer(rest), of: connection)
        let hadUnfoldable = intake.queue.unfoldableBytes > unfoldable
        if hasPongs {
            // All pings of a read are answered at once, so that they cost two writes however many they are.
            guard handOn(before: token) else { return }
            flush(token)
        }
        settleAfterReading(token, hadUnfoldable: hadUnfoldable)
    }

    private func keep(
        _ rest: UnsafeRawBufferPointer, of connection: UnsafeMutablePointer<VisitorConnection>
    ) {
        if rest.isEmpty {
            connection.pointee.spill.clear()
        } else {
            connection.pointee.spill.keep(rest, total: connection.pointee.neededBytes)
        }
    }

    /// Lets the master work on while this turn lasts, and stops reading from who fills what cannot be folded.
    private func settleAfterReading(_ token: Token, hadUnfoldable: Bool) {
        if intake.queue.count >= WorkerLimits.midTurnFlushBytes { flushChannels() }
        guard hadUnfoldable, intake.queue.isOverUnfoldableLimit,
            let connection = connections.find(token), connection.pointee.phase == .open
        else { return }
        poller.remove(connection.pointee.stream.raw)
        connection.pointee.isPaused = true
        paused.append(token)
        counters.add(.readStalls)
    }

    /// Reads again from connections that waited, once half of the limit has drained.
    func resumePaused() {
        guard !paused.isEmpty, intake.queue.unfoldableBytes < RelayLimits.unfoldableBytes / 2 else { return }
        let tokens = paused
        paused.removeAll()
        for token in tokens {
            guard let connection = connections.find(token), connection.pointee.isPaused else { continue }
            connection.pointee.isPaused = false
            connection.pointee.sinceSeconds = nowSeconds
            do {
                try poller.add(connection.pointee.stream.raw, for: connection.pointee.interest, token: token)
            } catch {
                drop(token)
            }
        }
    }

    // MARK: Opening

    /// Judges a head that may have come in parts; returns its length once frames may follow it.
    private func openHandshake(
        _ bytes: UnsafeMutableRawBufferPointer, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Int? {
        let borrowed = UnsafeRawBufferPointer(bytes)
        switch connection.pointee.parser.parse(borrowed, into: &head) {
        case .incomplete:
            connection.pointee.neededBytes = borrowed.count + WorkerLimits.headGrowthBytes
            keep(borrowed, of: connection)
            return nil
        case .refused(let refusal):
            counters.add(.handshakesRefused)
            answer(token) { HTTPResponseHead.appendRefusal(refusal.status, reason: refusal.reason, to: &$0) }
            endWriting(token)
            return nil
        case .complete(let consumed):
            var reply = ByteBuffer(capacity: 256)
            switch ServerHandshake.evaluate(head, borrowed, policy: policy, into: &reply) {
            case .refuse(let refusal):
                counters.add(refusal == .originNotAllowed ? .originRefused : .handshakesRefused)
                answer(token) { refusal.append(to: &$0) }
                endWriting(token)
                return nil
            case .accept(let subprotocol):
                connection.pointee.socket = WebSocketConnection(role: .server, accepting: subprotocol.kinds)
                connection.pointee.phase = .open
                connection.pointee.sinceSeconds = nowSeconds
                let bytes = reply.readable
                answer(token) { $0.append(bytes) }
                return connections.find(token) == nil ? nil : consumed
            }
        }
    }

    // MARK: Writing

    /// Sends what `body` appends now, as far as the kernel takes it; the rest waits, up to a bound.
    ///
    /// It is made before the connection is touched: what makes it may change the connection.
    func answer(_ token: Token, _ body: (inout ByteBuffer) -> Void) {
        var reply = ByteBuffer(capacity: 256)
        body(&reply)
        guard let connection = connections.find(token) else { return }
        connection.pointee.queue(reply.readable)
        flush(token)
    }

    func flush(_ token: Token) {
        guard let connection = connections.find(token), connection.pointee.outbound != nil else { return }
        while let readable = connection.pointee.outbound?.readable, !readable.isEmpty {
            switch connection.pointee.stream.write(readable) {
            case .bytes(let count): connection.pointee.outbound!.consume(count)
            case .wouldBlock(let interest):
                connection.pointee.writeAwaits = interest
                if readable.count > WorkerLimits.outboundBytes {
                    counters.add(.slowPeersCut)
                    return drop(token)
                }
                return watch(connection, token)
            case .endOfFile, .failed: return drop(token)
            }
        }
        connection.pointee.outbound = nil
        if connection.pointee.phase == .closing { connection.pointee.stream.endWriting() }
        watch(connection, token)
    }

    private func watch(_ connection: UnsafeMutablePointer<VisitorConnection>, _ token: Token) {
        let interest = connection.pointee.interest
        guard interest != connection.pointee.watched, !connection.pointee.isPaused else { return }
        connection.pointee.watched = interest
        try? poller.modify(connection.pointee.stream.raw, for: interest, token: token)
    }
}
