import ByteCore
import PointerEvents
import PosixIO
import RelayWire
import Telemetry
import WebSocketWire

/// What connections send: read in turns, taken whole, and not read while the master cannot take it.
extension IngestWorker {
    func connectionReady(_ event: ReadyEvent) {
        let token = event.token
        if let connection = connections.find(token), event.isReady(for: connection.pointee.writeAwaits) {
            flush(token)
        }
        guard let connection = connections.find(token), !connection.pointee.isPaused,
            event.isReady(for: connection.pointee.readAwaits)
        else { return }
        // One message's worth a turn, so that a loud visitor does not starve the others.
        switch connection.pointee.phase {
        case .closing: drain(token)
        case .handshake, .open: read(token)
        }
    }

    /// Reads from a connection, unless the queue has no room for what it brings.
    private func read(_ token: Token) {
        guard let connection = connections.find(token) else { return }
        guard !mustWait(connection) else { return pause(token) }
        connection.pointee.bringsUnfoldable = false
        guard receive(token, connection) else { return }
        // The rest of what is begun has often come meanwhile, and nobody is to wait with half a message.
        if connection.pointee.phase == .open, !connection.pointee.spill.isEmpty {
            guard receive(token, connection) else { return }
        }
        if intake.queue.count >= WorkerLimits.midTurnFlushBytes { flushChannels() }
        guard let connection = connections.find(token), connection.pointee.phase == .open else { return }
        if mustWait(connection) { pause(token) }
    }

    /// Whether the queue has no room for what a connection is likely to bring, or others were there before.
    private func mustWait(_ connection: UnsafeMutablePointer<VisitorConnection>) -> Bool {
        if intake.queue.isAtUnfoldableCeiling { return true }
        guard connection.pointee.bringsUnfoldable else { return false }
        return intake.queue.isOverUnfoldableLimit || !paused.isEmpty
    }

    /// Reads once and takes everything whole out of it; false where nothing came or nothing more will count.
    func receive(_ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>) -> Bool {
        let kept = connection.pointee.spill.count
        // Behind the start of a frame its rest alone is read, so that what is kept ends with it.
        let room =
            kept == 0
            ? receiveBuffer
            : UnsafeMutableRawBufferPointer(
                rebasing: receiveBuffer.prefix(connection.pointee.neededBytes - kept))
        switch connection.pointee.stream.read(into: room) {
        case .wouldBlock(let interest):
            connection.pointee.readAwaits = interest
            watch(token)
            return false
        case .endOfFile, .failed:
            drop(token)
            return false
        case .bytes(let count):
            if connection.pointee.readAwaits != .readable {
                connection.pointee.readAwaits = .readable
                watch(token)
                guard connections.find(token) != nil else { return false }
            }
            // A head has its time in all, however it trickles in.
            if connection.pointee.phase == .open { connection.pointee.sinceSeconds = nowSeconds }
            connection.pointee.isPinged = false
            counters.add(.bytesReceived, UInt64(count))
            let bytes = UnsafeMutableRawBufferPointer(rebasing: room[..<count])
            if kept == 0 { return consume(bytes, token, connection) }
            connection.pointee.spill.append(UnsafeRawBufferPointer(bytes))
            return consume(connection.pointee.spill.contents, token, connection)
        }
    }

    /// Takes everything whole out of `bytes` and keeps the rest; false where nothing more will count.
    private func consume(
        _ bytes: UnsafeMutableRawBufferPointer, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        var rest = bytes
        if connection.pointee.phase == .handshake {
            guard let headBytes = openHandshake(rest, token, connection) else { return false }
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[headBytes...])
        }
        var messages: UInt64 = 0
        defer { if messages > 0 { counters.add(.messagesReceived, messages) } }
        let unfoldable = intake.queue.unfoldableBytes
        var hasPongs = false
        var hasFinished = false
        reading: while true {
            let step = connection.pointee.socket.next(rest)
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[step.consumed...])
            switch step.event {
            case .message(let message, let opcode):
                messages &+= 1
                let outcome = intake.receive(
                    message, MessageKind(opcode), from: &connection.pointee, index: token.index,
                    receivedNanoseconds: now, counters: counters)
                if case .refused(let code, let reason) = outcome {
                    refuse(token, CloseCode(rawValue: code), reason)
                    return false
                }
            case .needMore(let total):
                connection.pointee.neededBytes = max(total, rest.count + 1)
                break reading
            case .ping(let payload):
                hasPongs = true
                if !connection.pointee.socket.isMidMessage { hasFinished = true }
                var pong = ByteBuffer(capacity: 144)
                pong.appendFrame(.pong, payload)
                connection.pointee.queue(pong.readable)
            case .pong: if !connection.pointee.socket.isMidMessage { hasFinished = true }
            case .nothing: break
            case .close:
                finishPeerClose(token)
                return false
            case .violation(let code, let reason):
                refuse(token, code, reason)
                return false
            case .ended: return false
            }
        }
        if intake.queue.unfoldableBytes > unfoldable { connection.pointee.bringsUnfoldable = true }
        connection.pointee.spill.keep(UnsafeRawBufferPointer(rest))
        hasFinished = hasFinished || messages > 0
        connection.pointee.setUnfinished(hasFinished: hasFinished, nowSeconds: nowSeconds)
        if hasPongs {
            // All pings of a read are answered at once, so that they cost two writes however many they are.
            guard handOn(before: token) else { return false }
            flush(token)
        }
        account(for: token, isFresh: hasFinished)
        return connections.find(token)?.pointee.phase == .open
    }

    // MARK: Waiting for the master

    /// Reads no more from a connection until what cannot be folded has drained.
    private func pause(_ token: Token) {
        guard let connection = connections.find(token) else { return }
        // Who has its turn among those who wait was stopped before.
        if !connection.pointee.watched.isEmpty { counters.add(.readStalls) }
        connection.pointee.isPaused = true
        paused.append(token)
        watch(token)
    }

    /// Whether somebody waits who may be read.
    var canResume: Bool { !paused.isEmpty && intake.queue.hasRoomForUnfoldable }

    /// Reads from connections that waited, in the order in which they began to, while there is room.
    ///
    /// They come before all others, and who brings more that cannot be folded goes behind those who wait
    /// still: so nobody starves, whatever the others send.
    func resumePaused() {
        var left = WorkerLimits.resumedPerTurn
        while left > 0, canResume, let token = paused.popFirst() {
            // Who was closed meanwhile waits no more.
            guard let connection = connections.find(token), connection.pointee.isPaused else { continue }
            left -= 1
            connection.pointee.isPaused = false
            // It could not be heard.
            connection.pointee.sinceSeconds = nowSeconds
            if connection.pointee.unfinishedSinceSeconds != VisitorConnection.never {
                connection.pointee.unfinishedSinceSeconds = nowSeconds
            }
            connection.pointee.bringsUnfoldable = false
            read(token)
            watch(token)
        }
    }
}
