import Glibc

/// Sends a service manager datagrams about this process (sd_notify(3)), and never waits for it.
///
/// What it does not take, because nobody listens or its queue is full, is kept and sent again later, the
/// oldest first, so that it is not told late what it was told in between.
public final class ServiceNotifier {
    /// Why there is nowhere to send to.
    public enum Fault: Error, Equatable {
        /// Neither a path that begins at the root nor a name behind `@`.
        case noAddress
        /// More than a socket's address has room for.
        case longAddress(bytes: Int)
        /// There is no socket to send from.
        case system(code: Int32)

        /// For a person, behind the address.
        public var reason: String {
            switch self {
            case .noAddress: "must be an absolute path, or a name behind @"
            case .longAddress(let bytes):
                "has \(bytes) bytes, and the system takes \(SocketAddress.pathBytes)"
            case .system(let code): unsafe String(cString: strerror(code))
            }
        }
    }

    /// Messages kept while it takes none; more of them are older news than anybody needs.
    private static let mostWaiting = 16

    private let descriptor: Descriptor
    private let address: sockaddr_un
    private let addressBytes: socklen_t
    private var waiting: [String] = []
    /// Why the last message did not go, until one does.
    public private(set) var failure: SystemError?

    /// Sends to the socket at `path`, or to the abstract one behind `@`; whether somebody is there is seen
    /// when something is sent.
    public init(to path: String) throws(Fault) {
        let isAbstract = path.hasPrefix("@")
        guard isAbstract && path.utf8.count > 1 || path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw .noAddress
        }
        guard path.utf8.count <= SocketAddress.pathBytes else {
            throw .longAddress(bytes: path.utf8.count)
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
            unsafe room.copyBytes(from: path.utf8)
            // An abstract name begins with a zero and ends where the address does (unix(7)).
            if isAbstract { unsafe room[0] = 0 }
        }
        self.address = address
        let head = MemoryLayout<sa_family_t>.size
        addressBytes = socklen_t(head + path.utf8.count + (isAbstract ? 0 : 1))
        let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let number = socket(AF_UNIX, type, 0)
        guard number >= 0 else { throw .system(code: errno) }
        descriptor = Descriptor(owning: number)
    }

    /// Whether something waits to be sent again.
    public var hasWaiting: Bool { !waiting.isEmpty }

    /// Sends lines of `NAME=value`, or keeps them.
    public func send(_ lines: [String]) {
        if waiting.count == Self.mostWaiting { waiting.removeFirst() }
        waiting.append(lines.joined(separator: "\n"))
        retry()
    }

    /// Sends what is worth nothing later: if it does not go now, it does not go.
    public func sendNow(_ line: String) {
        retry()
        guard waiting.isEmpty else { return }
        _ = deliver(line)
    }

    /// Sends what waits, as far as it is taken.
    public func retry() {
        while let first = waiting.first, deliver(first) { waiting.removeFirst() }
    }

    private func deliver(_ message: String) -> Bool {
        var address = address
        var message = message
        let sent = message.withUTF8 { bytes in
            unsafe withUnsafeBytes(of: &address) { raw in
                unsafe sendto(
                    descriptor.raw, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL),
                    raw.baseAddress!.assumingMemoryBound(to: sockaddr.self), addressBytes)
            }
        }
        failure = sent < 0 ? SystemError("sendto") : nil
        return sent >= 0
    }
}
