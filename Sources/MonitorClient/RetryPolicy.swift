/// When to try again: the server's own wish, doubled with each failure up to a bound, and a part of it left
/// to chance, so that the viewers of a server that comes back do not all come at once.
struct RetryPolicy {
    /// The longest wait.
    private static let longestMilliseconds = 10_000
    /// The shortest, whatever a server wishes.
    private static let shortestMilliseconds = 100

    /// Failures since the stream was heard last.
    private(set) var failures = 0

    /// A stream that ends sooner is a failure like the one before: a server that closes every stream at once
    /// would be asked ten times a second.
    private static let lastingNanoseconds: Int64 = 5_000_000_000

    private var heardAt: Int64?

    /// Takes in that there is a stream, at `now` (nanoseconds).
    mutating func heard(now: Int64) {
        let first = heardAt ?? now
        heardAt = first
        if now - first >= Self.lastingNanoseconds { failures = 0 }
    }

    /// Takes in a failure and returns how long to wait; `base` is the wish (`retry:`) in milliseconds,
    /// `chance` a number from 0 up to 1.
    mutating func failed(baseMilliseconds base: Int, chance: Double) -> Int64 {
        heardAt = nil
        // Sixteen doublings are more than any base needs to reach the bound.
        let doublings = min(failures, 16)
        failures += 1
        let wish = min(max(base, Self.shortestMilliseconds), Self.longestMilliseconds)
        let wait = min(wish << doublings, Self.longestMilliseconds)
        return Int64(Double(wait) * (1 - min(max(chance, 0), 1) / 2) * 1_000_000)
    }
}
