/// When the samples of a process's visitors are due at a fixed rate; nothing the server does shifts it.
///
/// Slot s belongs to visitor s mod V and is due at `phase + s * spacing` nanoseconds of the run, so that the
/// visitors' samples stand evenly in time. A visitor who is late, away or stuck keeps its place: its samples
/// stay due when they were, and latency counts from there (the open model; what happens otherwise is known
/// as coordinated omission).
struct OfferedSchedule: Equatable {
    /// Visitors; above 0.
    let visitorCount: Int
    /// Nanoseconds between two slots.
    let spacing: Double
    /// When slot 0 is due.
    let phase: Double

    /// `milliHertz` of each visitor are offered in bursts of so many samples; `share` is the process's place
    /// among all, whose slots lie between its own.
    init(visitorCount: Int, milliHertz: Int, burst: Int, share: (index: Int, count: Int) = (0, 1)) {
        self.visitorCount = visitorCount
        spacing = Double(burst) * 1e12 / (Double(milliHertz) * Double(visitorCount))
        phase = spacing * Double(share.index) / Double(share.count)
    }

    /// When a slot is due, in nanoseconds of the run.
    @inline(__always)
    func dueNanoseconds(of slot: Int) -> Int64 { Int64(phase + Double(slot) * spacing) }

    /// When a visitor's slot of this round is due.
    @inline(__always)
    func dueNanoseconds(of visitor: Int, round: UInt32) -> Int64 {
        dueNanoseconds(of: Int(round) &* visitorCount &+ visitor)
    }

    /// The first slot from `slot` on that is due at `nanoseconds` or later.
    func firstSlot(notBefore nanoseconds: Int64, from slot: Int) -> Int {
        let estimate = max((Double(nanoseconds) - phase) / spacing, 0)
        var found = max(Int(min(estimate.rounded(.down), 1e18)), slot)
        // Rounding may be off by one either way.
        while found > slot, dueNanoseconds(of: found - 1) >= nanoseconds { found -= 1 }
        while dueNanoseconds(of: found) < nanoseconds { found += 1 }
        return found
    }

    /// A visitor's first round that is due at `nanoseconds` or later.
    func firstRound(of visitor: Int, from nanoseconds: Int64) -> UInt32 {
        let slots = (Double(nanoseconds) - phase) / spacing - Double(visitor)
        var round = UInt32(clamping: Int(max((slots / Double(visitorCount)).rounded(.down), 0)))
        // Rounding may be off by one either way.
        while round > 0, dueNanoseconds(of: visitor, round: round - 1) >= nanoseconds { round -= 1 }
        while round < .max, dueNanoseconds(of: visitor, round: round) < nanoseconds { round += 1 }
        return round
    }

    /// The least time between two sends, in nanoseconds: what falls due meanwhile goes out together.
    var tickNanoseconds: Int64 {
        let limits = LoadLimits.paceNanoseconds
        let perSecond = 1e9 / spacing
        let grown = Double(limits.upperBound) * perSecond / Double(LoadLimits.fastPacePerSecond)
        return Int64(min(max(grown, Double(limits.lowerBound)), Double(limits.upperBound)))
    }
}
