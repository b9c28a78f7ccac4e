import Glibc

/// A line typed on a terminal that does not show it.
public enum HiddenLine {
    /// More than a terminal hands over as one line (N_TTY_BUF_SIZE of the kernel).
    private static let lineBytes = 4_096
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP]

    /// Asks on standard error and reads a line from standard input, a terminal, without its end; nil where
    /// there is none.
    ///
    /// A signal that ends or stops this process gives the terminal back first; after a stop the question is
    /// asked anew. What the caller is given it overwrites when it is done with it.
    public static func ask(_ question: String) throws(SystemError) -> [UInt8]? {
        let source = try SignalSource(signals)
        while true {
            var shown = termios()
            guard unsafe tcgetattr(STDIN_FILENO, &shown) == 0 else { throw SystemError("tcgetattr") }
            CrashGuard.arm(descriptor: STDIN_FILENO, modes: shown, bytes: [])
            var hidden = shown
            hidden.c_lflag &= ~UInt32(ECHO)
            hidden.c_lflag |= UInt32(ECHONL | ICANON)
            guard unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0 else {
                throw SystemError("tcsetattr")
            }
            NonblockingOutput.say(question, on: STDERR_FILENO)
            let outcome = wait(for: source)
            // What was typed and not read is no command for the shell.
            _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            CrashGuard.disarm()
            switch outcome {
            case .line(let bytes):
                source.release(signals)
                return bytes
            case .signal(let number):
                NonblockingOutput.say("\n", on: STDERR_FILENO)
                // Dies or stops of it as if nobody had waited for it.
                source.release([number])
                raise(number)
                _ = try SignalSource([number])
            case .failed(let error):
                source.release(signals)
                throw error
            }
        }
    }

    private enum Outcome {
        case line([UInt8]?)
        case signal(Int32)
        case failed(SystemError)
    }

    private static func wait(for source: borrowing SignalSource) -> Outcome {
        var room = [UInt8](repeating: 0, count: lineBytes)
        defer {
            unsafe room.withUnsafeMutableBytes { unsafe explicit_bzero($0.baseAddress!, $0.count) }
        }
        while true {
            var watched = [
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
                pollfd(fd: source.raw, events: Int16(POLLIN), revents: 0),
            ]
            guard unsafe poll(&watched, 2, -1) >= 0 || errno == EINTR else {
                return .failed(SystemError("poll"))
            }
            if let number = source.next() { return .signal(number) }
            guard watched[0].revents != 0 else { continue }
            let count = unsafe read(STDIN_FILENO, &room, room.count)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count >= 0 else { return .failed(SystemError("read")) }
            guard count > 0 else { return .line(nil) }
            return .line(Array(room[..<(room[count - 1] == UInt8(ascii: "\n") ? count - 1 : count)]))
        }
    }
}
