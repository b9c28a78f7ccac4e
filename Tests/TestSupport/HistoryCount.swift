import Glibc

/// How many histories a simulation tries.
public enum HistoryCount {
    /// As many as `POINTERSCOPE_HISTORIES` of the environment says, else `usual`, some seconds' work.
    public static func of(_ usual: UInt64) -> UInt64 {
        getenv("POINTERSCOPE_HISTORIES").flatMap { UInt64(String(cString: $0)) } ?? usual
    }
}
