import Glibc

/// The modes of a terminal as they were found, and those of a full-screen program.
///
/// Everything is set with TCSANOW: a terminal that nobody reads must not hold us up.
struct TerminalModes {
    let found: termios

    /// Reads the modes of `descriptor`.
    init(of descriptor: Int32) throws(TerminalError) {
        var modes = termios()
        guard unsafe tcgetattr(descriptor, &modes) == 0 else { throw .notATerminal }
        found = modes
    }

    /// Keys come one by one and are not echoed; Control-C is one of them.
    ///
    /// Where the person made another key the one that interrupts, that key still does.
    func enterFullScreen(_ descriptor: Int32) throws(TerminalError) {
        var modes = found
        modes.c_lflag &= ~tcflag_t(ICANON | ECHO | ECHONL | IEXTEN)
        modes.c_lflag |= tcflag_t(ISIG)
        // Without IXON no Control-S can stop the picture.
        modes.c_iflag &= ~tcflag_t(IXON | IXOFF | INLCR | IGNCR | ISTRIP)
        // A line feed is to be just that: ncurses moves the cursor with it.
        modes.c_oflag &= ~tcflag_t(OPOST)
        unsafe withUnsafeMutableBytes(of: &modes.c_cc) { characters in
            unsafe characters[Int(VMIN)] = 1
            unsafe characters[Int(VTIME)] = 0
            // Stopping would leave the shell with our picture and our modes.
            unsafe characters[Int(VSUSP)] = Self.disabledCharacter
            // What it does depends on what has the keys.
            if unsafe characters[Int(VINTR)] == Self.controlC {
                unsafe characters[Int(VINTR)] = Self.disabledCharacter
            }
        }
        guard Self.set(modes, on: descriptor) else { throw .system(operation: "tcsetattr", errno: errno) }
    }

    /// Sets the modes that were found, as far as the terminal still listens.
    func restore(_ descriptor: Int32) { _ = Self.set(found, on: descriptor) }

    /// _POSIX_VDISABLE, a macro that is not imported.
    private static let disabledCharacter: UInt8 = 0
    private static let controlC: UInt8 = 0x03

    /// Runs `body` such that the kernel does not stop the process for touching a terminal from the
    /// background.
    static func withoutBeingStopped(_ body: () -> Void) {
        var blocked = sigset_t()
        var before = sigset_t()
        unsafe sigemptyset(&blocked)
        unsafe sigaddset(&blocked, SIGTTOU)
        unsafe pthread_sigmask(SIG_BLOCK, &blocked, &before)
        body()
        unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    }

    private static func set(_ modes: termios, on descriptor: Int32) -> Bool {
        var modes = modes
        while unsafe tcsetattr(descriptor, TCSANOW, &modes) != 0 {
            guard errno == EINTR else { return false }
        }
        return true
    }
}
