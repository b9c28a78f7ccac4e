import ByteCore
import Glibc
import HTTPWire
import PosixIO
import TLSClient

/// A whole answer of a server.
struct HTTPAnswer: Equatable {
    var status: UInt16
    /// Seconds of Retry-After.
    var retryAfter: Int?
    /// The values of Set-Cookie.
    var newCookies: [[UInt8]] = []
    var body: [UInt8] = []
}

/// One request and its answer on a connection of its own, while somebody waits for it; an answer that sends
/// elsewhere is an answer, and is not followed.
struct HTTPExchange {
    /// Nil for plain bytes.
    let trust: TLSTrust?
    private let deadline = MonotonicClock.now() + TopLimits.nanoseconds(TopLimits.exchangeSeconds)

    init(trusting trust: TLSTrust?) { self.trust = trust }

    /// The addresses of a server, in the order in which they are to be tried.
    func addresses(of server: ServerURL) throws(StreamRefusal) -> [SocketAddress] {
        let literals = server.literalAddresses
        guard literals.isEmpty else { return literals }
        let lookup: NameLookup
        do throws(SystemError) {
            lookup = try NameLookup.start(host: server.host, port: server.port)
        } catch {
            throw StreamRefusal(failure: .system(error.text))
        }
        guard wait(lookup.raw, POLLIN), let outcome = lookup.outcome else {
            throw StreamRefusal(failure: .unknownHost("no answer from the resolver"))
        }
        switch outcome {
        case .addresses(let addresses): return addresses
        case .failed(let why): throw StreamRefusal(failure: .unknownHost(why))
        }
    }

    /// Posts a JSON object to `path` of a server.
    func post(
        _ body: borrowing ByteBuffer, to path: String, of server: ServerURL, at addresses: [SocketAddress]
    ) throws(StreamRefusal) -> HTTPAnswer {
        let stream = try secured(try connect(to: addresses), server)
        var request = ByteBuffer(capacity: 1024)
        var target = server.basePath + path
        target.withUTF8 { unsafe request.appendHTTPRequestLine(.post, target: UnsafeRawBufferPointer($0)) }
        var host = server.authority
        host.withUTF8 { unsafe request.appendHTTPField("Host", UnsafeRawBufferPointer($0)) }
        request.appendHTTPField("Content-Type", "application/json")
        request.appendHTTPField("Accept", "application/json")
        request.appendHTTPField("Content-Length", number: body.count)
        request.appendHTTPField("Connection", "close")
        request.appendHTTPHeadEnd()
        unsafe request.append(body.readable)
        defer { request.wipe() }
        // The first bytes of a connection always find room.
        guard case .bytes(request.count) = unsafe stream.write(request.readable) else {
            throw StreamRefusal(failure: .broken(EPIPE))
        }
        return try answer(on: stream)
    }

    /// The connection as it is spoken on: under TLS where that is wanted.
    private func secured(
        _ descriptor: consuming Descriptor, _ server: ServerURL
    ) throws(StreamRefusal) -> ServerTransport {
        guard let trust else { return ServerTransport(plain: descriptor) }
        let stream: ServerTransport
        do throws(TLSFailure) {
            stream = try ServerTransport(descriptor, trusting: trust, host: server.host)
        } catch {
            throw StreamRefusal(failure: .insecure(error))
        }
        while true {
            switch stream.handshake() {
            case .done: return stream
            case .wouldBlock(until: let interest):
                guard wait(stream.raw, interest.contains(.writable) ? POLLOUT : POLLIN) else {
                    throw StreamRefusal(failure: .noAnswer)
                }
            case .failed(let failure): throw StreamRefusal(failure: .insecure(failure))
            }
        }
    }

    private func connect(to addresses: [SocketAddress]) throws(StreamRefusal) -> Descriptor {
        var code = ENXIO
        for address in addresses {
            do throws(SystemError) {
                let socket = try connecting(to: address)
                guard wait(socket.raw, POLLOUT) else { throw SystemError("connect", code: ETIMEDOUT) }
                code = connectionError(of: socket.raw)
                if code == 0 { return socket }
            } catch {
                code = error.code
            }
        }
        throw StreamRefusal(failure: .unreachable(code))
    }

    private func answer(on stream: borrowing ServerTransport) throws(StreamRefusal) -> HTTPAnswer {
        var input = ByteBuffer(capacity: 4096)
        var parser = HTTPResponseParser()
        var head = HTTPParsedResponse()
        var interest = POLLIN
        while true {
            switch unsafe parser.parse(input.readable, into: &head) {
            case .refused(let refusal): throw StreamRefusal(failure: .notHTTP("\(refusal.reason)"))
            case .interim(let consumed): input.consume(consumed)
            case .complete(let consumed):
                var answer = Self.summary(of: head, in: input)
                input.consume(consumed)
                answer.body = try body(head.framing, stream, &input)
                return answer
            case .incomplete:
                guard try more(of: stream, &input, &interest) else {
                    throw StreamRefusal(failure: .closedUnanswered)
                }
            }
        }
    }

    private static func summary(
        of head: borrowing HTTPParsedResponse, in input: borrowing ByteBuffer
    ) -> HTTPAnswer {
        var answer = HTTPAnswer(status: head.status)
        if let value = unsafe head.fields.value(of: "retry-after", in: input.readable) {
            answer.retryAfter = unsafe Int(String(decoding: value, as: UTF8.self))
        }
        for index in 0..<head.fields.count {
            let field = head.fields[index]
            guard unsafe field.name.slice(of: input.readable).isEqualIgnoringCase(to: "set-cookie") else {
                continue
            }
            answer.newCookies.append(unsafe Array(field.value.slice(of: input.readable)))
        }
        return answer
    }

    private func body(
        _ framing: HTTPBodyFraming, _ stream: borrowing ServerTransport, _ input: inout ByteBuffer
    ) throws(StreamRefusal) -> [UInt8] {
        var interest = POLLIN
        switch framing {
        case .none: return []
        case .length(let count):
            guard count <= TopLimits.answerBytes else {
                throw StreamRefusal(failure: .answerTooLong("\(count) bytes"))
            }
            while input.count < count {
                guard try more(of: stream, &input, &interest) else { throw StreamRefusal(failure: .ended) }
            }
            return unsafe Array(input.readable[..<count])
        case .untilClose:
            while try more(of: stream, &input, &interest) {}
            return unsafe Array(input.readable)
        case .chunked:
            while true {
                if let whole = try Self.unchunked(input) { return whole }
                guard try more(of: stream, &input, &interest) else { throw StreamRefusal(failure: .ended) }
            }
        }
    }

    /// The body of chunks that are all there; nil where more are to come.
    private static func unchunked(_ input: borrowing ByteBuffer) throws(StreamRefusal) -> [UInt8]? {
        var chunks = ChunkedDecoder()
        var body: [UInt8] = []
        var offset = 0
        while true {
            switch unsafe chunks.next(input.readable, offset: &offset) {
            case .needMore: return nil
            case .ended: return body
            case .malformed: throw StreamRefusal(failure: .brokenChunks)
            case .bytes(let range): body += unsafe Array(input.readable[range])
            }
        }
    }

    /// Reads what comes next; false at the end.
    private func more(
        of stream: borrowing ServerTransport, _ input: inout ByteBuffer, _ interest: inout Int32
    ) throws(StreamRefusal) -> Bool {
        guard input.count <= TopLimits.answerBytes else {
            throw StreamRefusal(failure: .answerTooLong("over \(TopLimits.answerBytes) bytes"))
        }
        var room = [UInt8](repeating: 0, count: 4096)
        while true {
            guard wait(stream.raw, interest) else { throw StreamRefusal(failure: .noAnswer) }
            switch unsafe room.withUnsafeMutableBytes({ unsafe stream.read(into: $0) }) {
            case .bytes(let count):
                unsafe room[..<count].withUnsafeBytes { unsafe input.append($0) }
                return true
            case .wouldBlock(let awaited): interest = awaited.contains(.writable) ? POLLOUT : POLLIN
            case .endOfFile: return false
            case .failed(let code): throw StreamRefusal(failure: .broken(code))
            }
        }
    }

    private func wait(_ descriptor: Int32, _ events: Int32) -> Bool {
        while true {
            let left = (deadline - MonotonicClock.now()) / 1_000_000
            guard left > 0 else { return false }
            var request = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            let count = unsafe poll(&request, 1, Int32(left))
            if count == 1 { return true }
            if count < 0, errno != EINTR { return false }
        }
    }
}

extension ByteBuffer {
    /// Overwrites what it holds: it was secret.
    mutating func wipe() {
        let bytes = unsafe mutableReadable
        guard let base = bytes.baseAddress else { return }
        unsafe explicit_bzero(base, bytes.count)
    }
}
