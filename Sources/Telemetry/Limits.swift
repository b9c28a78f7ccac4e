/// Bounds of the log, each with its reason.
enum LogLimits {
    /// One text of a line: a line that a person reads, and never a whole message that was sent in.
    static let textBytes = 1024
    /// Lines of a child's standard error in one period: the words of a crash and a complaint, and no flood.
    static let spokenLines = 20
    static let spokenPeriodNanoseconds: Int64 = 1_000_000_000
    /// Lines kept for showing: what a screen has room for beside other things.
    static let recentLines = 24
    /// One of those lines: they go to every screen each second, and what is longer is shown cut anyway.
    static let recentLineBytes = 400
}
