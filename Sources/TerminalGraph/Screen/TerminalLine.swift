import Glibc

/// The way to a terminal and back that never waits.
///
/// The descriptor we are given is shared with the shell, so it is not made non-blocking; the terminal is
/// opened once more. Where that is not allowed, every byte is asked for first.
struct TerminalLine: ~Copyable {
    /// What became of writing or reading.
    enum Outcome {
        case moved(Int)
        /// Nothing can be moved now.
        case blocked
        /// The terminal is gone.
        case gone
    }

    let descriptor: Int32
    /// Whether `descriptor` is ours, and non-blocking.
    private let isOwn: Bool

    /// Opens the terminal that `shared` is open on.
    init(_ shared: Int32) {
        descriptor = Self.reopen(shared) ?? shared
        isOwn = descriptor != shared
    }

    /// Uses `shared` itself, which may block.
    init(guarding shared: Int32) {
        descriptor = shared
        isOwn = false
    }

    deinit { if isOwn { close(descriptor) } }

    private static func reopen(_ shared: Int32) -> Int32? {
        let flags = O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
        let own = unsafe open("/proc/self/fd/\(shared)", flags)
        if own >= 0 { return own }
        let named = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { path -> Int32 in
            guard let base = path.baseAddress else { return -1 }
            return unsafe ttyname_r(shared, base, path.count) == 0 ? open(base, flags) : -1
        }
        if named >= 0 { return named }
        // After su the terminal is another user's; as the controlling one it may be opened all the same.
        guard tcgetsid(shared) == getsid(0) else { return nil }
        let controlling = unsafe open("/dev/tty", flags)
        return controlling >= 0 ? controlling : nil
    }

    /// Writes as much of `bytes` as the terminal takes now.
    func write(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        guard !isOwn else { return unsafe once(Glibc.write(descriptor, bytes.baseAddress, bytes.count)) }
        // With room for one byte a blocking terminal takes one byte without blocking.
        var written = 0
        while written < min(bytes.count, Limits.guardedWriteBytes), isReady(Int16(POLLOUT)) {
            guard case .moved = unsafe once(Glibc.write(descriptor, bytes.baseAddress! + written, 1)) else {
                return written > 0 ? .moved(written) : .gone
            }
            written += 1
        }
        return written > 0 ? .moved(written) : .blocked
    }

    /// Reads what was typed.
    func read(into bytes: UnsafeMutableRawBufferPointer) -> Outcome {
        guard isOwn || isReady(Int16(POLLIN)) else { return .blocked }
        return unsafe once(Glibc.read(descriptor, bytes.baseAddress, bytes.count))
    }

    /// Waits up to `milliseconds` until something can be written.
    func awaitRoom(milliseconds: Int32) {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        unsafe poll(&request, 1, milliseconds)
    }

    /// Throws away what the terminal has not taken yet.
    func discardOutput() { tcflush(descriptor, TCOFLUSH) }

    /// The size of the window; nil where the terminal does not know it.
    var size: (columns: Int, rows: Int)? {
        var window = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0
        else {
            return nil
        }
        return (Int(window.ws_col), Int(window.ws_row))
    }

    private func isReady(_ events: Int16) -> Bool {
        var request = pollfd(fd: descriptor, events: events, revents: 0)
        return unsafe poll(&request, 1, 0) == 1 && request.revents & events != 0
    }

    private func once(_ result: Int) -> Outcome {
        if result > 0 { return .moved(result) }
        // End of file and EIO are what is left of a terminal that hung up.
        if result == 0 { return .gone }
        return errno == EAGAIN || errno == EINTR ? .blocked : .gone
    }
}
