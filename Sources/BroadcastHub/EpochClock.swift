/// Tells people's time (CLOCK_REALTIME) from the hub's, which is monotonic and stands still while the machine
/// sleeps.
///
/// A clock that was set was wrong before: every time told from then on, of things past as well, is by the
/// clock as it is now. A machine that slept was right: what happened before it slept keeps its time, what
/// happens since has the time of now.
struct EpochClock {
    /// A sleep, as far as monotonic time knows of it.
    struct Sleep {
        /// When it was noticed.
        var end: Int64
        var nanoseconds: Int64
    }

    /// What a reading of the clocks changes.
    enum Change: Equatable {
        /// Nothing that was told before means another time now, or only by the drift of a clock.
        case none
        /// Times told before are wrong by the clock of now.
        case set
    }

    /// A laptop's week; of what happened before the oldest, sleeps are taken for one.
    static let sleepLimit = 16
    /// Below this two readings differ by how they were taken.
    private static let jitterNanoseconds: Int64 = 1_000_000
    /// A clock that is corrected by less is drawn to the right time (adjtimex(2)), not set.
    private static let setNanoseconds: Int64 = 1_000_000_000

    /// CLOCK_REALTIME less CLOCK_MONOTONIC.
    private(set) var offset: Int64
    /// CLOCK_BOOTTIME less CLOCK_MONOTONIC: how long the machine has slept in all.
    private(set) var slept: Int64
    /// The oldest first.
    var sleeps: [Sleep] = []

    /// Begins with the clocks as they are, in nanoseconds.
    init(offset: Int64, slept: Int64) {
        self.offset = offset
        self.slept = slept
    }

    /// Nanoseconds since the epoch at monotonic `time`.
    @inline(__always)
    func epochNanoseconds(_ time: Int64) -> Int64 {
        sleeps.isEmpty ? time &+ offset : time &+ offset &- sleptSince(time)
    }

    @inline(never)
    private func sleptSince(_ time: Int64) -> Int64 {
        sleeps.reduce(0) { $1.end > time ? $0 &+ $1.nanoseconds : $0 }
    }

    /// Takes a reading of the clocks, as in `init`, at monotonic `now`.
    mutating func follow(offset newOffset: Int64, slept newSlept: Int64, now: Int64) -> Change {
        let sleep = newSlept &- slept
        if sleep >= Self.jitterNanoseconds {
            slept = newSlept
            sleeps.append(Sleep(end: now, nanoseconds: sleep))
            if sleeps.count > Self.sleepLimit {
                sleeps[1].nanoseconds &+= sleeps[0].nanoseconds
                sleeps.removeFirst()
            }
            offset &+= sleep
        }
        let correction = newOffset &- offset
        guard abs(correction) >= Self.jitterNanoseconds else { return .none }
        offset = newOffset
        return abs(correction) >= Self.setNanoseconds ? .set : .none
    }
}
