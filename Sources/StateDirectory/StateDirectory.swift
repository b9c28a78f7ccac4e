import ByteCore
import Glibc
public import PosixIO

/// The directory in which a server keeps what must outlive it: mode 0700, its files 0600, all of one owner.
///
/// Files are written whole under another name, synced, and renamed, so that whoever reads them sees the old
/// or the new one. Links are followed nowhere. Calls may wait for a disk: no loop that somebody waits for
/// makes them, but for looking and reading what is small.
public struct StateDirectory: ~Copyable, Sendable {
    /// As it was named.
    public let path: String
    private let directory: Descriptor

    /// Opens the directory; where it is not there it is made, with all above it that is missing, if `isMade`.
    public static func opening(_ path: String, isMade: Bool) throws(StateFault) -> StateDirectory {
        // A slash behind the name would follow a link.
        var plain = path
        while plain.count > 1, plain.hasSuffix("/") { plain.removeLast() }
        if isMade { try make(plain) }
        let directory = StateDirectory(adopting: try open(plain), path: plain)
        try directory.check()
        return directory
    }

    private static func open(_ path: String) throws(StateFault) -> Descriptor {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else {
            throw StateFault(path, errno == ENOENT ? .missing : .system(SystemError("lstat")))
        }
        guard status.st_mode & S_IFMT != S_IFLNK else { throw StateFault(path, .symbolicLink) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw StateFault(path, .notDirectory) }
        do throws(SystemError) {
            return try Descriptor.opening(path, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        } catch {
            // What others may not even look into belongs to somebody else, which is the better answer.
            guard status.st_uid == geteuid() else { throw StateFault(path, .otherOwner(status.st_uid)) }
            throw StateFault(path, .system(error))
        }
    }

    /// Takes over a descriptor that another process of ours has opened.
    public init(adopting directory: consuming Descriptor, path: String) {
        self.path = path
        self.directory = directory
    }

    /// For a child that is to use the directory, wherever its name leads by then.
    public var raw: Int32 { directory.raw }

    /// Looks whether it still is a directory that nobody else may use, and the one that its name leads to.
    public func check() throws(StateFault) {
        var status = stat()
        guard unsafe fstat(directory.raw, &status) == 0 else {
            throw StateFault(path, .system(SystemError("fstat")))
        }
        try Self.checkOwner(status, path)
        var named = stat()
        guard unsafe lstat(path, &named) == 0, named.st_ino == status.st_ino, named.st_dev == status.st_dev
        else { throw StateFault(path, .missing) }
    }

    static func checkOwner(_ status: stat, _ path: String) throws(StateFault) {
        guard status.st_uid == geteuid() else { throw StateFault(path, .otherOwner(status.st_uid)) }
        guard status.st_mode & 0o077 == 0 else { throw StateFault(path, .openToOthers(mode: status.st_mode)) }
    }

    /// Makes the directory and what is missing above it, each with mode 0700 whatever the umask.
    private static func make(_ path: String) throws(StateFault) {
        guard unsafe mkdir(path, 0o700) != 0 else {
            _ = unsafe chmod(path, 0o700)
            return
        }
        if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try make(String(path[..<slash]))
            if unsafe mkdir(path, 0o700) == 0 {
                _ = unsafe chmod(path, 0o700)
                return
            }
        }
        guard errno == EEXIST else { throw StateFault(path, .system(SystemError("mkdir"))) }
    }
}

// MARK: - Reading

extension StateDirectory {
    /// Which writing of a file is there now; nil where there is none.
    public func stamp(of file: StateFile) -> FileStamp? {
        var status = stat()
        guard unsafe fstatat(directory.raw, file.name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        return FileStamp(status)
    }

    /// Reads a whole file; nil where there is none.
    public func read(_ file: StateFile) throws(StateFault) -> StoredFile? {
        let place = "\(path)/\(file.name)"
        // Without O_NONBLOCK a pipe in its place would hold us up.
        let number = unsafe openat(
            directory.raw, file.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else {
            switch errno {
            case ENOENT: return nil
            case ELOOP: throw StateFault(place, .symbolicLink)
            default: throw StateFault(place, .system(SystemError("open")))
            }
        }
        let opened = Descriptor(owning: number)
        var status = stat()
        guard unsafe fstat(opened.raw, &status) == 0 else {
            throw StateFault(place, .system(SystemError("fstat")))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw StateFault(place, .notFile) }
        try Self.checkOwner(status, place)
        let limit = file.limitBytes
        guard status.st_size <= limit else { throw StateFault(place, .tooLarge(limit: limit)) }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size) + 1)
        var count = 0
        while count < bytes.count {
            let read = unsafe bytes.withUnsafeMutableBytes { room in
                unsafe Glibc.read(opened.raw, room.baseAddress! + count, room.count - count)
            }
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else { throw StateFault(place, .system(SystemError("read"))) }
            if read == 0 { break }
            count += read
        }
        bytes.removeLast(bytes.count - count)
        return StoredFile(bytes: bytes, stamp: FileStamp(status))
    }
}

// MARK: - Writing

extension StateDirectory {
    /// Writes a whole file, in whose place nothing else is until all of it is on the disk. Whoever calls
    /// holds the lock of changes.
    @discardableResult
    public func write(_ bytes: [UInt8], to file: StateFile) throws(StateFault) -> FileStamp {
        let place = "\(path)/\(file.name)"
        let temporary = ".\(file.name).new"
        do throws(SystemError) {
            // One may lie there of somebody who was killed in the middle.
            _ = unsafe unlinkat(directory.raw, temporary, 0)
            let number = unsafe openat(
                directory.raw, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                0o600 as mode_t)
            guard number >= 0 else { throw SystemError("open") }
            let opened = Descriptor(owning: number)
            guard fchmod(opened.raw, 0o600) == 0 else { throw SystemError("fchmod") }
            try Self.writeAll(bytes, to: opened)
            guard fsync(opened.raw) == 0 else { throw SystemError("fsync") }
            guard unsafe renameat(directory.raw, temporary, directory.raw, file.name) == 0 else {
                throw SystemError("rename")
            }
            guard fsync(directory.raw) == 0 else { throw SystemError("fsync") }
            var status = stat()
            guard unsafe fstat(opened.raw, &status) == 0 else { throw SystemError("fstat") }
            return FileStamp(status)
        } catch {
            _ = unsafe unlinkat(directory.raw, temporary, 0)
            throw StateFault(place, .system(error))
        }
    }

    /// Removes a file; one that is not there is removed already.
    public func remove(_ file: StateFile) throws(StateFault) {
        guard unsafe unlinkat(directory.raw, file.name, 0) == 0 || errno == ENOENT else {
            throw StateFault("\(path)/\(file.name)", .system(SystemError("unlink")))
        }
        _ = fsync(directory.raw)
    }

    private static func writeAll(_ bytes: [UInt8], to file: borrowing Descriptor) throws(SystemError) {
        let number = file.raw
        let failure = unsafe bytes.withUnsafeBytes { source -> Int32 in
            var offset = 0
            while offset < source.count {
                let count = unsafe Glibc.write(number, source.baseAddress! + offset, source.count - offset)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return count < 0 ? errno : EIO }
                offset += count
            }
            return 0
        }
        guard failure == 0 else { throw SystemError("write", code: failure) }
    }
}

extension FileStamp {
    fileprivate init(_ status: stat) {
        self.init(
            inode: UInt64(status.st_ino), byteCount: Int64(status.st_size),
            modified: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec),
            changed: Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec))
    }
}
