import ByteCore
import HTTPWire
import PosixIO
import WebSocketWire

/// What the server says.
extension VisitorCrowd {
    /// Takes what the poller found on a visitor's socket.
    mutating func ready(_ event: ReadyEvent, now: Int64, poller: borrowing Poller) {
        let index = Int(event.token.index)
        guard index < placeCount, unsafe at(index).pointee.attempt == event.token.generation,
            unsafe at(index).pointee.stream != nil
        else { return }
        if unsafe at(index).pointee.state == .connecting {
            guard event.isWritable else { return }
            connected(index)
            // A peer that greets may have done so already, and that is not told again.
            guard event.isReadable else { return }
        }
        // Whatever has changed may be what a write or a read waits for.
        if unsafe at(index).pointee.isBlocked { unblocked(index, now: now) }
        // The poller tells of a change once: what is there is read to its end, or, where a server does not
        // let it come to one, the poller is made to tell of it again when others have had their turn.
        for _ in 0..<LoadLimits.readsPerTurn {
            guard unsafe at(index).pointee.stream != nil, read(index, now: now) else { return }
        }
        guard unsafe at(index).pointee.stream != nil else { return }
        try? unsafe poller.modify(at(index).pointee.raw, for: .everyChange, token: token(index))
    }

    /// Reads once; returns whether there may be more.
    private mutating func read(_ index: Int, now: Int64) -> Bool {
        let visitor = unsafe at(index)
        let kept = unsafe visitor.pointee.spill.count
        // A head at most is kept, and there is room behind it.
        unsafe scratch.room.copyMemory(from: visitor.pointee.spill)
        let free = unsafe UnsafeMutableRawBufferPointer(rebasing: scratch.room[kept...])
        switch unsafe visitor.pointee.stream!.read(into: free) {
        case .wouldBlock: return false
        case .failed(let code):
            fail(index, Fault(.lost, code))
            return false
        case .endOfFile:
            let isOpen = unsafe visitor.pointee.state == .open || visitor.pointee.state == .greeting
            let early = Fault(.notWebSocket, Fault.NotWebSocket.closedBeforeAnswering.rawValue)
            unsafe fail(
                index,
                isOpen ? Fault(.closed, Int32(visitor.pointee.connection.endCode.rawValue)) : early)
            return false
        case .bytes(let count):
            tally.bytesIn += Int64(count)
            var bytes = unsafe UnsafeMutableRawBufferPointer(rebasing: scratch.room[..<(kept + count)])
            if unsafe visitor.pointee.state == .upgrading {
                guard let rest = unsafe readAnswer(index, bytes, now) else { return true }
                unsafe bytes = rest
            }
            if unsafe [.open, .greeting].contains(at(index).pointee.state) {
                unsafe readFrames(index, bytes, now)
            }
            // The poller does not tell of an end that was there already, behind these bytes.
            return true
        }
    }

    /// What follows the handshake's answer; nil while it is not whole, or is no answer.
    private mutating func readAnswer(
        _ index: Int, _ bytes: UnsafeMutableRawBufferPointer, _ now: Int64
    ) -> UnsafeMutableRawBufferPointer? {
        let readable = UnsafeRawBufferPointer(bytes)
        switch unsafe at(index).pointee.parser.parse(readable, into: &scratch.response) {
        case .incomplete: unsafe at(index).pointee.keep(spill: readable)
        case .interim(let consumed):
            return unsafe readAnswer(index, UnsafeMutableRawBufferPointer(rebasing: bytes[consumed...]), now)
        case .refused(let refusal): fail(index, Fault(.notWebSocket, Fault.NotWebSocket(refusal).rawValue))
        case .complete(let consumed):
            let handshake = ClientHandshake(nonce: secrets(index).nonce, offering: subprotocol)
            switch unsafe handshake.check(scratch.response, readable) {
            case .refused(let status): fail(index, Fault(.rejected, Int32(status)))
            case .violated: fail(index, Fault(.notWebSocket, Fault.NotWebSocket.wrongAnswer.rawValue))
            case .opened:
                if plan.format == .v1 {
                    greet(index, now: now)
                } else {
                    opened(index, now: now)
                    afterOpening(index, now: now)
                }
                return unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[consumed...])
            }
        }
        return nil
    }

    /// Answers control frames, and passes over messages unless the format has some for visitors.
    private mutating func readFrames(
        _ index: Int, _ bytes: UnsafeMutableRawBufferPointer, _ now: Int64
    ) {
        let visitor = unsafe at(index)
        var rest = unsafe bytes
        var answer = ByteBuffer(capacity: 16)
        while true {
            let step = unsafe visitor.pointee.connection.next(rest)
            switch step.event {
            case .needMore:
                unsafe visitor.pointee.keep(spill: UnsafeRawBufferPointer(rest))
                if !answer.isEmpty, case .wouldBlock = unsafe visitor.pointee.write(answer.readable) {
                    block(index)
                }
                return
            case .message(let message, _):
                guard plan.format == .v1 else { break }
                unsafe heard(UnsafeRawBufferPointer(message), by: index, now: now)
                guard unsafe visitor.pointee.stream != nil else { return }
            case .nothing, .deflated: break
            case .pong:
                if unsafe visitor.pointee.awaitsPong {
                    unsafe visitor.pointee.awaitsPong = false
                    tally.through += 1
                }
            case .ping(let payload):
                // Of several pings the newest may be answered alone (RFC 6455 section 5.5.3), and none while
                // answers wait already: a server that asks without end and reads nothing fills no memory.
                guard unsafe !visitor.pointee.isBlocked else { break }
                answer.removeAll()
                unsafe answer.appendFrame(.pong, payload, maskKey: visitor.pointee.maskKey)
            case .close:
                _ = unsafe visitor.pointee.connection.answerClose(
                    into: &answer, maskKey: visitor.pointee.maskKey)
                _ = unsafe visitor.pointee.write(answer.readable)
                return unsafe fail(index, Fault(.closed, Int32(visitor.pointee.connection.endCode.rawValue)))
            case .violation:
                return fail(index, Fault(.notWebSocket, Fault.NotWebSocket.frames.rawValue))
            case .ended:
                return unsafe fail(index, Fault(.closed, Int32(visitor.pointee.connection.endCode.rawValue)))
            }
            unsafe rest = UnsafeMutableRawBufferPointer(rebasing: rest[step.consumed...])
        }
    }

    /// The socket takes nothing now.
    mutating func block(_ index: Int) {
        guard unsafe !at(index).pointee.isBlocked, unsafe at(index).pointee.stream != nil else { return }
        unsafe at(index).pointee.isBlocked = true
        tally.blocked += 1
    }

    /// The socket has room again: first what waits for it, then what fell due meanwhile.
    private mutating func unblocked(_ index: Int, now: Int64) {
        switch unsafe at(index).pointee.flush() {
        case .bytes: break
        case .wouldBlock: return
        case .endOfFile: return fail(index, Fault(.lost))
        case .failed(let code): return fail(index, Fault(.lost, code))
        }
        unsafe at(index).pointee.isBlocked = false
        tally.blocked -= 1
        afterOpening(index, now: now)
    }
}
