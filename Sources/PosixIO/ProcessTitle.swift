import Glibc

/// What lists of processes show for this one.
///
/// A child that is started from a descriptor would be called after its number there: `68`.
public enum ProcessTitle {
    /// The bytes of a name that the kernel keeps (TASK_COMM_LEN without the zero; proc_pid_comm(5)).
    private static let nameBytes = 15

    /// Shows `title`, or the first argument where it is nil, in the place of the whole command line, which
    /// was main's and has been read; and as much of it as there is room for in the name that `top` and `ss`
    /// show.
    public static func show(
        _ title: String?, inPlaceOf arguments: UnsafePointer<UnsafePointer<CChar>?>, count: Int
    ) {
        // It reads the command line, and would find this.
        _ = ProgramName.argument
        guard count > 0, let first = unsafe arguments[0] else { return }
        let title = unsafe title ?? String(cString: first)
        // Only as far as the arguments lie one behind the other, as the kernel puts them.
        var end = unsafe first
        for index in 0..<count {
            guard let argument = unsafe arguments[index], unsafe argument == end else { break }
            unsafe end = argument + strlen(argument) + 1
        }
        let room = unsafe UnsafeMutableRawBufferPointer(
            start: UnsafeMutableRawPointer(mutating: first), count: end - first)
        unsafe room.initializeMemory(as: UInt8.self, repeating: 0)
        unsafe room.copyBytes(from: title.utf8.prefix(room.count - 1))
        show(name: title)
    }

    /// Shows as much of `name` as there is room for in the name that the kernel keeps, as the program's own
    /// file gives it where that is started by its path.
    static func show(name: String) {
        // Where there is no /proc nobody lists anything either.
        guard let file = try? Descriptor.opening("/proc/self/comm", flags: O_WRONLY) else { return }
        let bytes = Array(name.utf8.prefix(nameBytes))
        _ = unsafe bytes.withUnsafeBytes { unsafe write(file.raw, $0.baseAddress, $0.count) }
    }
}
