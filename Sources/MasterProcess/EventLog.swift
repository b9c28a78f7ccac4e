import ByteCore
import Glibc
import PosixIO
import Telemetry

/// The JSON log: lines to a file or standard error that never hold up the loop.
///
/// What cannot be written now waits, up to a bound; past it, and when the disk is full, lines are dropped and
/// counted, and the next line that gets through tells how many. The newest lines are kept for showing,
/// wherever the log goes and whether or not it gets there.
final class EventLog {
    /// Lines that may wait for a reader.
    private static let pendingBytes = 64 * 1024
    /// Written at once: a pipe that polls writable takes this much without blocking (PIPE_BUF, pipe(7)).
    private static let chunkBytes = 4096

    /// The open file; negative while nothing is logged.
    private let number: Int32
    private var pending = ByteBuffer(capacity: 1024)
    /// The line being written.
    private var line = ByteBuffer(capacity: 256)
    /// The newest lines.
    private(set) var recent = LogRing()
    /// Lines that were never written.
    private(set) var droppedLines: UInt64 = 0
    private var droppedToTell: UInt64 = 0

    /// Logs to `file`.
    init(to file: consuming Descriptor) {
        number = file.release()
    }

    /// Logs nowhere but to `recent`.
    init() {
        number = -1
    }

    deinit { if number >= 0 { close(number) } }

    /// Opens the log that the settings ask for; `isQuiet` without a path logs nowhere.
    static func open(path: String?, isQuiet: Bool) throws(SystemError) -> EventLog {
        if let path {
            // Without O_NONBLOCK opening a FIFO that nobody reads would wait for a reader.
            return EventLog(
                to: try Descriptor.opening(
                    path, flags: O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, mode: 0o640))
        }
        if isQuiet { return EventLog() }
        let copy = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
        return copy < 0 ? EventLog() : EventLog(to: Descriptor(owning: copy))
    }

    /// Writes a line whose fields `body` adds.
    func write(_ event: StaticString, _ body: (inout LogLine) -> Void = { _ in }) {
        var line = LogLine(event)
        body(&line)
        append(line)
        flush()
    }

    private func append(_ line: consuming LogLine) {
        let time = MonotonicClock.wallClock()
        self.line.removeAll()
        line.finish(epochNanoseconds: time, into: &self.line)
        recent.add(self.line.readable)
        guard number >= 0 else { return }
        guard pending.count < Self.pendingBytes else { return drop(1) }
        if droppedToTell > 0 {
            var note = LogLine("log_lines_dropped")
            note.add("count", Int64(clamping: droppedToTell))
            droppedToTell = 0
            note.finish(epochNanoseconds: time, into: &pending)
        }
        pending.append(self.line.readable)
    }

    private func drop(_ count: UInt64) {
        droppedLines += count
        droppedToTell += count
    }

    /// Writes what waits, as far as nobody has to wait for it.
    func flush() {
        guard number >= 0 else { return }
        while !pending.isEmpty {
            var poll = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
            guard Glibc.poll(&poll, 1, 0) == 1, poll.revents & Int16(POLLOUT) != 0 else { return }
            let chunk = min(pending.count, Self.chunkBytes)
            let written = Glibc.write(number, pending.readable.baseAddress, chunk)
            if written > 0 {
                pending.consume(written)
            } else if errno != EINTR {
                if errno == EAGAIN { return }
                return discardPending()
            }
        }
    }

    private func discardPending() {
        let lines = pending.readable.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
        pending.removeAll()
        drop(UInt64(max(1, lines)))
    }
}
