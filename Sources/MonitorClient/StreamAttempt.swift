import ByteCore
import Glibc
import HTTPWire
import PosixIO
import TLSClient

/// One try to get a server's event stream, from connect(2) to the stream's end.
///
/// ```
///  connecting ──▶ securing ──▶ awaiting the answer ──200, text/event-stream──▶ streaming
///   each address   https only   head within 5 s                               silent for 40 s at most
///   within 5 s     within 5 s
/// ```
final class StreamAttempt {
    private enum State {
        case connecting
        case securing
        case awaitingHead
        case streaming
    }

    private var state = State.connecting
    private var stream: ServerTransport
    private let reach: Reach
    private var addresses: ArraySlice<SocketAddress>
    private let request: [UInt8]
    private let token: Token
    private var input = ByteBuffer(capacity: 4096)
    private var parser = HTTPResponseParser()
    private var head = HTTPParsedResponse()
    private var chunks: ChunkedDecoder?
    private var hasSpoken = false
    /// A connection is there when it turns writable.
    private var watched: Interest = .writable
    /// When patience ends, in monotonic nanoseconds.
    private(set) var deadline: Int64

    /// How a server is reached, whichever of its addresses takes the connection.
    struct Reach {
        /// Who has to answer, where it is under TLS.
        let host: String
        /// Nil for plain bytes.
        let trust: TLSTrust?
    }

    /// Begins to connect to the first of `addresses` that does not refuse at once.
    init(
        to addresses: [SocketAddress], _ reach: Reach, request: [UInt8], token: Token,
        _ poller: borrowing Poller, now: Int64
    ) throws(StreamRefusal) {
        self.request = request
        self.token = token
        self.reach = reach
        self.addresses = addresses[...]
        stream = try Self.connectNext(of: &self.addresses, reach, code: ENXIO, token, poller)
        deadline = now + TopLimits.nanoseconds(TopLimits.connectSeconds)
    }

    private static func connectNext(
        of addresses: inout ArraySlice<SocketAddress>, _ reach: Reach, code: Int32, _ token: Token,
        _ poller: borrowing Poller
    ) throws(StreamRefusal) -> ServerTransport {
        let descriptor = try connectNext(of: &addresses, code: code, token, poller)
        guard let trust = reach.trust else { return ServerTransport(plain: descriptor) }
        do throws(TLSFailure) {
            return try ServerTransport(descriptor, trusting: trust, host: reach.host)
        } catch {
            throw StreamRefusal(failure: .insecure(error))
        }
    }

    private static func connectNext(
        of addresses: inout ArraySlice<SocketAddress>, code: Int32, _ token: Token,
        _ poller: borrowing Poller
    ) throws(StreamRefusal) -> Descriptor {
        var code = code
        while let address = addresses.popFirst() {
            do throws(SystemError) {
                let descriptor = try connecting(to: address)
                try poller.add(descriptor.raw, for: .writable, token: token)
                return descriptor
            } catch {
                code = error.code
            }
        }
        throw StreamRefusal(failure: .unreachable(code))
    }

    /// Takes what the poller found; `body` gets the stream's bytes. Returns why it is over, if it is.
    func handle(
        _ event: ReadyEvent, _ poller: borrowing Poller, room: UnsafeMutableRawBufferPointer, now: Int64,
        _ body: (UnsafeRawBufferPointer) -> StreamFailure?
    ) -> StreamFailure? {
        if case .connecting = state {
            let code = connectionError(of: stream.raw)
            guard code == 0 else { return tryNext(after: .unreachable(code), code: code, poller, now: now) }
            state = .securing
            deadline = now + TopLimits.nanoseconds(TopLimits.connectSeconds)
        }
        if case .securing = state { return secure(poller, now: now) }
        for _ in 0..<TopLimits.readsPerTurn {
            switch unsafe stream.read(into: room) {
            case .bytes(let count):
                if let failure = watch(for: .readable, poller) { return failure }
                let bytes = unsafe UnsafeRawBufferPointer(rebasing: room[..<count])
                if let failure = unsafe take(bytes, now: now, body) { return failure }
                if count < room.count { return nil }
            case .wouldBlock(let interest): return watch(for: interest, poller)
            case .endOfFile: return isStreaming ? .ended : .closedUnanswered
            case .failed(let code): return .broken(code)
            }
        }
        return nil
    }

    /// Says why it is over when its time has come.
    func expire(_ poller: borrowing Poller, now: Int64) -> StreamFailure? {
        guard now >= deadline else { return nil }
        switch state {
        case .connecting: return tryNext(after: .connectTimeout, code: ETIMEDOUT, poller, now: now)
        case .securing: return .handshakeTimeout
        case .awaitingHead: return .noAnswer
        case .streaming: return hasSpoken ? .silent : .mute
        }
    }

    /// Takes in that something a Pointerscope server says was among the bytes.
    func spoke(now: Int64) {
        hasSpoken = true
        deadline = now + TopLimits.nanoseconds(TopLimits.silenceSeconds)
    }

    /// Stops having the descriptor watched; it closes with this object.
    func unwatch(_ poller: borrowing Poller) { poller.remove(stream.raw) }

    private var isStreaming: Bool {
        if case .streaming = state { return true }
        return false
    }

    private func tryNext(
        after failure: StreamFailure, code: Int32, _ poller: borrowing Poller, now: Int64
    ) -> StreamFailure? {
        guard !addresses.isEmpty else { return failure }
        poller.remove(stream.raw)
        do throws(StreamRefusal) {
            stream = try Self.connectNext(of: &addresses, reach, code: code, token, poller)
            deadline = now + TopLimits.nanoseconds(TopLimits.connectSeconds)
            return nil
        } catch {
            return error.failure
        }
    }

    private func secure(_ poller: borrowing Poller, now: Int64) -> StreamFailure? {
        switch stream.handshake() {
        case .done: return ask(poller, now: now)
        case .wouldBlock(let interest): return watch(for: interest, poller)
        case .failed(let failure): return .insecure(failure)
        }
    }

    private func ask(_ poller: borrowing Poller, now: Int64) -> StreamFailure? {
        state = .awaitingHead
        deadline = now + TopLimits.nanoseconds(TopLimits.answerSeconds)
        if let failure = watch(for: .readable, poller) { return failure }
        // The first bytes of a connection always find room.
        guard case .bytes(request.count) = unsafe request.withUnsafeBytes({ unsafe stream.write($0) }) else {
            return .broken(EPIPE)
        }
        return nil
    }

    /// Waits for something else than before, if it is that.
    private func watch(for interest: Interest, _ poller: borrowing Poller) -> StreamFailure? {
        guard interest != watched else { return nil }
        watched = interest
        do throws(SystemError) {
            try poller.modify(stream.raw, for: interest, token: token)
            return nil
        } catch {
            return .system(error.text)
        }
    }

    private func take(
        _ bytes: UnsafeRawBufferPointer, now: Int64, _ body: (UnsafeRawBufferPointer) -> StreamFailure?
    ) -> StreamFailure? {
        if isStreaming { return unsafe pass(bytes, now: now, body) }
        unsafe input.append(bytes)
        // Else a peer that never ends a line would only be found out by its silence.
        guard unsafe zip(input.readable, "HTTP/1.".utf8).allSatisfy({ $0 == $1 }) else {
            return .notHTTP("it begins otherwise")
        }
        while case .awaitingHead = state {
            switch unsafe parser.parse(input.readable, into: &head) {
            case .incomplete: return nil
            case .refused(let refusal):
                return refusal.isLimit ? .answerTooLong("\(refusal.reason)") : .notHTTP("\(refusal.reason)")
            case .interim(let consumed): input.consume(consumed)
            case .complete(let consumed):
                if let failure = judgeHead() { return failure }
                state = .streaming
                deadline = now + TopLimits.nanoseconds(TopLimits.answerSeconds)
                input.consume(consumed)
            }
        }
        defer { input.removeAll(shrinkingTo: 64) }
        return unsafe pass(input.readable, now: now, body)
    }

    private func judgeHead() -> StreamFailure? {
        guard head.status == 200 else { return .status(head.status) }
        guard unsafe head.fields.hasMediaType("text/event-stream", in: input.readable) else {
            return .notAStream
        }
        switch head.framing {
        case .chunked: chunks = ChunkedDecoder()
        case .untilClose: break
        // A stream that has a length is none.
        case .none, .length: return .notAStream
        }
        return nil
    }

    private func pass(
        _ bytes: UnsafeRawBufferPointer, now: Int64, _ body: (UnsafeRawBufferPointer) -> StreamFailure?
    ) -> StreamFailure? {
        // Comments keep a stream alive, but not one that has never said anything.
        if hasSpoken { deadline = now + TopLimits.nanoseconds(TopLimits.silenceSeconds) }
        guard chunks != nil else { return unsafe body(bytes) }
        var offset = 0
        while let step = unsafe chunks?.next(bytes, offset: &offset) {
            switch step {
            case .needMore: return nil
            case .ended: return .ended
            case .malformed: return .brokenChunks
            case .bytes(let range):
                if let failure = unsafe body(UnsafeRawBufferPointer(rebasing: bytes[range])) {
                    return failure
                }
            }
        }
        return nil
    }
}

/// No address of a server can be connected to.
struct StreamRefusal: Error {
    let failure: StreamFailure
}
