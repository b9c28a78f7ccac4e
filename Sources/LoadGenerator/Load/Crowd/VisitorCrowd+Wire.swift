import ByteCore
import PointerEvents
import PosixIO
import WebSocketWire

/// Visitors who speak `pointerscope.v1`.
extension VisitorCrowd {
    /// Says hello; samples follow the server's welcome.
    mutating func greet(_ index: Int, now: Int64) {
        let visitor = unsafe at(index)
        unsafe visitor.pointee.state = .greeting
        unsafe encoders[index] = WireV1Encoder()
        wire.removeAll()
        unsafe wire.appendHello(
            instance: secrets(index).nonce.1, now: now,
            with: &encoders[index], maskKey: visitor.pointee.maskKey)
        switch unsafe visitor.pointee.write(wire.bytes) {
        case .bytes: break
        case .wouldBlock: block(index)
        case .endOfFile: fail(index, Fault(.lost))
        case .failed(let code): fail(index, Fault(.lost, code))
        }
    }

    /// Makes the messages of one write.
    mutating func encodeWire(_ index: Int, due: Int64) {
        let visitor = unsafe at(index)
        wire.removeAll()
        for _ in 0..<plan.coalesce {
            let (first, point) = next(index, due: due)
            let time =
                plan.mode == .drain
                ? unsafe encoders[index].time + Int64(plan.batch) * wire.spacing
                : WireFrames.clock(nanoseconds: begin &+ due)
            unsafe wire.append(
                visitor: share.visitors.lowerBound + index, sequence: first, count: plan.batch, time: time,
                point: point, with: &encoders[index],
                maskKey: visitor.pointee.maskKey)
        }
    }

    /// Takes a message of the server.
    mutating func heard(_ message: UnsafeRawBufferPointer, by index: Int, now: Int64) {
        var reader = unsafe ServerMessageReader(message)
        do throws(WireV1Fault) {
            while let record = try reader.next() {
                switch record {
                case .welcome(let welcome):
                    guard unsafe at(index).pointee.state == .greeting else { continue }
                    let (rate, batch) = (welcome.samplesPerSecond, welcome.batchMilliseconds)
                    ask(index, for: rate, every: batch, now: now)
                    opened(index, now: now)
                    afterOpening(index, now: now)
                case .resync: unsafe encoders[index].receivedResync()
                case .moveAway(let spread):
                    var random = SeededRandom(seed: UInt64(truncatingIfNeeded: now) ^ UInt64(index))
                    let wait = Int64(random.index(below: Int(spread) + 1)) * 1_000_000
                    moves.append((index, now &+ wait))
                    nextMove = min(nextMove, now &+ wait)
                case .rate(let rate, let batch): ask(index, for: rate, every: batch, now: now)
                case .stop(.privacy), .stop(.notAdmitted):
                    return fail(index, Fault(.closed, Int32(CloseCode.policyViolation.rawValue)))
                }
                guard unsafe at(index).pointee.stream != nil else { return }
            }
        } catch {
            fail(index, Fault(.notWebSocket, Fault.NotWebSocket.frames.rawValue))
        }
    }
}
