import CPointerscopeShims
import Glibc

/// How a process ended.
public enum ExitStatus: Equatable, Sendable {
    /// It exited by itself with this status.
    case exited(Int32)
    /// This signal ended it.
    case signaled(Int32)

    /// `exit status 1` or `signal 9 (Killed)`.
    public var text: String {
        switch self {
        case .exited(let code): "exit status \(code)"
        case .signaled(let signal): unsafe "signal \(signal) (\(String(cString: strsignal(signal))))"
        }
    }
}

/// A child of this process, watched through its pidfd.
public struct ChildProcess: ~Copyable {
    /// Its process id.
    public let pid: Int32
    private let handle: Descriptor

    /// A descriptor of the child made from one of ours.
    public struct Inherited: Sendable {
        /// Ours; stays open here.
        public var source: Int32
        /// The child's.
        public var target: Int32

        /// Pairs them.
        public init(_ source: Int32, as target: Int32) {
            self.source = source
            self.target = target
        }
    }

    /// Targets are below this number and sources are copied above it, so that none overwrites another.
    private static let sourceFloor: Int32 = 64

    /// Starts the executable open at `executable` with nothing but `inherited` open (posix_spawn(3)).
    ///
    /// Every signal is unblocked and at its default in the child, but SIGINT is ignored where it is here.
    /// `newSession` makes it a session leader, out of reach of the terminal's signals.
    public init(
        executable: borrowing Descriptor, arguments: [String], environment: [String]? = nil,
        inherited: [Inherited], newSession: Bool = false
    ) throws(SystemError) {
        var copies: [ps_inherited] = []
        defer { for copy in copies { close(copy.source) } }
        for entry in inherited {
            let copy = fcntl(entry.source, F_DUPFD_CLOEXEC, Self.sourceFloor)
            guard copy >= 0 else { throw SystemError("fcntl") }
            copies.append(ps_inherited(source: copy, target: entry.target))
        }
        // Above every target, or an inherited descriptor would take its place before it is executed.
        let image = try executable.duplicated(floor: Self.sourceFloor)
        var pid: pid_t = 0
        var vector: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] =
            unsafe (environment ?? []).map { unsafe strdup($0) } + [nil]
        defer { unsafe (vector + variables).forEach { unsafe free($0) } }
        let failure = unsafe variables.withUnsafeMutableBufferPointer { own in
            unsafe vector.withUnsafeMutableBufferPointer { arguments in
                let all = unsafe environment == nil ? ps_environment() : own.baseAddress!
                return unsafe ps_spawn(
                    &pid, "/proc/self/fd/\(image.raw)", arguments.baseAddress!, unsafe all, copies,
                    copies.count, newSession)
            }
        }
        guard failure == 0 else { throw SystemError("posix_spawn", code: failure) }
        let number = ps_pidfd_open(pid)
        guard number >= 0 else {
            let error = SystemError("pidfd_open")
            // Nobody has waited for it, so that the number is still its own.
            Glibc.kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
            throw error
        }
        self.pid = pid
        handle = Descriptor(owning: number)
    }

    /// Looks after a child that the program before in this process has started.
    init(resuming pid: Int32, _ handle: consuming Descriptor) {
        self.pid = pid
        self.handle = handle
    }

    /// Turns readable when the child has ended; for the poller.
    public var raw: Int32 { handle.raw }

    /// Sends a signal (pidfd_send_signal(2)); a child that has ended is not reached, nor is another process
    /// that has its number by now.
    public borrowing func signal(_ number: Int32) { _ = ps_pidfd_send_signal(handle.raw, number) }

    /// How it ended, or nil while it runs; told once, and then the child is gone for the kernel too.
    public borrowing func reap() -> ExitStatus? { reap(waits: false) }

    /// Ends it with SIGKILL and waits until it is gone: for one that was started and cannot be looked after.
    public borrowing func killAndReap() {
        signal(SIGKILL)
        _ = reap(waits: true)
    }

    private borrowing func reap(waits: Bool) -> ExitStatus? {
        var status: Int32 = 0
        var wasSignaled = false
        guard unsafe ps_pidfd_reap(handle.raw, waits, &status, &wasSignaled) == 1 else { return nil }
        return wasSignaled ? .signaled(status) : .exited(status)
    }

    /// Keeps descriptors that this process was started with from its children, 0 to 2 excepted.
    public static func closeInheritedOnExec() { ps_close_on_exec_from(3) }

    /// The executable this process was started from, whatever lies at its path now.
    public static func ownExecutable() throws(SystemError) -> Descriptor {
        try Descriptor.opening("/proc/self/exe", flags: O_RDONLY)
    }

    /// Whether a file begins as scripts do, whose interpreter would be started in its place (execve(2)).
    public static func isScript(_ file: borrowing Descriptor) -> Bool {
        var start: (UInt8, UInt8) = (0, 0)
        let count = unsafe withUnsafeMutableBytes(of: &start) { unsafe pread(file.raw, $0.baseAddress, 2, 0) }
        return count == 2 && start.0 == UInt8(ascii: "#") && start.1 == UInt8(ascii: "!")
    }
}
