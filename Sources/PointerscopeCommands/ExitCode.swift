/// Exit statuses (sysexits.h).
enum ExitCode: Int32 {
    case success = 0
    /// The command line was used incorrectly.
    case usage = 64
    /// A needed service or address is not to be had.
    case unavailable = 69
    /// The server broke under its front.
    case software = 70
    /// The operating system refused something that should work.
    case system = 71
    /// The log file cannot be written.
    case cannotCreate = 73
    /// The configuration file is wrong.
    case configuration = 78
}
