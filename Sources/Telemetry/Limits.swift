/// Bounds of the log, each with its reason.
enum LogLimits {
    /// One text of a line: a line that a person reads, and never a whole message that was sent in.
    static let textBytes = 1024
}
