import Glibc

/// What a process has used of the processors.
public enum ProcessClock {
    /// CPU time of a process in nanoseconds since it started, user and system together
    /// (clock_getcpuclockid(3)); 0 where there is no such process, or it is none of ours to ask about.
    public static func cpuNanoseconds(of pid: Int32) -> Int64 {
        var clock = clockid_t()
        guard clock_getcpuclockid(pid, &clock) == 0 else { return 0 }
        return MonotonicClock.read(clock)
    }
}
