/// The exit statuses of every process of ours (sysexits.h).
public enum ExitCode: Int32, Sendable {
    /// Done, or stopped as asked.
    case success = 0
    /// What `load --require` asks for does not hold, or `doctor` found something; no failure of either.
    case unmet = 1
    /// The command line was used incorrectly.
    case usage = 64
    /// What was typed or piped in is not acceptable, a password that is too short for example.
    case dataError = 65
    /// A recording, a token or an authority cannot be read.
    case noInput = 66
    /// There is nobody of that name.
    case noUser = 67
    /// A needed service or address is not to be had, or there is no server to watch.
    case unavailable = 69
    /// The server broke under its front.
    case software = 70
    /// The operating system refused something that should work.
    case system = 71
    /// The log file cannot be written.
    case cannotCreate = 73
    /// What was asked for cannot be written.
    case inputOutput = 74
    /// Somebody else is in the way; later it may be done.
    case temporaryFailure = 75
    /// What is asked for is another user's to do.
    case noPermission = 77
    /// The configuration file is wrong.
    case configuration = 78
}
