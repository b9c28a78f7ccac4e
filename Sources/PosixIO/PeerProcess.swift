import Glibc

/// The process at the other end of a Unix socket, as the kernel noted it when it began to listen or connected
/// (unix(7), SO_PEERCRED).
public struct PeerProcess {
    /// Its number then; by now another may have it. 0 of one that is out of sight (pid_namespaces(7)).
    public let pid: Int32
    /// Its effective user then.
    public let user: UInt32

    /// Asks by a connection, which says nothing and ends at once; nil where nobody listens.
    init?(listeningAt address: SocketAddress) {
        guard let connection = try? connecting(to: address) else { return nil }
        self.init(of: connection.raw)
        // It is none that this process could see.
        guard pid > 0 else { return nil }
    }

    /// Who is at the other end of a connection; nil where the kernel does not say.
    public init?(of connection: Int32) {
        // struct ucred: process, user, group.
        var credentials: (pid: Int32, user: UInt32, group: UInt32) = (0, 0, 0)
        var length = socklen_t(MemoryLayout.size(ofValue: credentials))
        let known = unsafe getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &credentials, &length)
        guard known == 0 else { return nil }
        pid = credentials.pid
        user = credentials.user
    }

    /// Whether it may do here whatever this process may: it is of the same user, or root.
    public var isTrusted: Bool { user == 0 || user == geteuid() }
}
