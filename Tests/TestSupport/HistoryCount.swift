import Glibc

/// How many histories a simulation tries, and from which on.
public enum HistoryCount {
    /// As many as `POINTERSCOPE_HISTORIES` of the environment says, else `usual`, some seconds' work.
    public static func of(_ usual: UInt64) -> UInt64 { number("POINTERSCOPE_HISTORIES") ?? usual }

    /// The seed of the first one: `POINTERSCOPE_FIRST_HISTORY`, where many are tried in several runs.
    public static var first: UInt64 { number("POINTERSCOPE_FIRST_HISTORY") ?? 0 }

    private static func number(_ name: String) -> UInt64? {
        getenv(name).flatMap { UInt64(String(cString: $0)) }
    }
}
