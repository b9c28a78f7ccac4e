public import ByteCore
import CPointerscopeShims
import Glibc

/// A descriptor that may be shared with others, as something to write to that never makes its writer wait.
///
/// It may be the shell's terminal or the pipe of a whole pipeline, so it is not made non-blocking for all who
/// hold it. A pipe or terminal is opened once more; a socket is asked not to wait; a file takes everything at
/// once. What cannot be opened again (another user's terminal, a pipe of a container) is written to by a
/// thread that may wait, behind a pipe that does not.
public final class NonblockingOutput {
    /// How far writing got.
    public enum Progress: Equatable, Sendable {
        /// All that was given is written.
        case idle
        /// Go on when it can be written to.
        case pending
        /// Whoever read it is gone.
        case closed
        /// It cannot be written to; the errno(3).
        case failed(Int32)
    }

    private enum Way {
        case file
        /// An open file of our own that does not block.
        case own
        case socket
        /// A thread writes it.
        case pump
    }

    private let way: Way
    /// What is written to; owned.
    private let target: Descriptor
    private var pending = ByteBuffer(capacity: 1024)
    /// Whether the last byte written ended a line, or none was written.
    private var isAtLineStart = true
    /// Whether a line that was written in part has to be ended before the next one.
    private var owesLineEnd = false
    /// What is wrong for good: the errno(3), or 0.
    private var failure: Int32 = 0

    /// Writes to the open file behind `number`, which stays the caller's.
    public init(sharing number: Int32) {
        var status = stat()
        // Opened once more it might be writable, and what was to be seen would go nowhere.
        guard unsafe fstat(number, &status) == 0, fcntl(number, F_GETFL) & O_ACCMODE != O_RDONLY else {
            failure = EBADF
            way = .file
            target = Descriptor(owning: -1)
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            way = .file
            target = Descriptor(owning: fcntl(number, F_DUPFD_CLOEXEC, 3))
        case S_IFSOCK:
            way = .socket
            target = Descriptor(owning: fcntl(number, F_DUPFD_CLOEXEC, 3))
        default:
            let flags = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
            let opened = unsafe open("/proc/self/fd/\(number)", flags)
            way = opened >= 0 ? .own : .pump
            target = Descriptor(owning: opened >= 0 ? opened : ps_pump_start(number))
        }
        if target.raw < 0 { failure = errno }
    }

    /// Writes to an open file of our own, which must not block.
    public init(_ file: consuming Descriptor) {
        var status = stat()
        way = unsafe fstat(file.raw, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK ? .socket : .own
        target = file
    }

    /// Puts what never blocks in the place of descriptor `number` for the rest of this process's life, and
    /// writes there: what a runtime says when it crashes cannot hang the process any more.
    ///
    /// Files and sockets stay as they are.
    public static func takingOver(_ number: Int32) -> NonblockingOutput {
        let output = NonblockingOutput(sharing: number)
        switch output.way {
        case .own, .pump: if output.target.raw >= 0 { dup2(output.target.raw, number) }
        case .file, .socket: break
        }
        return output
    }

    /// To be watched for room while writing is pending, and for its reader's end; a file cannot be.
    public var descriptor: Int32? { way == .file || target.raw < 0 ? nil : target.raw }

    /// Whether all that was given is written.
    public var isIdle: Bool { pending.isEmpty }

    /// Bytes that wait.
    public var pendingCount: Int { pending.count }

    /// Those bytes, and where they are written: for a successor that goes on with it.
    public var waiting: [UInt8] { unsafe Array(pending.readable) }
    public var number: Int32 { target.raw }

    /// Appends what `body` adds; `pump` writes it.
    public func append(_ body: (inout ByteBuffer) -> Void) {
        if owesLineEnd {
            pending.append(UInt8(ascii: "\n"))
            owesLineEnd = false
        }
        body(&pending)
    }

    /// Appends a text.
    public func append(text: String) { append { $0.append(text: text) } }

    /// Takes in that nobody reads any more.
    public func readerIsGone() { failure = EPIPE }

    /// Writes what is pending as far as nobody has to wait for it; after `.failed` it may be tried again.
    public func pump() -> Progress {
        while !pending.isEmpty, failure == 0 {
            let count = unsafe writeOnce(pending.readable)
            if count > 0 {
                isAtLineStart = unsafe pending.readable[count - 1] == UInt8(ascii: "\n")
                pending.consume(count)
            } else if errno == EAGAIN {
                return .pending
            } else if errno != EINTR {
                return errno == EPIPE ? .closed : .failed(errno)
            }
        }
        guard failure == 0 else { return failure == EPIPE ? .closed : .failed(failure) }
        pending.removeAll(shrinkingTo: 64 * 1024)
        return .idle
    }

    private func writeOnce(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard way == .socket else { return unsafe write(target.raw, bytes.baseAddress, bytes.count) }
        return unsafe send(target.raw, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
    }

    /// Gives up what waits and returns how many lines of it there were; a line that is written in part is
    /// ended in front of what comes next.
    public func discard() -> Int {
        let lineEnds = unsafe pending.readable.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
        // One in front of everything ends a line of before.
        let lines = unsafe lineEnds - (pending.readable.first == UInt8(ascii: "\n") ? 1 : 0)
        pending.removeAll(shrinkingTo: 64 * 1024)
        owesLineEnd = !isAtLineStart
        return lines
    }

    /// Writes what is pending, for a process that is about to end: waits so long at most for somebody to read
    /// it.
    @discardableResult
    public func finish(withinMilliseconds patience: Int32) -> Progress {
        let end = MonotonicClock.now() + Int64(patience) * 1_000_000
        var progress = pump()
        while progress == .pending {
            let left = (end - MonotonicClock.now()) / 1_000_000
            guard left > 0 else { return .pending }
            var request = pollfd(fd: target.raw, events: Int16(POLLOUT), revents: 0)
            _ = unsafe poll(&request, 1, Int32(clamping: left))
            progress = pump()
        }
        guard progress == .idle else { return progress }
        return Self.settle(until: end) ? .idle : .pending
    }

    /// Waits so long at most until what was handed to threads is written; without any there is nothing to
    /// wait for.
    public static func settle(withinMilliseconds patience: Int32) {
        _ = settle(until: MonotonicClock.now() + Int64(patience) * 1_000_000)
    }

    /// Puts back at descriptor `number` what was there before a thread had to wait for it: no thread outlives
    /// this program, which is about to be replaced.
    public static func giveBack(_ number: Int32) { ps_pump_undo(number) }

    /// Threads report to nobody, so they are asked again and again.
    private static func settle(until end: Int64) -> Bool {
        while !ps_pumps_are_idle() {
            guard MonotonicClock.now() < end else { return false }
            usleep(1_000)
        }
        return true
    }
}

extension NonblockingOutput {
    /// Says `text` on descriptor `number` before this process ends, waiting a second at most for its reader.
    ///
    /// Returns whether all of it was written.
    @discardableResult
    public static func say(_ text: String, on number: Int32, withinMilliseconds patience: Int32 = 1_000)
        -> Bool
    {
        let output = NonblockingOutput(sharing: number)
        // Last words are often about there being no more descriptors, and then this takes none.
        guard output.failure != EMFILE, output.failure != ENFILE else {
            return sayGuarded(text, on: number, until: MonotonicClock.now() + Int64(patience) * 1_000_000)
        }
        output.append(text: text)
        return output.finish(withinMilliseconds: patience) == .idle
    }

    /// Writes to a descriptor that may block, without one of our own: with room for one byte a pipe or
    /// terminal takes one byte without waiting.
    private static func sayGuarded(_ text: String, on number: Int32, until end: Int64) -> Bool {
        for byte in text.utf8 {
            var request = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
            let left = max(0, (end - MonotonicClock.now()) / 1_000_000)
            var byte = byte
            guard unsafe poll(&request, 1, Int32(clamping: left)) == 1, unsafe write(number, &byte, 1) == 1
            else {
                return false
            }
        }
        return true
    }
}
