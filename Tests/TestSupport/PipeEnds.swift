import Glibc

/// Both ends of a pipe(7) that exists for a test; no child process that another test starts meanwhile keeps
/// them open, which would hide that one of them was closed.
public final class PipeEnds {
    /// The end to read from; -1 once closed.
    public private(set) var reading: Int32 = -1
    /// The end to write to, which blocks; -1 once closed.
    public private(set) var writing: Int32 = -1

    /// Makes one; nil where no more descriptors are to be had.
    public init?() {
        var ends: [Int32] = [-1, -1]
        // Swift's module of the C library has no pipe2(2). What a child that is started between the two calls
        // inherits is closed by whoever starts one.
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        reading = ends[0]
        writing = ends[1]
    }

    deinit {
        closeReading()
        closeWriting()
    }

    /// Closes the end to read from, and waits until nobody holds it: a child process that is being started
    /// has a copy of it for the moment between fork(2) and execve(2).
    public func closeReading() {
        if reading >= 0 { close(reading) }
        reading = -1
        guard writing >= 0 else { return }
        // Without readers poll(2) reports an error whatever it was asked for.
        var request = pollfd(fd: writing, events: 0, revents: 0)
        _ = poll(&request, 1, 10_000)
    }

    /// Closes the end to write to.
    public func closeWriting() {
        if writing >= 0 { close(writing) }
        writing = -1
    }
}
