import Glibc

/// Who listens where somebody else wanted to (proc(5): PID/net/tcp, PID/fd, PID/cmdline).
///
/// Nothing of it is sure: processes come and go while one looks, and those of others cannot be looked into.
public struct PortHolder {
    /// The user that the socket belongs to.
    public let user: UInt32
    /// The process; nil where it cannot be found out.
    public let process: Process?

    /// A process with open sockets.
    public struct Process {
        /// Its number.
        public let pid: Int32
        /// What it was started as, without the folder.
        public let name: String
        /// Its arguments, without its name.
        public let arguments: [String]
        /// Where else it listens.
        public let otherAddresses: [SocketAddress]
    }

    /// Finds who listens at `address`, or at all addresses with its port; nil where nobody does.
    public init?(of address: SocketAddress) {
        let listening = Self.listeningSockets()
        if address.path != nil {
            guard let peer = PeerProcess(listeningAt: address) else { return nil }
            user = peer.user
            process = Self.process(peer.pid, among: listening, without: [])
            return
        }
        let holding = listening.filter { $0.address.port == address.port && $0.address.overlaps(address) }
        guard let first = holding.first else { return nil }
        user = first.user
        process =
            Self.process(holding: Set(holding.map(\.inode)), among: listening)
            ?? Self.secretive(of: first.user, named: "\(address.port)")
    }

    /// A line of the table of sockets.
    private struct ListeningSocket {
        var address: SocketAddress
        var user: UInt32
        var inode: UInt64
    }

    /// A machine with more listening sockets than this has other ways to find out.
    private static let tableBytes = 4 << 20

    private static func listeningSockets() -> [ListeningSocket] {
        ["/proc/self/net/tcp", "/proc/self/net/tcp6"].flatMap { path in
            read(path, limit: tableBytes).split(separator: "\n").dropFirst().compactMap(listeningSocket)
        }
    }

    /// `  0: 0100007F:1F91 00000000:0000 0A ... UID TIMEOUT INODE ...`; 0A is LISTEN.
    private static func listeningSocket(_ line: Substring) -> ListeningSocket? {
        let words = line.split(separator: " ")
        guard words.count > 9, words[3] == "0A", let user = UInt32(words[7]), let inode = UInt64(words[9]),
            let address = address(words[1])
        else { return nil }
        return ListeningSocket(address: address, user: user, inode: inode)
    }

    /// Address words in the byte order of the machine, and the port as a number.
    private static func address(_ text: Substring) -> SocketAddress? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1], radix: 16), parts[0].utf8.count % 8 == 0 else {
            return nil
        }
        var words: [UInt32] = []
        var rest = parts[0]
        while !rest.isEmpty {
            guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
            words.append(word)
            rest = rest.dropFirst(8)
        }
        return unsafe words.withUnsafeBytes { unsafe SocketAddress(hostBytes: $0, port: port) }
    }

    /// The process of the lowest number, which is the parent of others that have the same socket, as a rule.
    private static func process(holding inodes: Set<UInt64>, among listening: [ListeningSocket]) -> Process? {
        for pid in allProcesses().sorted() {
            let own = socketInodes(of: pid)
            if !own.isDisjoint(with: inodes) { return process(pid, among: listening, without: inodes) }
        }
        return nil
    }

    /// One of ours keeps what it has open to itself (prctl(2), PR_SET_DUMPABLE); its command line is there to
    /// be read. It is the one that names the port, or else the only one of its user, if that names no other.
    private static func secretive(of user: UInt32, named port: String) -> Process? {
        var candidates: [Process] = []
        for pid in allProcesses().sorted() where pid != getpid() {
            var status = stat()
            guard unsafe stat("/proc/\(pid)", &status) == 0, status.st_uid == user else { continue }
            let found = process(pid, among: [], without: [])
            guard found.name == ProgramName.standard, found.arguments.first == "serve" else { continue }
            if found.arguments.contains(where: { $0.hasSuffix(":\(port)") }) { return found }
            candidates.append(found)
        }
        guard candidates.count == 1, let only = candidates.first else { return nil }
        let namesOthers = only.arguments.contains { $0.hasPrefix("--ingest") || $0.hasPrefix("--http") }
        return namesOthers ? nil : only
    }

    private static func process(
        _ pid: Int32, among listening: [ListeningSocket], without inodes: Set<UInt64>
    ) -> Process {
        let own = socketInodes(of: pid)
        let others = listening.filter { own.contains($0.inode) && !inodes.contains($0.inode) }
        let words = commandLine(of: pid)
        let name = words.first.flatMap { $0.split(separator: "/").last.map { String($0) } }
        return Process(
            pid: pid, name: name ?? "a program", arguments: Array(words.dropFirst()),
            otherAddresses: others.map(\.address))
    }

    private static func allProcesses() -> [Int32] {
        ((try? namesInDirectory("/proc")) ?? []).compactMap { Int32($0) }
    }

    private static func socketInodes(of pid: Int32) -> Set<UInt64> {
        let folder = "/proc/\(pid)/fd"
        return Set(
            ((try? namesInDirectory(folder)) ?? []).compactMap { name in
                guard let target = linkTarget("\(folder)/\(name)"), target.hasPrefix("socket:[") else {
                    return nil
                }
                return UInt64(target.dropFirst(8).dropLast())
            })
    }

    /// A longer command line is no name that anyone would show.
    private static let commandLineBytes = 64 * 1024

    private static func commandLine(of pid: Int32) -> [String] {
        read("/proc/\(pid)/cmdline", limit: commandLineBytes).split(separator: "\0").map { String($0) }
    }

    /// A file's text up to `limit` bytes, repaired; empty where there is none.
    private static func read(_ path: String, limit: Int) -> String {
        guard let file = try? Descriptor.opening(path, flags: O_RDONLY) else { return "" }
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 16 * 1024)
        while bytes.count < limit {
            let count = unsafe Glibc.read(file.raw, &room, room.count)
            guard count > 0 else { break }
            bytes += room[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func linkTarget(_ path: String) -> String? {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { room in
            let count = unsafe readlink(path, room.baseAddress!, room.count)
            guard count > 0 else { return nil }
            return unsafe String(
                decoding: UnsafeRawBufferPointer(start: room.baseAddress, count: count), as: UTF8.self)
        }
    }
}
