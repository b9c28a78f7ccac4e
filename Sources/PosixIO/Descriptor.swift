public import Glibc

/// The one owner of a file descriptor; closing is what happens when it goes.
@frozen
public struct Descriptor: ~Copyable, Sendable {
    /// The number, for system calls that borrow it.
    public let raw: Int32

    /// Takes ownership of an open descriptor.
    @inlinable public init(owning raw: Int32) { self.raw = raw }

    deinit { close(raw) }

    /// Gives the number up without closing it.
    @inlinable public consuming func release() -> Int32 {
        let number = raw
        discard self
        return number
    }

    /// A second descriptor of the same open file, close-on-exec and numbered `floor` or above (fcntl(2)).
    public func duplicated(floor: Int32 = 3) throws(SystemError) -> Descriptor {
        let copy = fcntl(raw, F_DUPFD_CLOEXEC, floor)
        guard copy >= 0 else { throw SystemError("fcntl") }
        return Descriptor(owning: copy)
    }

    /// Marks the open file non-blocking (O_NONBLOCK).
    public func setNonBlocking() throws(SystemError) {
        let flags = fcntl(raw, F_GETFL)
        guard flags >= 0, fcntl(raw, F_SETFL, flags | O_NONBLOCK) >= 0 else { throw SystemError("fcntl") }
    }

    /// Opens a file close-on-exec (open(2)).
    public static func opening(_ path: String, flags: Int32, mode: mode_t = 0o644) throws(SystemError)
        -> Descriptor
    {
        let number = unsafe open(path, flags | O_CLOEXEC, mode)
        guard number >= 0 else { throw SystemError("open") }
        return Descriptor(owning: number)
    }

    /// Opens what is closed of the descriptors 0, 1 and 2, so that no other file of ours gets their numbers.
    ///
    /// Reading from them ends at once, writing to them fails with EBADF.
    public static func occupyStandardNumbers() {
        for number in Int32(0)...2 where fcntl(number, F_GETFD) < 0 {
            // The lowest free number is taken, and that is this one.
            _ = unsafe open("/dev/null", O_RDONLY)
        }
    }
}

/// Two connected Unix stream sockets, close-on-exec and non-blocking (socketpair(2)).
@frozen
public struct SocketPair: ~Copyable {
    /// One end.
    public let first: Descriptor
    /// The other.
    public let second: Descriptor

    /// Makes the pair; `bufferBytes` is asked for in both directions and may be clipped by the kernel.
    public init(bufferBytes: Int32? = nil) throws(SystemError) {
        var ends: (Int32, Int32) = (-1, -1)
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let made = unsafe withUnsafeMutableBytes(of: &ends) {
            unsafe socketpair(AF_UNIX, type, 0, $0.baseAddress!.assumingMemoryBound(to: Int32.self))
        }
        guard made == 0 else { throw SystemError("socketpair") }
        first = Descriptor(owning: ends.0)
        second = Descriptor(owning: ends.1)
        guard var bytes = bufferBytes else { return }
        for end in [ends.0, ends.1] {
            // Best effort: a smaller buffer is slower, not wrong.
            _ = unsafe setsockopt(end, SOL_SOCKET, SO_SNDBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
        }
    }
}
