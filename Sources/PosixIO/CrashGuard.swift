import CPointerscopeShims
public import Glibc

/// Gives a terminal back where the process ends by a signal that nobody waits for: a trap of ours, a kill.
///
/// SIGKILL cannot be seen, and leaves the terminal as it is.
public enum CrashGuard {
    /// From now on gives the terminal behind `descriptor`, which must not block, back with `modes` and then
    /// up to 256 `bytes`.
    public static func arm(descriptor: Int32, modes: termios, bytes: [UInt8]) {
        var modes = modes
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe ps_restore_terminal_on_crash(descriptor, &modes, bytes.baseAddress, bytes.count)
        }
    }

    /// The terminal is given back already.
    public static func disarm() { ps_restore_terminal_on_crash(-1, nil, nil, 0) }
}
