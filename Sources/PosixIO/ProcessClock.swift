import Glibc

/// What a process has used of the processors.
public enum ProcessClock {
    /// Process ids are below this (proc(5), pid_max).
    private static let pidLimit: Int32 = 1 << 22

    /// CPU time of a process in nanoseconds since it started, user and system together
    /// (clock_getcpuclockid(3)); 0 where there is no such process, or it is none of ours to ask about.
    public static func cpuNanoseconds(of pid: Int32) -> Int64 {
        // Numbers no process can have make clocks of other things.
        guard pid > 0, pid < pidLimit else { return 0 }
        var clock = clockid_t()
        guard unsafe clock_getcpuclockid(pid, &clock) == 0 else { return 0 }
        return MonotonicClock.read(clock)
    }
}
