import ByteCore
import Glibc
public import PosixIO
public import Telemetry

/// What became of a helper, for the log.
public enum HelperNote {
    /// It was started.
    case started(pid: Int32)
    /// It ended; another one is started after so many nanoseconds.
    case ended(pid: Int32, how: ExitStatus, restartsAfter: Int64)
    /// It could not be started, and is tried again after so many nanoseconds.
    case notStarted(SystemError, restartsAfter: Int64)
    /// It said something on its standard error.
    case said(pid: Int32, SpokenLines.Line)
    /// It hangs, or answers what was not asked, and is ended.
    case killed(pid: Int32)
}

/// The master's end of one helper: starts it, starts another one after its end, writes records and reads
/// answers of a fixed length. Nothing waits.
///
/// Its descriptors are registered under the owner's kind: index 0 is the socket, 1 the process, 2 its
/// standard error; the generation counts the helpers.
final class HelperLink {
    /// What the descriptors of a helper are registered as.
    enum Part {
        static let socket: UInt32 = 0
        static let process: UInt32 = 1
        static let errors: UInt32 = 2
    }

    private let executable: Descriptor
    private let title: String
    private let arguments: [String]
    /// A descriptor beside the socket that each helper finds open, and as which number.
    private let extra: ChildProcess.Inherited?
    private let tokenKind: UInt8
    private let answerBytes: Int
    private let note: (HelperNote) -> Void
    private var running: RunningHelper?
    private var generation: UInt32 = 0
    private var delay = Limits.firstDelay
    /// When to start the next one.
    private var startAt: Int64 = .min

    /// `title` is what lists of processes show behind the name of the program.
    init(
        executable: borrowing Descriptor, title: String, arguments: [String],
        extra: ChildProcess.Inherited? = nil, tokenKind: UInt8, answerBytes: Int,
        note: @escaping (HelperNote) -> Void
    ) throws(SystemError) {
        self.executable = try executable.duplicated()
        self.title = title
        self.arguments = arguments
        self.extra = extra
        self.tokenKind = tokenKind
        self.answerBytes = answerBytes
        self.note = note
    }

    /// Its process id while it runs.
    var pid: Int32? { running?.child.pid }

    /// When `start` should be tried again; nil while it runs.
    var nextDeadline: Int64? { running == nil ? startAt : nil }

    /// Starts a helper if none runs and it is time; whether one runs now.
    func start(now: Int64, poller: borrowing Poller) -> Bool {
        if running != nil { return true }
        guard now >= startAt else { return false }
        generation &+= 1
        do throws(SystemError) {
            let running = try RunningHelper(
                executable: executable, title: title, arguments: arguments, extra: extra, since: now)
            do throws(SystemError) {
                try poller.add(running.stream.raw, for: .readable, token: token(Part.socket))
                try poller.add(running.child.raw, for: .readable, token: token(Part.process))
                try poller.add(running.errors.raw, for: .readable, token: token(Part.errors))
            } catch {
                // Nobody would hear of its end.
                running.child.killAndReap()
                throw error
            }
            self.running = running
            note(.started(pid: running.child.pid))
            return true
        } catch {
            postpone(now: now)
            note(.notStarted(error, restartsAfter: startAt - now))
            return false
        }
    }

    private func postpone(now: Int64) {
        startAt = now + delay
        delay = min(2 * delay, Limits.longestDelay)
    }

    private func token(_ part: UInt32) -> Token {
        Token(kind: tokenKind, index: part, generation: generation)
    }

    /// Sends a record behind those that wait; our copy is overwritten when it is sent.
    func send(_ record: consuming [UInt8], poller: borrowing Poller) {
        guard let running else { return }
        running.outgoing.append(consume record)
        flush(running, poller)
    }

    private func flush(_ running: RunningHelper, _ poller: borrowing Poller) {
        // A helper that has ended is told by its process.
        guard case .wouldBlock = running.flush() else { return watch(running, for: .readable, poller) }
        watch(running, for: [.readable, .writable], poller)
    }

    private func watch(_ running: RunningHelper, for interest: Interest, _ poller: borrowing Poller) {
        guard running.interest != interest else { return }
        running.interest = interest
        try? poller.modify(running.stream.raw, for: interest, token: token(Part.socket))
    }

    /// Takes an event of one of its descriptors: hands on the answers that came, and says whether the helper
    /// is gone.
    func handle(
        _ event: ReadyEvent, now: Int64, poller: borrowing Poller, answer: ([UInt8]) -> Bool
    ) -> Bool {
        guard let running, event.token.generation == generation & 0xFF_FFFF else { return false }
        switch event.token.index {
        case Part.socket:
            if event.isWritable { flush(running, poller) }
            guard event.isReadable else { return false }
            return read(running, poller, answer)
        case Part.process:
            return ended(running, now: now, poller, answer)
        default:
            readErrors(running, now: now, poller)
            return false
        }
    }

    /// Reads what came; what is no answer ends the helper, and then its process says so.
    private func read(
        _ running: RunningHelper, _ poller: borrowing Poller, _ answer: ([UInt8]) -> Bool
    ) -> Bool {
        switch running.read(answerBytes: answerBytes, answer) {
        case .goesOn: break
        case .isClosed: poller.remove(running.stream.raw)
        case .isNonsense:
            poller.remove(running.stream.raw)
            kill()
        }
        return false
    }

    private func ended(
        _ running: RunningHelper, now: Int64, _ poller: borrowing Poller, _ answer: ([UInt8]) -> Bool
    ) -> Bool {
        guard let status = running.child.reap() else { return false }
        // What it said last is there already.
        _ = running.read(answerBytes: answerBytes, answer)
        readErrors(running, now: now, poller)
        running.spoken.end(now: now) { [note] in note(.said(pid: running.child.pid, $0)) }
        for descriptor in [running.stream.raw, running.child.raw, running.errors.raw] {
            poller.remove(descriptor)
        }
        if now - running.since >= Limits.goodLife { delay = Limits.firstDelay }
        postpone(now: now)
        self.running = nil
        note(.ended(pid: running.child.pid, how: status, restartsAfter: startAt - now))
        return true
    }

    private func readErrors(_ running: RunningHelper, now: Int64, _ poller: borrowing Poller) {
        let pid = running.child.pid
        unsafe withUnsafeTemporaryAllocation(byteCount: Limits.errorBytes, alignment: 8) { room in
            switch unsafe running.errors.read(into: room) {
            case .bytes(let count):
                let said = unsafe UnsafeRawBufferPointer(rebasing: room[..<count])
                unsafe running.spoken.take(said, now: now) { [note] in note(.said(pid: pid, $0)) }
            case .wouldBlock: break
            case .endOfFile, .failed: poller.remove(running.errors.raw)
            }
        }
    }

    /// Ends a helper that cannot be waited for; its process says when it is gone.
    func kill() {
        guard let running else { return }
        note(.killed(pid: running.child.pid))
        running.child.signal(SIGKILL)
    }

    /// Waits until an answer has come, which may take until `deadline` (monotonic nanoseconds): for a loop
    /// that has ended. False where none can come any more.
    func wait(until deadline: Int64, answer: ([UInt8]) -> Bool) -> Bool {
        var hasAnswered = false
        while !hasAnswered, let running {
            // What the socket does not take yet goes on as soon as it does.
            _ = running.flush()
            let interest: Interest = running.outgoing.isEmpty ? .readable : [.readable, .writable]
            guard waitUntilReady(running.stream.raw, for: interest, deadline: deadline) else { return false }
            let reading = running.read(answerBytes: answerBytes) { bytes in
                hasAnswered = answer(bytes)
                return hasAnswered
            }
            guard case .goesOn = reading else { return hasAnswered }
        }
        return hasAnswered
    }

    /// Ends a helper that has nothing to do, and waits until it is gone: for a program that gives its place
    /// to another one. The next one is started when it is needed.
    func end(poller: borrowing Poller) {
        guard let running else { return }
        running.child.killAndReap()
        for descriptor in [running.stream.raw, running.child.raw, running.errors.raw] {
            poller.remove(descriptor)
        }
        self.running = nil
    }

    /// Closes the helper's socket: it does what it was given, and ends. Nobody waits for it.
    func stop(poller: borrowing Poller) {
        guard let running else { return }
        for descriptor in [running.stream.raw, running.child.raw, running.errors.raw] {
            poller.remove(descriptor)
        }
        self.running = nil
        startAt = .max
    }
}
