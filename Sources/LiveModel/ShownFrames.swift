/// Measures how long frames take from the hub to the screen.
struct ShownFrames {
    private struct Delay: BitwiseCopyable {
        var milliseconds: Double
        var shownNanoseconds: Int64
    }

    private static let windowNanoseconds: Int64 = 5_000_000_000

    /// Hub epoch milliseconds of the frames that came since the last picture.
    private var awaited = RecentRing<Int64>(capacity: LiveModelLimits.awaitedFrames)
    private var delays = RecentRing<Delay>(capacity: LiveModelLimits.shownFrames)

    /// A frame of the hub's time `at` came.
    mutating func awaits(_ at: Int64) { awaited.append(at) }

    /// A picture went out at `now`, with all that came.
    mutating func shown(_ clock: HubClock, now: Int64) {
        for index in 0..<awaited.count {
            guard let delay = clock.delayMilliseconds(since: awaited[index], now: now) else { continue }
            delays.append(Delay(milliseconds: delay, shownNanoseconds: now))
        }
        awaited.removeAll()
    }

    /// Times of another clock mean nothing.
    mutating func restart() { awaited.removeAll() }

    /// What the delays of the last five seconds were like; nil where nothing was shown.
    func figures(now: Int64) -> LatencyFigures? {
        var recent: [Double] = []
        for index in 0..<delays.count where delays[index].shownNanoseconds > now &- Self.windowNanoseconds {
            recent.append(delays[index].milliseconds)
        }
        guard !recent.isEmpty else { return nil }
        recent.sort()
        // The nearest rank: the least that so many of a hundred do not exceed.
        func percentile(_ percent: Int) -> Double { recent[(recent.count * percent + 99) / 100 - 1] }
        return LatencyFigures(p50: percentile(50), p99: percentile(99), max: recent[recent.count - 1])
    }
}
