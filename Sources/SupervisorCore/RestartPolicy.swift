/// When a worker that died is not followed by another one, and when one that lives is replaced. The names and
/// what holds by default are those of PM2.
public struct RestartPolicy: Equatable, Sendable {
    /// Deaths in a row, each sooner than `minUptimeNanoseconds` after its start, after which a worker is
    /// given up; 0 for never.
    public var maxRestarts: Int
    /// Who has lived so long has started well.
    public var minUptimeNanoseconds: Int64
    /// Memory of its own, in bytes, past which a worker is replaced; 0 for any.
    public var maxMemoryBytes: UInt64

    /// Takes all of them.
    public init(maxRestarts: Int, minUptimeNanoseconds: Int64, maxMemoryBytes: UInt64) {
        self.maxRestarts = maxRestarts
        self.minUptimeNanoseconds = minUptimeNanoseconds
        self.maxMemoryBytes = maxMemoryBytes
    }

    /// What a server runs with when nobody says anything.
    public static let standard = RestartPolicy(
        maxRestarts: 16, minUptimeNanoseconds: 1_000_000_000, maxMemoryBytes: 0)
}
