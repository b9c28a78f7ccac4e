/// Bounds on who can be known and for how long, each with its reason.
public enum Limits {
    /// A name: as long as a visitor's id, so that both fit the same columns.
    public static let nameBytes = 64
    /// Admins in one file: a company, not a directory service; the file is read whole at every change.
    public static let admins = 4_096
    /// A password's hash in its text form: one with a 64-byte salt and a 64-byte tag has room.
    public static let passwordHashBytes = 256
    /// A file of admins: as many as there may be, each with everything as long as it may be.
    public static let adminFileBytes = 4 * 1_024 * 1_024
    /// The last second of the year 9999, behind which no clock that is right can be.
    public static let latestEpochSeconds: Int64 = 253_402_300_799
    /// How long a last use must be past for the next one to be written down: a file is not to be written for
    /// every request.
    static let unwrittenUseSeconds: Int64 = 3_600

    /// Sessions that one admin can have at a time: a person's screens; more people are more names.
    public static let sessionsPerAdmin = 16
    /// The longest life of a session that can be asked for: a year; what never ends is a token.
    public static let longestSessionSeconds: Int64 = 366 * 86_400
    /// What is kept of a browser's name for itself: enough to recognise one's own.
    public static let agentBytes = 160
    /// A file of sessions: that many of all admins, each with everything as long as it may be.
    static let sessionFileBytes = 32 * 1_024 * 1_024
    /// How far a time that was written down may be ahead of the clock: two clocks of one machine, before and
    /// after it was set.
    static let clockLeewaySeconds: Int64 = 60
    /// A confirmation of taking over: as long as somebody reads one page.
    static let takeOverSeconds: Int64 = 120
    /// A sign-in page that lies open: it can be typed into for so long before it has to be asked for again.
    static let signInFormSeconds: Int64 = 3_600
    /// The link for the first admin: as long as somebody goes from the terminal to a browser.
    static let inviteSeconds: Int64 = 900
    /// A browser that is known: three months without a sign-in, and it is a stranger again.
    public static let deviceSeconds: Int64 = 90 * 86_400

    /// Failed tries of one address with one name that cost nothing: typing errors.
    static let freeFailures = 5
    /// The first wait behind them, in seconds; each further failure doubles it.
    static let firstWaitSeconds: Int64 = 1
    /// The longest wait, in seconds: somebody who has found the right password is not to be kept for long.
    static let longestWaitSeconds: Int64 = 60
    /// How long a failure is remembered, and how far back tries of a name are counted, in seconds.
    static let failureMemorySeconds: Int64 = 900
    /// Tries of one name within that time, over all addresses: about 700,000 a year against one password.
    static let triesPerName = 20
    /// Addresses with names, names and browsers of which failures are remembered, in a table each.
    static let throttleEntries = 4_096
}
