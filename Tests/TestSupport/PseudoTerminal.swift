public import Glibc

/// Both ends of a terminal that exists for a test.
public final class PseudoTerminal {
    /// The end of whoever sits at it, which does not block; -1 once hung up.
    public private(set) var master: Int32
    /// The terminal itself, which blocks.
    public let slave: Int32

    /// TIOCSPTLCK and TIOCGPTN (ioctl_tty(2)), which are macros with casts.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    /// Makes one of that size.
    public init(columns: Int, rows: Int) {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var isLocked: Int32 = 0
        var number: Int32 = 0
        precondition(
            ioctl(master, Self.setLock, &isLocked) == 0 && ioctl(master, Self.getNumber, &number) == 0)
        slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        precondition(slave >= 0)
        _ = fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK)
        resize(columns: columns, rows: rows)
    }

    deinit {
        hangUp()
        close(slave)
    }

    /// Gives it another size.
    public func resize(columns: Int, rows: Int) {
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        precondition(ioctl(master, UInt(TIOCSWINSZ), &size) == 0)
    }

    /// Whoever sits at the terminal goes away.
    public func hangUp() {
        if master >= 0 { close(master) }
        master = -1
    }

    /// Everything that was written to the terminal and can be read now.
    public func output() -> [UInt8] {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(master, &chunk, chunk.count)
            guard count > 0 else { return all }
            all += chunk[..<count]
        }
    }

    /// The same, once there are `count` bytes: the kernel echoes what is typed in its own time.
    public func output(ofAtLeast count: Int) -> [UInt8] {
        var all = output()
        var watched = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        while all.count < count, poll(&watched, 1, 10_000) == 1 { all += output() }
        return all
    }

    /// Types; it has to fit into what the terminal holds.
    public func type(_ text: String) {
        let bytes = Array(text.utf8)
        precondition(write(master, bytes, bytes.count) == bytes.count)
    }

    /// What tcgetattr(3) says of it.
    public var modes: termios {
        var modes = termios()
        precondition(tcgetattr(slave, &modes) == 0)
        return modes
    }

    /// The character that interrupts; 0 where none does.
    public var interruptingCharacter: UInt8 {
        get {
            var modes = modes
            return withUnsafeBytes(of: &modes.c_cc) { $0[Int(VINTR)] }
        }
        set {
            var modes = modes
            withUnsafeMutableBytes(of: &modes.c_cc) { $0[Int(VINTR)] = newValue }
            precondition(tcsetattr(slave, TCSANOW, &modes) == 0)
        }
    }

    /// The modes as bytes, which can be compared.
    public var modeBytes: [UInt8] {
        var modes = modes
        return withUnsafeBytes(of: &modes) { Array($0) }
    }
}
