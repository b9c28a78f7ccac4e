import ByteCore
import Glibc
import HTTPWire
import PosixIO
import TLSClient
import WebSocketWire

/// One connection to a server, for one question; every wait has an end.
final class ProbeConnection {
    private let stream: ServerTransport
    private var input = ByteBuffer(capacity: 4096)
    private var chunks: ChunkedDecoder?
    /// Bytes of the body that are still to come; nil where the connection's end or chunks end it.
    private var left: Int?
    private var isBodyOver = false
    private var room = [UInt8](repeating: 0, count: Limits.readBytes)

    /// Connects to `address` and makes the handshake, where `trust` is there.
    init(to address: SocketAddress, host: String, trust: TLSTrust?) throws(ProbeFailure) {
        let descriptor = try Self.connect(to: address)
        guard let trust else {
            stream = ServerTransport(plain: descriptor)
            return
        }
        do throws(TLSFailure) {
            stream = try ServerTransport(descriptor, trusting: trust, host: host)
        } catch {
            throw .insecure(error)
        }
        let deadline = MonotonicClock.now() + Limits.nanoseconds(Limits.connectMilliseconds)
        while true {
            switch stream.handshake() {
            case .done: return
            case .failed(let failure): throw .insecure(failure)
            case .wouldBlock(let interest):
                guard waitUntilReady(stream.raw, for: interest, deadline: deadline) else {
                    throw .handshakeTimeout
                }
            }
        }
    }

    private static func connect(to address: SocketAddress) throws(ProbeFailure) -> Descriptor {
        let descriptor: Descriptor
        do throws(SystemError) {
            descriptor = try connecting(to: address)
        } catch {
            throw .unreachable(error.code)
        }
        let deadline = MonotonicClock.now() + Limits.nanoseconds(Limits.connectMilliseconds)
        guard waitUntilReady(descriptor.raw, for: .writable, deadline: deadline) else {
            throw .connectTimeout
        }
        let code = connectionError(of: descriptor.raw)
        guard code == 0 else { throw .unreachable(code) }
        return descriptor
    }

    /// What the server showed; nil for a plain connection.
    var peer: (certificate: PeerCertificate, version: String)? {
        guard let certificate = stream.peer, let version = stream.version else { return nil }
        return (certificate, version)
    }

    /// Writes all of it.
    func send(_ bytes: [UInt8]) throws(ProbeFailure) {
        let deadline = MonotonicClock.now() + Limits.nanoseconds(Limits.answerMilliseconds)
        var rest = bytes[...]
        while !rest.isEmpty {
            switch unsafe rest.withUnsafeBytes({ unsafe stream.write($0) }) {
            case .bytes(let count): rest = rest.dropFirst(count)
            case .wouldBlock(let interest):
                guard waitUntilReady(stream.raw, for: interest, deadline: deadline) else { throw .noAnswer }
            case .endOfFile: throw .hungUp
            case .failed(let code): throw .broken(code)
            }
        }
    }

    /// Reads an answer up to the end of its head.
    func readHead() throws(ProbeFailure) -> Answer { try unsafe readHead { _, _ in }.answer }

    /// The same for the answer to an opening handshake, and what that comes to.
    func readHead(
        answering handshake: ClientHandshake
    ) throws(ProbeFailure) -> (answer: Answer, outcome: ClientHandshakeOutcome) {
        let (answer, outcome) = try unsafe readHead { head, bytes in unsafe handshake.check(head, bytes) }
        return (answer, outcome)
    }

    private func readHead<Seen>(
        _ judge: (borrowing HTTPParsedResponse, UnsafeRawBufferPointer) -> Seen
    ) throws(ProbeFailure) -> (answer: Answer, seen: Seen) {
        let deadline = MonotonicClock.now() + Limits.nanoseconds(Limits.answerMilliseconds)
        var parser = HTTPResponseParser()
        var head = HTTPParsedResponse()
        while true {
            switch unsafe parser.parse(input.readable, into: &head) {
            case .incomplete:
                let (bytes, isOver) = try read(until: deadline)
                if bytes.isEmpty { throw isOver ? .hungUp : .noAnswer }
                unsafe bytes.withUnsafeBytes { unsafe input.append($0) }
            case .refused(let refusal): throw .notHTTP("\(refusal.reason)")
            case .interim(let consumed): input.consume(consumed)
            case .complete(let consumed):
                let answer = unsafe Answer(head, input.readable)
                let seen = unsafe judge(head, input.readable)
                begin(head.framing)
                input.consume(consumed)
                return (answer, seen)
            }
        }
    }

    private func begin(_ framing: HTTPBodyFraming) {
        switch framing {
        case .none: isBodyOver = true
        case .length(let count):
            left = count
            isBodyOver = count == 0
        case .chunked: chunks = ChunkedDecoder()
        case .untilClose: break
        }
    }

    /// Reads up to `limit` bytes of the body, as far as they come.
    func readBody(limit: Int = Limits.bodyBytes) -> [UInt8] {
        let deadline = MonotonicClock.now() + Limits.nanoseconds(Limits.answerMilliseconds)
        var body: [UInt8] = []
        while body.count < limit, let more = readMore(until: deadline) { body += more }
        return Array(body.prefix(limit))
    }

    /// Reads more of the body; nil at its end, and where nothing comes by the deadline.
    func readMore(until deadline: Int64) -> [UInt8]? {
        while !isBodyOver {
            var bytes = unsafe Array(input.readable)
            if bytes.isEmpty {
                guard let (more, _) = try? read(until: deadline), !more.isEmpty else { return nil }
                bytes = more
            }
            input.removeAll()
            let body = decoded(bytes)
            if !body.isEmpty { return body }
        }
        return nil
    }

    /// What of the bytes is the body's.
    private func decoded(_ bytes: [UInt8]) -> [UInt8] {
        if let left {
            self.left = left - min(left, bytes.count)
            isBodyOver = self.left == 0
            return Array(bytes.prefix(left))
        }
        guard chunks != nil else { return bytes }
        var body: [UInt8] = []
        var offset = 0
        while true {
            let step = unsafe bytes.withUnsafeBytes { unsafe chunks?.next($0, offset: &offset) }
            switch step {
            case .bytes(let range): body += bytes[range]
            case .needMore: return body
            case .ended, .malformed, nil:
                isBodyOver = true
                return body
            }
        }
    }

    /// Bytes behind the head, as they come; empty at the end and at the deadline.
    func readRaw(until deadline: Int64) throws(ProbeFailure) -> [UInt8] {
        if !input.isEmpty {
            defer { input.removeAll() }
            return unsafe Array(input.readable)
        }
        return try read(until: deadline).bytes
    }

    private func read(until deadline: Int64) throws(ProbeFailure) -> (bytes: [UInt8], isOver: Bool) {
        // Who sends without a pause is not listened to for longer either.
        while MonotonicClock.now() < deadline {
            switch unsafe room.withUnsafeMutableBytes({ unsafe stream.read(into: $0) }) {
            case .bytes(let count): return (Array(room[..<count]), false)
            case .endOfFile: return ([], true)
            case .failed(let code): throw .broken(code)
            case .wouldBlock(let interest):
                guard waitUntilReady(stream.raw, for: interest, deadline: deadline) else {
                    return ([], false)
                }
            }
        }
        return ([], false)
    }
}

extension Answer {
    /// Takes a head over, its names in lower case.
    fileprivate init(_ head: borrowing HTTPParsedResponse, _ bytes: UnsafeRawBufferPointer) {
        self.init(status: Int(head.status))
        for index in 0..<head.fields.count {
            let field = head.fields[index]
            fields.append(
                unsafe Field(
                    name: String(decoding: field.name.slice(of: bytes), as: UTF8.self).lowercased(),
                    value: String(decoding: field.value.slice(of: bytes), as: UTF8.self)))
        }
    }
}
