public import ByteCore
import CPointerscopeShims
import Glibc

/// A listening socket: TCP, or a file of this machine.
public struct Listener: ~Copyable {
    private let descriptor: Descriptor
    /// Where it listens, with the port the kernel chose.
    public let address: SocketAddress
    /// The file of a Unix socket, removed with this.
    private let file: SocketFile?

    /// The kernel clips it to net.core.somaxconn.
    private static let backlog: Int32 = 4096

    /// Binds and listens; fails with the errno of the call that did.
    ///
    /// A Unix socket's file has mode 0660, or 0600 where it is private, and belongs to `group` where one is
    /// given. The file of a server that is gone is taken over; EADDRINUSE where one is there still, ENOTSOCK
    /// where the file is none. One that `sharesPort` lets others of this user listen there as well
    /// (socket(7), SO_REUSEPORT), but is not made where somebody does already.
    public init(
        on wanted: SocketAddress, group: UInt32? = nil, isPrivate: Bool = false, sharesPort: Bool = false
    ) throws(SystemError) {
        if sharesPort { try Self.checkIsFree(wanted) }
        try self.init(on: wanted, group: group, isPrivate: isPrivate, joins: sharesPort)
    }

    /// Listens where another one does that shares its port: the kernel divides newcomers among them by their
    /// addresses.
    public init(beside other: borrowing Listener) throws(SystemError) {
        try self.init(on: other.address, group: nil, isPrivate: false, joins: true)
    }

    /// Fails with EADDRINUSE where somebody listens, also one who would share the port: nobody is to get a
    /// part of the visitors of another server by mistake.
    private static func checkIsFree(_ wanted: SocketAddress) throws(SystemError) {
        guard wanted.path == nil, wanted.port != 0 else { return }
        _ = try Listener(on: wanted, group: nil, isPrivate: false, joins: false)
    }

    private init(
        on wanted: SocketAddress, group: UInt32?, isPrivate: Bool, joins: Bool
    ) throws(SystemError) {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let number = socket(wanted.family, type, 0)
        guard number >= 0 else { throw SystemError("socket") }
        let made = Descriptor(owning: number)
        if let path = wanted.path {
            file = try SocketFile(
                binding: number, to: wanted, at: path, group: group, isPrivate: isPrivate
            ) {
                listen(number, Self.backlog) == 0
            }
            address = wanted
        } else {
            try setSocketOption(number, SOL_SOCKET, SO_REUSEADDR, 1)
            if joins { try setSocketOption(number, SOL_SOCKET, SO_REUSEPORT, 1) }
            // The system's default may be either (ipv6(7), net.ipv6.bindv6only).
            if wanted.isDualStack { try setSocketOption(number, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
            let bound = unsafe wanted.withSystemAddress { unsafe bind(number, $0, $1) }
            guard bound == 0 else { throw SystemError("bind") }
            guard listen(number, Self.backlog) == 0 else { throw SystemError("listen") }
            address = try SocketAddress.bound(to: number)
            file = nil
        }
        descriptor = made
    }

    /// Takes over one that somebody else has made and goes on to own: the file of a Unix socket stays.
    public init(adopting socket: PassedSockets.Socket) throws(SystemError) {
        let adopted = Descriptor(owning: socket.descriptor)
        try adopted.setNonBlocking()
        guard fcntl(adopted.raw, F_SETFD, FD_CLOEXEC) == 0 else { throw SystemError("fcntl") }
        address = socket.address
        file = nil
        descriptor = adopted
    }

    /// Takes over one that this process was started with; nil where that is none.
    public init?(inherited number: Int32) {
        guard let address = SocketAddress(boundTo: number) else { return nil }
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        descriptor = Descriptor(owning: number)
        self.address = address
        file = nil
    }

    /// Listens on with a socket that the program before in this process has made.
    init(resuming descriptor: consuming Descriptor, at address: SocketAddress, file: SocketFile?) {
        self.descriptor = descriptor
        self.address = address
        self.file = file
    }

    /// The file that goes with it.
    var ownFile: SocketFile? { file }

    /// For the poller.
    public var raw: Int32 { descriptor.raw }

    /// Removes the file of a Unix socket, so that nobody waits there for an answer.
    public func removeFile() { file?.remove() }

    /// What lies now where the file of its Unix socket was made; `own` also where there is none to look
    /// after.
    public var fileState: ListenerFileState { file?.state ?? .own }

    /// How an accept ended.
    public enum Accepted: ~Copyable {
        /// A connection, non-blocking and close-on-exec.
        case connection(Descriptor)
        /// None waits.
        case none
        /// This process or machine has no descriptor left (EMFILE, ENFILE, ENOBUFS, ENOMEM), or the socket
        /// does not listen any more.
        case exhausted
    }

    /// Takes the next connection that waits; one that is already gone is skipped (accept(2), "Error
    /// handling").
    public func accept() -> Accepted { unsafe accept(naming: nil) }

    /// The same, and says who it is.
    public func accept(_ peer: inout PeerAddress) -> Accepted {
        var storage = sockaddr_storage()
        let accepted = unsafe accept(naming: &storage)
        peer = PeerAddress(system: storage)
        return accepted
    }

    private func accept(naming peer: UnsafeMutablePointer<sockaddr_storage>?) -> Accepted {
        while true {
            let number = unsafe ps_accept(descriptor.raw, peer)
            if number >= 0 { return .connection(Descriptor(owning: number)) }
            switch errno {
            case EAGAIN: return .none
            // EINVAL: somebody who has it, too, has shut it down.
            case EMFILE, ENFILE, ENOBUFS, ENOMEM, EINVAL: return .exhausted
            default: continue
            }
        }
    }
}

/// What lies under the name of a listening Unix socket while somebody listens there: whoever connects does so
/// by the name.
public enum ListenerFileState: Sendable {
    /// The file that was made, which leads here.
    case own
    /// Nothing.
    case missing
    /// Another file: another server's perhaps.
    case another
}

/// setsockopt(2) with an integer.
public func setSocketOption(
    _ socket: Int32, _ level: Int32, _ option: Int32, _ value: Int32
) throws(SystemError) {
    var value = value
    guard unsafe setsockopt(socket, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
        throw SystemError("setsockopt")
    }
}

/// Has a connection end with a reset when it is closed, so that the kernel keeps nothing of it (socket(7),
/// SO_LINGER).
public func resetOnClose(_ socket: Int32) {
    var now = linger(l_onoff: 1, l_linger: 0)
    _ = unsafe setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
}

/// Begins a non-blocking connection; it is there, or has failed, when the descriptor turns writable.
///
/// `source` is bound first when given, so that a generator can spread over many loopback addresses.
public func connecting(
    to address: SocketAddress, from source: SocketAddress? = nil
) throws(SystemError) -> Descriptor {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let number = socket(address.family, type, 0)
    guard number >= 0 else { throw SystemError("socket") }
    let descriptor = Descriptor(owning: number)
    if address.path == nil { try setSocketOption(number, Int32(IPPROTO_TCP), TCP_NODELAY, 1) }
    if let source {
        // The port is chosen at connect(2), when the destination is known, so that one address has a whole
        // range for each destination (ip(7), IP_BIND_ADDRESS_NO_PORT); best effort.
        try? setSocketOption(number, Int32(IPPROTO_IP), 24, 1)
        guard unsafe source.withSystemAddress({ unsafe bind(number, $0, $1) }) == 0 else {
            throw SystemError("bind")
        }
    }
    let result = unsafe address.withSystemAddress { unsafe connect(number, $0, $1) }
    guard result == 0 || errno == EINPROGRESS else { throw SystemError("connect") }
    return descriptor
}

/// What became of a connection attempt: 0 or the errno (SO_ERROR).
public func connectionError(of socket: Int32) -> Int32 {
    var code: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    guard unsafe getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &length) == 0 else { return errno }
    return code
}
