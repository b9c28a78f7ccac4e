/// Bounds on passwords and what their hashes may cost, each with its reason.
public enum Limits {
    /// A new password's bytes at least: shorter ones are guessed offline by whoever gets the file.
    public static let leastPasswordBytes = 12
    /// A password's bytes at most: longer than any sentence, and what one request to the helper has room for.
    public static let passwordBytes = 1_024
    /// A hash's text: with the longest salt and digest below it has 182 bytes.
    public static let encodedBytes = 256
    /// Memory of a hash that is checked: three times what we ask for, so that a file from elsewhere can be
    /// used and none can fill the helper's memory.
    static let kibibytes: UInt32 = 64 * 1_024
    /// Passes over it: at most five times ours, a fifth of a second.
    static let passes: UInt32 = 10
    /// Lanes: they are computed one after the other here.
    static let lanes: UInt32 = 4
    /// Bytes of a salt: at least what RFC 9106 (section 3.1) wants, at most what anybody writes.
    static let saltBytes = 8...48
    /// Bytes of a digest: 128 bits are the least that nobody can try through.
    static let digestBytes = 16...64
    /// Sign-ins that may wait for the helper: 3 s of its work, which a person waits for.
    static let waiting = 16
    /// Places kept for browsers that signed in before, whose tries have budgets of their own.
    static let waitingKnown = 8
    /// How many of them may come from one network, so that no crowd of one keeps everybody else out.
    static let waitingPerNetwork = 2
    /// Hashes that may follow each other at once after a rest.
    static let burst = 5
    /// One hash every 200 ms: five a second keep a core busy for an eighth of its time.
    static let nanosecondsPerHash: Int64 = 200_000_000
}
