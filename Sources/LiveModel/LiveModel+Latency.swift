extension LiveModel {
    /// Seconds of the relay's latency that can be asked for.
    public static let latencySeconds = LiveModelLimits.statusHistory

    /// Takes in that a picture with all that came went out to the screen at `now` (monotonic nanoseconds).
    public mutating func noteShown(now: Int64) {
        guard !isStill else { return }
        shown.shown(clock, now: now)
    }

    /// How long frames took from the hub to the screen over the last 5 s, beyond what the quickest message
    /// takes on the way; nil where none was shown.
    public var shownLatency: LatencyFigures? { shown.figures(now: advancedNanoseconds) }

    /// The 99th percentile of the relay's latency in milliseconds, so many seconds before the last status,
    /// which come one a second; nil where there was none.
    public func relayedLatency(secondsAgo: Int) -> Double? {
        guard let latency = relayedHistory.newest(ago: secondsAgo), latency >= 0 else { return nil }
        return latency
    }

    /// What the worker of that process id was like at the last statuses; nil where the last had none such.
    public func workerHistory(_ pid: Int32) -> WorkerHistory? { workerHistories[pid] }
}
