import Glibc

/// Who listens at a Unix socket, as the kernel noted it when that began (unix(7), SO_PEERCRED).
struct PeerProcess {
    let pid: Int32
    let user: UInt32

    /// Asks by a connection, which says nothing and ends at once; nil where nobody listens.
    init?(listeningAt address: SocketAddress) {
        guard let connection = try? connecting(to: address) else { return nil }
        // struct ucred: process, user, group.
        var credentials: (pid: Int32, user: UInt32, group: UInt32) = (0, 0, 0)
        var length = socklen_t(MemoryLayout.size(ofValue: credentials))
        let known = unsafe getsockopt(connection.raw, SOL_SOCKET, SO_PEERCRED, &credentials, &length)
        guard known == 0, credentials.pid > 0 else { return nil }
        pid = credentials.pid
        user = credentials.user
    }
}
