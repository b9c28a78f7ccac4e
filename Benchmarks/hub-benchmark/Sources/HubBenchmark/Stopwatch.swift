import Glibc

/// CPU time of this thread, so that what others do on the machine counts as little as it can.
struct Stopwatch {
    private(set) var nanoseconds: Int64 = 0

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Adds what `body` takes.
    mutating func time(_ body: () -> Void) {
        let start = Self.now()
        body()
        nanoseconds += Self.now() - start
    }
}

/// The least of several tries, in nanoseconds: whatever disturbs a try makes it longer.
func least(of tries: Int, _ body: (inout Stopwatch) -> Void) -> Double {
    (0..<tries).map { _ in
        var watch = Stopwatch()
        body(&watch)
        return Double(watch.nanoseconds)
    }.min() ?? 0
}
