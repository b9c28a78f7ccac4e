/// Bounds on what lies in the state directory, each with its reason.
enum Limits {
    /// A file of records: 4,096 of them with the longest name, scope and hash have 4 MiB.
    static let recordsFileBytes = 4 << 20
    /// All sessions: 16 of each of 4,096 people, each with everything as long as it may be.
    static let sessionsFileBytes = 32 << 20
    /// Used tokens of visitors: 65,536 identities of 26 bytes, and ids of twice that length.
    static let claimsFileBytes = 4 << 20
    /// A key or a link: one line.
    static let lineFileBytes = 1_024
    /// How long a command or the keeper waits for another one to be done with its change: a disk may be slow.
    static let patienceMilliseconds = 10_000
    /// Between two looks at whether it is done.
    static let retryMilliseconds = 10
    /// What a lock file holds: a process id and a line end.
    static let pidBytes = 16
}
