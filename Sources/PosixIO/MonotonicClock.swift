public import Glibc

/// The machine's clocks, in nanoseconds.
public enum MonotonicClock {
    /// CLOCK_MONOTONIC: for deadlines and ages, the same for all processes of the machine.
    @inlinable public static func now() -> Int64 { read(CLOCK_MONOTONIC) }

    /// CLOCK_REALTIME: since the epoch, for people.
    @inlinable public static func wallClock() -> Int64 { read(CLOCK_REALTIME) }

    /// The machine's clocks beside each other at one moment.
    public struct Reading: Sendable {
        /// CLOCK_MONOTONIC.
        public let now: Int64
        /// What to add to `now` for CLOCK_REALTIME; changes when the clock is set or the machine has slept.
        public let wallClockOffset: Int64
        /// How long the machine has slept in all (CLOCK_BOOTTIME less CLOCK_MONOTONIC).
        public let slept: Int64

        /// Takes readings that belong together.
        public init(now: Int64, wallClockOffset: Int64, slept: Int64) {
            self.now = now
            self.wallClockOffset = wallClockOffset
            self.slept = slept
        }
    }

    /// Reads all clocks; nil where this process was interrupted between them, so that they do not belong
    /// together.
    public static func reading() -> Reading? {
        let start = now()
        let wall = wallClock()
        let boot = read(CLOCK_BOOTTIME)
        let end = now()
        guard end - start < 100_000 else { return nil }
        return Reading(now: start, wallClockOffset: wall - start, slept: boot - start)
    }

    /// The same, tried until it succeeds, a thousand times at most.
    public static func steadyReading() -> Reading {
        for _ in 0..<1_000 {
            if let reading = reading() { return reading }
        }
        let now = now()
        return Reading(now: now, wallClockOffset: wallClock() - now, slept: read(CLOCK_BOOTTIME) - now)
    }

    @inlinable static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
