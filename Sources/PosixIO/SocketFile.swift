import Glibc

/// The file of a listening Unix socket (unix(7)): made for the owner and a group alone, taken over from a
/// server that is gone, and removed when this one goes.
final class SocketFile {
    private let path: String
    /// Which file it is, so that no other one is removed that has taken its name.
    let identity: Identity
    private var isRemoved = false

    struct Identity: Equatable {
        var device: dev_t
        var inode: ino_t
    }

    /// Owner and group may connect, which takes the right to write; at a private one the owner alone.
    private static let sharedMode: mode_t = 0o660
    private static let privateMode: mode_t = 0o600

    /// Binds `socket` to `address`, whose path is `path`, and has `listens` begin to listen.
    init(
        binding socket: Int32, to address: SocketAddress, at path: String, group: UInt32?, isPrivate: Bool,
        _ listens: () -> Bool
    ) throws(SystemError) {
        // Between bind and listen a file looks like one whose server is gone: no other server of ours looks
        // meanwhile.
        let lock = FolderLock(folderOf: path)
        defer { lock?.release() }
        try Self.makeWay(for: address, at: path)
        let mode = isPrivate ? Self.privateMode : Self.sharedMode
        // A file gets its socket's mode, less the umask: so nobody else ever has more. Setting the umask
        // would set it for whatever else this process makes.
        guard fchmod(socket, mode) == 0 else { throw SystemError("fchmod") }
        let bound = unsafe address.withSystemAddress { unsafe bind(socket, $0, $1) }
        let failure = SystemError("bind")
        guard bound == 0 else { throw failure }
        guard let identity = Self.identity(of: path) else { throw SystemError("lstat") }
        self.path = path
        self.identity = identity
        // What the umask has taken; never of what somebody else may have put there.
        guard unsafe fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw SystemError("chmod")
        }
        if let group, unsafe lchown(path, uid_t.max, gid_t(group)) != 0 { throw SystemError("chown") }
        guard listens() else { throw SystemError("listen") }
    }

    /// Looks after a file that the program before in this process has made.
    init(resuming path: String, _ identity: Identity) {
        self.path = path
        self.identity = identity
    }

    deinit { remove() }

    /// What lies under its name now.
    var state: ListenerFileState {
        guard !isRemoved else { return .own }
        guard let found = Self.identity(of: path) else { return .missing }
        return found == identity ? .own : .another
    }

    /// Removes the file, if it is still the one that was made.
    func remove() {
        guard !isRemoved else { return }
        isRemoved = true
        if Self.identity(of: path) == identity { unsafe unlink(path) }
    }

    /// Removes a socket file that nobody listens at; fails with EADDRINUSE where somebody does.
    private static func makeWay(for address: SocketAddress, at path: String) throws(SystemError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw SystemError("lstat")
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw SystemError("bind", code: ENOTSOCK) }
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let number = socket(AF_UNIX, type, 0)
        guard number >= 0 else { throw SystemError("socket") }
        let probe = Descriptor(owning: number)
        let code = unsafe address.withSystemAddress { unsafe connect(probe.raw, $0, $1) == 0 ? 0 : errno }
        // A full queue and a socket of another type are somebody's as well.
        guard code == ECONNREFUSED else {
            throw SystemError("bind", code: code == EACCES ? EACCES : EADDRINUSE)
        }
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw SystemError("unlink") }
    }

    private static func identity(of path: String) -> Identity? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        return Identity(device: status.st_dev, inode: status.st_ino)
    }
}

/// Holds others of us off a folder (flock(2)), as long as it lives.
private final class FolderLock {
    private let descriptor: Descriptor

    /// Times to ask for it, 10 ms apart: whoever binds there has it for less than one.
    private static let tries = 100

    /// Locks the folder that `path` is in; nil where that cannot be, and then the only thing lost is order
    /// among servers that start in the same moment.
    init?(folderOf path: String) {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard let descriptor = try? Descriptor.opening(folder, flags: O_RDONLY | O_DIRECTORY) else {
            return nil
        }
        var triesLeft = Self.tries
        while flock(descriptor.raw, LOCK_EX | LOCK_NB) != 0 {
            triesLeft -= 1
            guard errno == EWOULDBLOCK, triesLeft > 0 else { return nil }
            usleep(10_000)
        }
        self.descriptor = descriptor
    }

    func release() { flock(descriptor.raw, LOCK_UN) }
}
