import ByteCore
import HTTPWire
import MonitorClient
import PosixIO
import TLSClient
import WebSocketWire

/// Asks one server, at one of its addresses.
struct Prober {
    let url: ServerURL
    let address: SocketAddress
    /// Nil for plain bytes.
    let trust: TLSTrust?
    /// What a program signs in with.
    let token: String?

    /// A field of a request besides those that all have.
    typealias Field = (name: StaticString, value: String)

    private func connected() throws(ProbeFailure) -> ProbeConnection {
        try ProbeConnection(to: address, host: url.host, trust: trust)
    }

    private func request(_ path: String, _ fields: [Field], host: String? = nil) -> [UInt8] {
        var buffer = ByteBuffer(capacity: 512)
        var target = path
        target.withUTF8 { unsafe buffer.appendHTTPRequestLine(.get, target: UnsafeRawBufferPointer($0)) }
        append("Host", host ?? url.authority, to: &buffer)
        append("User-Agent", "pointerscope-doctor", to: &buffer)
        if let token { append("Authorization", "Bearer \(token)", to: &buffer) }
        for field in fields { append(field.name, field.value, to: &buffer) }
        return unsafe Array(buffer.readable)
    }

    private func append(_ name: StaticString, _ value: String, to buffer: inout ByteBuffer) {
        var value = value
        value.withUTF8 { unsafe buffer.appendHTTPField(name, UnsafeRawBufferPointer($0)) }
    }

    /// What answers a GET of `path`, which stands behind the base path unless it is `whole`; `host` in the
    /// place of the server's own.
    func get(
        _ path: String, whole: Bool = false, host: String? = nil, limit: Int = Limits.bodyBytes,
        _ fields: [Field] = []
    ) -> Reply {
        do throws(ProbeFailure) {
            let connection = try connected()
            let path = whole ? path : url.basePath + path
            let asked = request(path, fields + [("Connection", "close")], host: host)
            try connection.send(asked + Array("\r\n".utf8))
            var answer = try connection.readHead()
            answer.body = connection.readBody(limit: limit)
            return .answered(answer)
        } catch {
            return .failed(error.text)
        }
    }

    /// What the handshake shows, or why there is none.
    func certificate() -> Result<(certificate: PeerCertificate, version: String)?, ProbeFailure> {
        do throws(ProbeFailure) {
            return .success(try connected().peer)
        } catch {
            return .failure(error)
        }
    }

    // MARK: Streams

    private static let streamPath = "/receive/doctor"

    /// Watches a stream of frames for a few seconds.
    func stream() -> Judge.StreamFinding {
        var finding = Judge.StreamFinding(reply: .failed(""))
        do throws(ProbeFailure) {
            let connection = try connected()
            let asked = MonotonicClock.now()
            // A browser would take it compressed, so that it is offered here.
            try connection.send(
                request(
                    url.basePath + Self.streamPath + "?shape=frames&hz=1",
                    [("Accept", "text/event-stream"), ("Accept-Encoding", "gzip, br")]) + Array("\r\n".utf8))
            var answer = try connection.readHead()
            if answer.status != 200 { answer.body = connection.readBody() }
            finding.reply = .answered(answer)
            guard answer.status == 200 else { return finding }
            let patience = asked + Limits.nanoseconds(Limits.answerMilliseconds)
            guard connection.readMore(until: patience) != nil else { return finding }
            let first = MonotonicClock.now()
            finding.firstByteMilliseconds = Int((first - asked) / 1_000_000)
            let end = first + Limits.nanoseconds(Limits.streamMilliseconds)
            var last = first
            while connection.readMore(until: end) != nil {
                let now = MonotonicClock.now()
                if now - last > Limits.nanoseconds(Limits.pauseMilliseconds) { finding.laterArrivals += 1 }
                last = now
            }
            finding.watchedMilliseconds = Limits.streamMilliseconds
        } catch {
            finding.reply = .failed(error.text)
        }
        return finding
    }

    /// Whether the server hears where a viewer was: one life of a hub that never was is told by a reset. Nil
    /// where there is no stream.
    func isResumeHeard() -> Bool? {
        do throws(ProbeFailure) {
            let connection = try connected()
            try connection.send(
                request(
                    url.basePath + Self.streamPath,
                    [("Accept", "text/event-stream"), ("Last-Event-ID", "0000000000000000-1")])
                    + Array("\r\n".utf8))
            guard try connection.readHead().status == 200 else { return nil }
            let deadline = MonotonicClock.now() + Limits.nanoseconds(Limits.resetMilliseconds)
            var text: [UInt8] = []
            while text.count < Limits.bodyBytes, let more = connection.readMore(until: deadline) {
                text += more
                if text.holds("event: reset\n") { return true }
            }
            return false
        } catch {
            return nil
        }
    }

    // MARK: WebSockets

    /// Opens a WebSocket at the URL itself, or at a `target` of its host, and sends a ping; as a page of
    /// `origin` where there is one.
    func upgrade(origin: String?, target: String? = nil) -> Judge.UpgradeFinding {
        let nonce = (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max))
        let handshake = ClientHandshake(nonce: nonce, offering: .json)
        do throws(ProbeFailure) {
            let connection = try connected()
            try connection.send(handshakeRequest(handshake, origin: origin, target: target))
            var (answer, outcome) = try connection.readHead(answering: handshake)
            switch outcome {
            case .opened: return try ping(connection)
            case .violated(let violation): return .violated("\(violation.reason)")
            case .refused:
                answer.body = connection.readBody()
                return .refused(.answered(answer))
            }
        } catch {
            return .refused(.failed(error.text))
        }
    }

    private func handshakeRequest(
        _ handshake: ClientHandshake, origin: String?, target: String?
    ) -> [UInt8] {
        var buffer = ByteBuffer(capacity: 512)
        let target = Array((target ?? (url.basePath.isEmpty ? "/" : url.basePath)).utf8)
        let host = Array(url.authority.utf8)
        let page = origin.map { Array($0.utf8) }
        unsafe target.withUnsafeBytes { target in
            unsafe host.withUnsafeBytes { host in
                guard let page else {
                    return unsafe handshake.appendRequest(to: &buffer, target: target, host: host)
                }
                unsafe page.withUnsafeBytes { page in
                    unsafe handshake.appendRequest(to: &buffer, target: target, host: host, origin: page)
                }
            }
        }
        return unsafe Array(buffer.readable)
    }

    /// An empty ping, masked with zeros, and the pong that answers it (RFC 6455, section 5.5).
    private func ping(_ connection: ProbeConnection) throws(ProbeFailure) -> Judge.UpgradeFinding {
        try connection.send([0x89, 0x80, 0, 0, 0, 0])
        let deadline = MonotonicClock.now() + Limits.nanoseconds(Limits.pongMilliseconds)
        var bytes: [UInt8] = []
        while bytes.count < 2 {
            let more = try connection.readRaw(until: deadline)
            guard !more.isEmpty else { return .deaf("no pong within \(Limits.pongMilliseconds / 1000) s") }
            bytes += more
        }
        guard bytes.starts(with: [0x8A, 0x00]) else { return .deaf("something else than a pong came") }
        // 1000: done.
        try? connection.send([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8])
        return .opened
    }
}
