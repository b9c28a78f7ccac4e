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

    /// Nil while nothing is logged.
    private(set) var output: NonblockingOutput?
    /// The file that it is, if it is one that was named.
    let path: String?
    /// What of it is written there.
    var level = LogLevel.info
    /// The line being written.
    private var line = ByteBuffer(capacity: 256)
    /// The newest lines.
    var recent = LogRing()
    /// More of them, for whoever reads on from where they were.
    var tail = LineRing(
        lineLimit: MasterLimits.tailLines, byteLimit: MasterLimits.tailBytes)
    /// Lines that were never written.
    var droppedLines: UInt64 = 0
    var droppedToTell: UInt64 = 0

    /// Logs to `output`, or nowhere but to `recent`.
    init(to output: NonblockingOutput? = nil, path: String? = nil) {
        self.output = output
        self.path = path
    }

    /// Opens the log at `path`, a file or whatever else lies there.
    static func open(path: String) throws(SystemError) -> EventLog {
        EventLog(to: try file(path), path: path)
    }

    /// Begins to write to the file that lies at its path now, or is made there: after somebody has renamed
    /// the one that was written to. Where that fails the old one is written on.
    func reopen() throws(SystemError) {
        guard let path else { return }
        let file = try Self.file(path)
        flush()
        // What a full disk did not take is not for the new file: a line of it may be half there.
        if let output { drop(UInt64(output.discard())) }
        output = file
    }

    private static func file(_ path: String) throws(SystemError) -> NonblockingOutput {
        // Without O_NONBLOCK opening a FIFO that nobody reads would wait for a reader.
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY
        return NonblockingOutput(try Descriptor.opening(path, flags: flags, mode: 0o640))
    }

    /// Writes a line whose fields `body` adds; `isUrgent` where it is to be looked at although others of its
    /// kind are not.
    func write(
        _ event: StaticString, isUrgent: Bool = false, _ body: (inout LogLine) -> Void = { _ in }
    ) {
        var line = LogLine(event)
        body(&line)
        append(line, isWritten: isUrgent || level.writes(event: event))
        flush()
    }

    private func append(_ line: consuming LogLine, isWritten: Bool) {
        let time = MonotonicClock.wallClock()
        self.line.removeAll()
        line.finish(epochNanoseconds: time, into: &self.line)
        unsafe recent.add(self.line.readable)
        unsafe tail.add(UnsafeRawBufferPointer(rebasing: self.line.readable.dropLast()))
        guard isWritten, let output else { return }
        guard output.pendingCount < Self.pendingBytes else { return drop(1) }
        if droppedToTell > 0 {
            var note = LogLine("log_lines_dropped")
            note.add("count", Int64(clamping: droppedToTell))
            droppedToTell = 0
            var told = ByteBuffer(capacity: 128)
            note.finish(epochNanoseconds: time, into: &told)
            output.append { unsafe $0.append(told.readable) }
        }
        output.append { unsafe $0.append(self.line.readable) }
    }

    private func drop(_ count: UInt64) {
        droppedLines += count
        droppedToTell += count
    }

    /// Writes what waits, as far as nobody has to wait for it.
    func flush() {
        guard let output else { return }
        switch output.pump() {
        case .idle, .pending: break
        case .closed, .failed: drop(UInt64(output.discard()))
        }
    }

    /// Writes what waits before the process ends; a reader that reads at all has it within so long.
    func finish(withinMilliseconds patience: Int32) { output?.finish(withinMilliseconds: patience) }
}
