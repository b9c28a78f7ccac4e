import Glibc
import PosixIO

/// A lock on the state directory, held until it goes (flock(2)); a process that is killed holds none.
///
/// There are two. `lock` is a server's for its life, so that there is one at a time. `change-lock` is held by
/// whoever reads a file, changes it and writes it back: a command for the moment that this takes, and the
/// server's keeper. The files stay; only who holds them changes.
public struct StateLock: ~Copyable, Sendable {
    private let file: Descriptor

    fileprivate init(holding file: consuming Descriptor) { self.file = file }

    /// Holds on to a lock that the program before in this process has taken: it is the open file's.
    public init(resuming number: Int32) { file = Descriptor(owning: number) }

    /// Its open file.
    public var raw: Int32 { file.raw }

    /// Gives it back now.
    public consuming func release() {}

    /// Opens the lock file and tries to lock it; nil where somebody else has it, and then who.
    fileprivate static func take(
        _ name: StaticString, in directory: borrowing StateDirectory, pid: inout Int32?
    ) throws(StateFault) -> StateLock? {
        let place = "\(directory.path)/\(name)"
        let number = unsafe openat(
            directory.raw, "\(name)", O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600 as mode_t)
        guard number >= 0 else {
            throw StateFault(place, errno == ELOOP ? .symbolicLink : .system(SystemError("open")))
        }
        let file = Descriptor(owning: number)
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else {
            throw StateFault(place, .system(SystemError("fstat")))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw StateFault(place, .notFile) }
        try StateDirectory.checkOwner(status, place)
        while flock(number, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { throw StateFault(place, .system(SystemError("flock"))) }
            pid = readPid(file)
            return nil
        }
        writePid(file)
        return StateLock(holding: file)
    }

    private static func readPid(_ file: borrowing Descriptor) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: Limits.pidBytes)
        let count = unsafe pread(file.raw, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }

    /// For a person who asks; whether the lock is held is not read from it.
    private static func writePid(_ file: borrowing Descriptor) {
        let text = Array("\(getpid())\n".utf8)
        _ = ftruncate(file.raw, 0)
        _ = unsafe pwrite(file.raw, text, text.count, 0)
    }
}

extension StateDirectory {
    /// Takes the lock of a server for its life.
    public func lockForServer() throws(StateFault) -> StateLock {
        var pid: Int32?
        guard let lock = try StateLock.take("lock", in: self, pid: &pid) else {
            throw StateFault(path, .inUse(pid: pid))
        }
        return lock
    }

    /// Holds the lock of changes, for which it waits up to 10 s unless it is told otherwise, while `body`
    /// reads a file and writes it back.
    public func changing<Outcome>(
        patienceMilliseconds: Int? = nil,
        _ body: (borrowing StateDirectory) throws(StateFault) -> Outcome
    ) throws(StateFault) -> Outcome {
        let lock = try lockForChange(patienceMilliseconds ?? Limits.patienceMilliseconds)
        do throws(StateFault) {
            let outcome = try body(self)
            lock.release()
            return outcome
        } catch {
            lock.release()
            throw error
        }
    }

    private func lockForChange(_ patienceMilliseconds: Int) throws(StateFault) -> StateLock {
        let end = MonotonicClock.now() + Int64(patienceMilliseconds) * 1_000_000
        var pid: Int32?
        while true {
            if let lock = try StateLock.take("change-lock", in: self, pid: &pid) { return lock }
            guard MonotonicClock.now() < end else { throw StateFault(path, .busy) }
            usleep(UInt32(Limits.retryMilliseconds) * 1_000)
        }
    }
}
