public import Glibc

/// The two clocks, in nanoseconds.
public enum MonotonicClock {
    /// CLOCK_MONOTONIC: for deadlines and ages, the same for all processes of the machine.
    @inlinable public static func now() -> Int64 { read(CLOCK_MONOTONIC) }

    /// CLOCK_REALTIME: since the epoch, for people.
    @inlinable public static func wallClock() -> Int64 { read(CLOCK_REALTIME) }

    /// What to add to `now()` to get `wallClock()`.
    public static func wallClockOffset() -> Int64 { wallClock() - now() }

    @inlinable static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
