import PosixIO

/// Gives the system back what a crowd has left behind.
///
/// The heap keeps what was freed: without this the process would stay as large as the largest crowd made it.
/// It is looked through once a crowd has gone, not for each who goes.
struct MemoryWatch {
    private var most = 0
    private var now = 0
    private var nextAt = Int64.min

    /// Whether so much has been in use since the last look that it matters when it becomes free.
    var isWatching: Bool { most >= Limits.trimmedBytes }

    /// Notes how much is in use and the most that was since the last note, and looks through the heap where
    /// much has become free.
    mutating func note(_ bytes: Int, atMost peak: Int, now time: Int64) {
        let isFalling = bytes < now
        now = bytes
        most = max(most, bytes, peak)
        // While they are still going there is more to come.
        guard most - now >= Limits.trimmedBytes, !isFalling, time >= nextAt else { return }
        nextAt = time + Limits.trimNanoseconds
        most = now
        ProcessMemory.releaseFreeHeap()
    }
}
