import Glibc

/// Listening sockets that a service manager made and passes on to this process (sd_listen_fds(3)).
public struct PassedSockets: Sendable, Equatable {
    /// One of them; whoever listens on it owns the descriptor from then on.
    public struct Socket: Sendable, Equatable {
        /// Its number in this process.
        public let descriptor: Int32
        /// What it is bound to.
        public let address: SocketAddress
    }

    /// What is wrong with what was passed, a line for a person.
    public struct Fault: Error, Equatable {
        public let reason: String
    }

    /// For visitors' WebSockets.
    public private(set) var ingest: Socket?
    /// For pages and streams.
    public private(set) var http: Socket?

    /// None.
    public static let none = PassedSockets()

    /// Where passed descriptors begin (SD_LISTEN_FDS_START).
    private static let first: Int32 = 3
    /// What they are called, in the order that they have without names.
    private static let names = ["ingest", "http"]

    private init() {}

    /// Whether there are any.
    public var isEmpty: Bool { ingest == nil && http == nil }

    /// Takes up what was passed to the process `pid`, and has it checked: each of them is a stream socket
    /// that listens, at an IPv4 or IPv6 address or at a path.
    public init(_ environment: [String: String], pid: Int32) throws(Fault) {
        for (index, name) in try Self.assignment(environment, pid: pid).enumerated() {
            let descriptor = Self.first + Int32(index)
            let socket = Socket(
                descriptor: descriptor, address: try Self.address(of: descriptor, called: name))
            if name == "ingest" { ingest = socket } else { http = socket }
        }
        guard let ingest, let http, let place = Self.shared(by: ingest, and: http) else { return }
        throw Fault(
            reason: "LISTEN_FDS: descriptors \(ingest.descriptor) and \(http.descriptor), which are to be "
                + "ingest and http, are \(place); give each a socket of its own (ListenStream= of its unit)")
    }

    /// Which of `names` each descriptor is, in their order; none where nothing was passed to this process.
    ///
    /// Sockets that are called otherwise, but all the same, as one unit of systemd calls all of its own, have
    /// no names.
    static func assignment(_ environment: [String: String], pid: Int32) throws(Fault) -> [String] {
        guard let countText = environment["LISTEN_FDS"], let pidText = environment["LISTEN_PID"] else {
            return []
        }
        guard let intended = Int32(pidText), intended > 0 else {
            throw Fault(reason: "LISTEN_PID \(oneLine(pidText)) is no process")
        }
        guard intended == pid else { return [] }
        guard let count = Int(countText), count >= 0 else {
            throw Fault(reason: "LISTEN_FDS \(oneLine(countText)) is no number of sockets")
        }
        guard count <= names.count else {
            throw Fault(
                reason: "LISTEN_FDS: \(count) sockets are passed, and there are two to be: ingest and http")
        }
        guard let text = environment["LISTEN_FDNAMES"], count > 0 else { return Array(names.prefix(count)) }
        let given = text.split(separator: ":", omittingEmptySubsequences: false).map { String($0) }
        guard given.count == count else {
            throw Fault(
                reason: "LISTEN_FDNAMES has \(given.count) names, and LISTEN_FDS passes \(count) sockets")
        }
        if let stranger = given.first(where: { !names.contains($0) }) {
            let areOneUnits = given.allSatisfy { $0 == stranger }
            guard areOneUnits else {
                throw Fault(
                    reason: "LISTEN_FDNAMES: a socket is called \(oneLine(stranger)), and is to be ingest or "
                        + "http (FileDescriptorName= of its unit)")
            }
            return Array(names.prefix(count))
        }
        guard Set(given).count == count else {
            throw Fault(reason: "LISTEN_FDNAMES: two sockets are called \(given[0])")
        }
        return given
    }

    /// What two of them have in common that they must not: the socket, or its address.
    private static func shared(by one: Socket, and other: Socket) -> String? {
        var first = stat()
        var second = stat()
        if unsafe fstat(one.descriptor, &first) == 0, unsafe fstat(other.descriptor, &second) == 0,
            first.st_ino == second.st_ino, first.st_dev == second.st_dev
        {
            return "one socket"
        }
        return one.address.overlaps(other.address) ? "both bound to \(one.address.text)" : nil
    }

    private static func address(of descriptor: Int32, called name: String) throws(Fault) -> SocketAddress {
        let place = "LISTEN_FDS: descriptor \(descriptor), which is to be \(name),"
        guard fcntl(descriptor, F_GETFD) >= 0 else { throw Fault(reason: "\(place) is not open") }
        guard let type = option(SO_TYPE, of: descriptor) else {
            throw Fault(reason: "\(place) is no socket")
        }
        guard type == Int32(SOCK_STREAM.rawValue) else {
            throw Fault(reason: "\(place) is no stream socket (ListenStream= of its unit)")
        }
        guard option(SO_ACCEPTCONN, of: descriptor) == 1 else {
            throw Fault(reason: "\(place) does not listen; with Accept=yes of its unit it is a connection")
        }
        guard let address = SocketAddress(boundTo: descriptor) else {
            throw Fault(
                reason: "\(place) is bound neither to an IPv4 or IPv6 address nor to a path of a file")
        }
        return address
    }

    private static func option(_ option: Int32, of socket: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(socket, SOL_SOCKET, option, &value, &length) == 0 else { return nil }
        return value
    }
}

extension SocketAddress {
    /// What a socket is bound to, at a path too (getsockname(2)); nil for what has no such address.
    init?(boundTo socket: Int32) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let known = unsafe withUnsafeMutableBytes(of: &storage) {
            unsafe getsockname(socket, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
        }
        guard known == 0 else { return nil }
        guard Int32(storage.ss_family) == AF_UNIX else {
            guard let address = unsafe withUnsafeBytes(of: &storage, { unsafe SocketAddress(system: $0) })
            else { return nil }
            self = address
            return
        }
        let head = MemoryLayout<sa_family_t>.size
        let path = unsafe withUnsafeBytes(of: &storage) { bytes in
            unsafe String(
                decoding: bytes[head..<max(head, min(bytes.count, Int(length)))].prefix { $0 != 0 },
                as: UTF8.self)
        }
        // An abstract name begins with a zero, and everybody on this machine may connect to it.
        guard let address = try? SocketAddress(path: path) else { return nil }
        self = address
    }
}
