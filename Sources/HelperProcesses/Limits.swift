/// Bounds of the helpers, each with its reason.
enum Limits {
    /// Before a helper that ended is started again; doubled each time, so that one that cannot live costs
    /// nothing.
    static let firstDelay: Int64 = 100_000_000
    /// The longest of these delays: a machine that is mended has sign-in again while somebody waits.
    static let longestDelay: Int64 = 10_000_000_000
    /// A helper that lived so long was well: the next delay is the first again.
    static let goodLife: Int64 = 30_000_000_000
    /// A hash takes 30 ms; a helper that says nothing for so long hangs and is ended.
    static let hashPatience: Int64 = 10_000_000_000
    /// One read of a helper's standard error; a crash says less.
    static let errorBytes = 4_096
}
