/// Decides when memory that was freed goes back to the kernel.
///
/// malloc(3) keeps what is freed below anything that is still in use, which after a crowd may be nearly all
/// that the crowd took. Giving it back costs a walk through the heap, so it is done seldom, and only for
/// much.
struct HeapTrimmer {
    private var peakBytes = 0
    private var notBeforeSeconds = Int64.min

    init() {}

    /// So many bytes are in use by what comes and goes.
    mutating func note(_ bytes: Int) { peakBytes = max(peakBytes, bytes) }

    /// Whether to give back now; the caller does.
    mutating func isDue(_ bytes: Int, nowSeconds: Int64) -> Bool {
        note(bytes)
        guard peakBytes - bytes >= WorkerLimits.trimmedBytes, nowSeconds >= notBeforeSeconds else {
            return false
        }
        peakBytes = bytes
        notBeforeSeconds = nowSeconds + WorkerLimits.trimIntervalSeconds
        return true
    }
}
