/// A moment, as whoever calls has read it from two clocks.
///
/// What is kept in files is told by the calendar, which people set and which jumps. What is measured
/// meanwhile is measured with a clock that does not; it should go on while the machine sleeps
/// (CLOCK_BOOTTIME of clock_gettime(2)).
public struct Instant: Equatable, Sendable, BitwiseCopyable {
    /// Seconds since 1970, UTC.
    public var epochSeconds: Int64
    /// Nanoseconds since some moment that is the same for as long as the process lives.
    public var monotonicNanoseconds: Int64

    /// Takes both readings.
    public init(epochSeconds: Int64, monotonicNanoseconds: Int64) {
        self.epochSeconds = epochSeconds
        self.monotonicNanoseconds = monotonicNanoseconds
    }
}

/// Spans of time on the clock that does not jump.
enum Nanoseconds {
    static let perSecond: Int64 = 1_000_000_000

    /// Nanoseconds in whole seconds, of which a person would say that they are over: rounded up.
    static func seconds(roundingUp nanoseconds: Int64) -> Int {
        nanoseconds <= 0 ? 0 : Int((nanoseconds - 1) / perSecond + 1)
    }
}
