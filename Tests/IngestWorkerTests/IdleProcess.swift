import Glibc
import PosixIO
import Synchronization
import TestSupport

@testable import PosixIO

/// A process that does nothing and can be killed: what a master looks after while the worker itself lives on
/// the test's own thread. It ends with the test's process at the latest.
struct IdleProcess: Sendable {
    let pid: Int32
    /// Its pidfd, which `end` or `rest` closes or keeps.
    let handle: Int32

    /// Those that nobody has for now: a start costs more than a history.
    private static let resting = Mutex<[IdleProcess]>([])
    /// Read to its end, which comes when this process is gone.
    nonisolated(unsafe) private static let lifeline = PipeEnds()

    static func begin() throws -> IdleProcess {
        if let rested = resting.withLock({ $0.popLast() }) { return rested }
        guard let lifeline else { throw SystemError("pipe") }
        let child = try ChildProcess(
            executable: Descriptor.opening("/bin/cat", flags: O_RDONLY), arguments: ["cat"],
            inherited: [.init(lifeline.reading, as: 0)])
        return IdleProcess(pid: child.pid, handle: fcntl(child.raw, F_DUPFD_CLOEXEC, 0))
    }

    /// It again, for somebody else to look after.
    var child: ChildProcess {
        ChildProcess(resuming: pid, Descriptor(owning: fcntl(handle, F_DUPFD_CLOEXEC, 0)))
    }

    /// Whether it has ended, or does within so long.
    func hasEnded(withinMilliseconds wait: Int32 = 0) -> Bool {
        var request = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, wait) == 1
    }

    func kill() {
        child.signal(SIGKILL)
        _ = hasEnded(withinMilliseconds: 60_000)
    }

    /// Nobody looks after it any more.
    func giveBack() {
        guard hasEnded() else { return Self.resting.withLock { $0.append(self) } }
        _ = child.reap()
        close(handle)
    }
}
