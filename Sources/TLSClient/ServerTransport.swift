import CLibSSL
import Glibc
public import PosixIO

/// How far a handshake got.
public enum HandshakeStep: Equatable {
    case done
    /// It goes on when the descriptor is ready for this.
    case wouldBlock(until: Interest)
    case failed(TLSFailure)
}

/// Bytes to and from a server without blocking, plain or under TLS: what stands in the place of a
/// `ByteStream` where a client may be asked for either.
@safe public struct ServerTransport: ~Copyable {
    private let stream: ByteStream
    private let session: OpaquePointer?

    /// Wraps a non-blocking descriptor that is connected, or is going to be, for plain bytes.
    public init(plain descriptor: consuming Descriptor) {
        stream = ByteStream(descriptor)
        unsafe session = nil
    }

    /// The same for TLS; `host` is who has to answer, a name or an address without brackets.
    public init(
        _ descriptor: consuming Descriptor, trusting trust: TLSTrust, host: String
    ) throws(TLSFailure) {
        let isAddress =
            (try? SocketAddress(parsing: host.contains(":") ? "[\(host)]:1" : "\(host):1")) != nil
            && host != "localhost"
        // The final dot of a name is the resolver's, and in no certificate (RFC 6066, section 3).
        let name = !isAddress && host.hasSuffix(".") ? String(host.dropLast()) : host
        guard let made = unsafe ps_tls_session_new(trust.context, descriptor.raw, name, isAddress) else {
            throw .refused("out of memory")
        }
        stream = ByteStream(descriptor)
        unsafe session = made
    }

    deinit {
        guard let session = unsafe session else { return }
        unsafe ps_tls_end(session)
        unsafe ps_tls_session_free(session)
    }

    /// The socket's number, for the poller.
    public var raw: Int32 { stream.raw }

    /// Goes on with what comes before the first byte; a plain connection is done at once.
    public func handshake() -> HandshakeStep {
        guard let session = unsafe session else { return .done }
        switch unsafe ps_tls_handshake(session) {
        case PS_TLS_DONE: return .done
        case PS_TLS_WANTS_READ: return .wouldBlock(until: .readable)
        case PS_TLS_WANTS_WRITE: return .wouldBlock(until: .writable)
        case PS_TLS_ENDED: return .failed(.hungUp)
        case PS_TLS_BROKEN: return .failed(errno == 0 ? .hungUp : .broken(errno))
        default:
            if let certificate = peer, certificate.problem != nil {
                return .failed(.certificate(certificate))
            }
            let reason = unsafe String(cString: ps_tls_reason(session))
            // The library's word for an end of file, where a handshake has no place for one.
            return .failed(reason.hasPrefix("unexpected eof") ? .hungUp : TLSFailure(reason: reason))
        }
    }

    /// Reads into `room` as much as there is.
    public func read(into room: UnsafeMutableRawBufferPointer) -> IOResult {
        guard let session = unsafe session else { return unsafe stream.read(into: room) }
        var total = 0
        // Each call gives one record at most, and what the poller tells is about the socket alone.
        while total < room.count, let base = room.baseAddress {
            var count = 0
            let step = unsafe ps_tls_read(session, base + total, room.count - total, &count)
            guard step == PS_TLS_DONE else {
                return total > 0 ? .bytes(total) : Self.result(of: step)
            }
            total += count
        }
        return .bytes(total)
    }

    /// Writes what is taken of `bytes`.
    public func write(_ bytes: UnsafeRawBufferPointer) -> IOResult {
        guard let session = unsafe session else { return unsafe stream.write(bytes) }
        guard let base = bytes.baseAddress, bytes.count > 0 else {
            return .wouldBlock(until: .writable)
        }
        var count = 0
        let step = unsafe ps_tls_write(session, base, bytes.count, &count)
        return step == PS_TLS_DONE ? .bytes(count) : Self.result(of: step)
    }

    /// What the server showed; nil for a plain one, and before it has.
    public var peer: PeerCertificate? {
        guard let session = unsafe session else { return nil }
        var found = ps_tls_certificate()
        return unsafe ps_tls_peer(session, &found) ? PeerCertificate(found) : nil
    }

    /// `TLSv1.3`; nil for a plain one.
    public var version: String? {
        guard let session = unsafe session else { return nil }
        return unsafe String(cString: ps_tls_version(session))
    }

    private static func result(of step: ps_tls_step) -> IOResult {
        switch step {
        case PS_TLS_WANTS_READ: .wouldBlock(until: .readable)
        case PS_TLS_WANTS_WRITE: .wouldBlock(until: .writable)
        case PS_TLS_ENDED: .endOfFile
        case PS_TLS_BROKEN: errno == 0 ? .endOfFile : .failed(errno)
        default: .failed(EPROTO)
        }
    }
}
