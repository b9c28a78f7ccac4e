import BroadcastHub
import PosixIO

/// The machine's clocks.
extension Master {
    /// Tells the hub when the machine's clock was set or the machine has slept.
    func followClock() {
        nextClockReading = now + MasterLimits.clockNanoseconds
        guard let clocks = MonotonicClock.reading() else { return }
        hub.followClock(
            epochOffsetNanoseconds: clocks.wallClockOffset, sleptNanoseconds: clocks.slept, now: now)
    }
}
