import ByteCore
import HTTPWire
import PosixIO
import WebSocketWire

/// One visitor's WebSocket to the ingest port, from connect(2) to its end, on a non-blocking socket.
///
/// ```
///  connecting ──writable──▶ upgrading ──101──▶ open ──close()──▶ closing ──▶ ended
///       └──────────────────────┴─────────────────┴── error, refusal, end of file ──▲
/// ```
struct VisitorLink: ~Copyable {
    private enum State {
        case connecting
        case upgrading
        case open
        case closing
        case ended
    }

    private var state = State.connecting
    private let stream: ByteStream
    private let handshake: ClientHandshake
    private var parser = HTTPResponseParser()
    private var connection = WebSocketConnection(role: .client, accepting: .skipped)
    /// The start of a head or frame that is not whole yet.
    private var spill = ByteBuffer(capacity: 16)
    private var outbound = WriteQueue()
    private var watched: Interest = []
    /// What a read waits for, and a write while something is backlogged.
    private var readAwaits: Interest = .readable
    private var writeAwaits: Interest = .writable

    /// Begins to connect; `nonce` is the handshake's 16 random bytes, `origin` what a page's browser would
    /// name.
    init(
        to address: SocketAddress, nonce: (UInt64, UInt64), origin: String? = nil
    ) throws(SystemError) {
        stream = ByteStream(try connecting(to: address))
        handshake = ClientHandshake(nonce: nonce, offering: .json)
        let target: StaticString = "/"
        let host = Array(address.authority.utf8)
        let origin = origin.map { Array($0.utf8) }
        outbound.append { queue in
            unsafe host.withUnsafeBytes { host in
                unsafe (origin ?? []).withUnsafeBytes { bytes in
                    unsafe handshake.appendRequest(
                        to: &queue,
                        target: UnsafeRawBufferPointer(
                            start: target.utf8Start, count: target.utf8CodeUnitCount),
                        host: host, origin: origin == nil ? nil : bytes)
                }
            }
        }
    }

    /// The socket, for the poller.
    var raw: Int32 { stream.raw }
    /// Whether samples can be sent.
    var isOpen: Bool { state == .open }
    /// Whether what is to be sent is waiting for the socket.
    var isBacklogged: Bool { !outbound.isEmpty }
    /// Bytes that wait for the socket.
    var backlogBytes: Int { outbound.count }

    /// Brings the poller's registration in line with what the link waits for.
    mutating func watch(with poller: borrowing Poller, token: Token) throws(SystemError) {
        var wanted = readAwaits
        if state == .connecting { wanted = .writable }
        if isBacklogged { wanted.formUnion(writeAwaits) }
        guard wanted != watched else { return }
        if watched.isEmpty {
            try poller.add(stream.raw, for: wanted, token: token)
        } else {
            try poller.modify(stream.raw, for: wanted, token: token)
        }
        watched = wanted
    }

    /// Appends one sample as a text frame; `flush` sends it.
    @inline(__always)
    mutating func append(text: UnsafeRawBufferPointer, maskKey: UInt32) {
        outbound.append { queue in unsafe queue.appendFrame(.text, text, maskKey: maskKey) }
    }

    /// Writes what the socket takes; nil unless the link ended by it.
    mutating func flush() -> LinkEnding? {
        switch outbound.flush(to: stream) {
        case .bytes: return nil
        case .wouldBlock(let interest):
            writeAwaits = interest
            return nil
        case .endOfFile: return ended(.lost(code: 0))
        case .failed(let code): return ended(.lost(code: code))
        }
    }

    /// Closes as a page does that is left (1001); the server's answer is awaited, no longer than the owner
    /// likes.
    mutating func close(maskKey: UInt32) -> LinkEnding? {
        guard state == .open else { return ended(.lost(code: 0)) }
        state = .closing
        outbound.append { queue in
            _ = connection.close(.goingAway, into: &queue, maskKey: maskKey)
        }
        return flush()
    }

    /// Takes what the poller found.
    mutating func ready(
        _ event: ReadyEvent, scratch: inout LinkScratch, masks: inout MaskKeys
    ) -> LinkProgress {
        if state == .connecting {
            guard event.isWritable else { return .waiting }
            let code = connectionError(of: stream.raw)
            guard code == 0 else { return .ended(ended(.unreachable(code: code))) }
            state = .upgrading
        }
        if event.isReady(for: writeAwaits), let ending = flush() { return .ended(ending) }
        guard event.isReady(for: readAwaits) else { return .waiting }
        return read(&scratch, &masks)
    }

    private mutating func read(_ scratch: inout LinkScratch, _ masks: inout MaskKeys) -> LinkProgress {
        let kept = spill.count
        unsafe scratch.room.copyMemory(from: spill.readable)
        spill.removeAll()
        let free = unsafe UnsafeMutableRawBufferPointer(rebasing: scratch.room[kept...])
        switch unsafe stream.read(into: free) {
        case .bytes(let count):
            readAwaits = .readable
            let bytes = unsafe UnsafeMutableRawBufferPointer(rebasing: scratch.room[..<(kept + count)])
            return unsafe took(bytes, &scratch.response, &masks)
        case .wouldBlock(let interest):
            readAwaits = interest
            unsafe spill.append(UnsafeRawBufferPointer(rebasing: scratch.room[..<kept]))
            return .waiting
        case .endOfFile:
            return .ended(
                ended(
                    state == .upgrading
                        ? .notWebSocket("closed before answering") : .closed(connection.endCode)))
        case .failed(let code):
            return .ended(ended(.lost(code: code)))
        }
    }

    private mutating func took(
        _ bytes: UnsafeMutableRawBufferPointer, _ response: inout HTTPParsedResponse,
        _ masks: inout MaskKeys
    ) -> LinkProgress {
        guard state == .upgrading else { return unsafe tookFrames(bytes, &masks) ?? .waiting }
        let readable = UnsafeRawBufferPointer(bytes)
        switch unsafe parser.parse(readable, into: &response) {
        case .incomplete:
            unsafe spill.append(readable)
            return .waiting
        case .interim(let consumed):
            return unsafe took(UnsafeMutableRawBufferPointer(rebasing: bytes[consumed...]), &response, &masks)
        case .refused(let refusal):
            return .ended(ended(.notWebSocket("\(refusal.reason)")))
        case .complete(let consumed):
            switch unsafe handshake.check(response, readable) {
            case .refused(let status): return .ended(ended(.rejected(status: status)))
            case .violated(let violation): return .ended(ended(.notWebSocket("\(violation.reason)")))
            case .opened: state = .open
            }
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[consumed...])
            return unsafe tookFrames(rest, &masks) ?? .opened
        }
    }

    /// Answers the server's control frames; a server has nothing else to say to a visitor.
    private mutating func tookFrames(
        _ bytes: UnsafeMutableRawBufferPointer, _ masks: inout MaskKeys
    ) -> LinkProgress? {
        var rest = unsafe bytes
        while true {
            let step = unsafe connection.next(rest)
            switch step.event {
            case .needMore:
                unsafe spill.append(UnsafeRawBufferPointer(rest))
                return flush().map { .ended($0) }
            case .message, .deflated, .pong, .nothing: break
            case .ping(let payload):
                let key = masks.next()
                outbound.append { queue in unsafe queue.appendFrame(.pong, payload, maskKey: key) }
            case .close:
                let key = masks.next()
                outbound.append { queue in _ = connection.answerClose(into: &queue, maskKey: key) }
                _ = flush()
                return .ended(ended(.closed(connection.endCode)))
            case .violation(let code, let reason):
                let key = masks.next()
                outbound.append { queue in
                    _ = connection.fail(code, reason: reason, into: &queue, maskKey: key)
                }
                _ = flush()
                return .ended(ended(.notWebSocket("\(reason)")))
            case .ended:
                return .ended(ended(.closed(connection.endCode)))
            }
            unsafe rest = UnsafeMutableRawBufferPointer(rebasing: rest[step.consumed...])
        }
    }

    private mutating func ended(_ ending: LinkEnding) -> LinkEnding {
        state = .ended
        return ending
    }
}
