extension LiveModel {
    /// Seconds of a visitor's activity that can be asked for.
    public static let activitySeconds = 60

    /// Seconds of everyone's activity that can be asked for.
    public static let historySeconds = SecondHistory.capacity - 1

    /// How much of the current second has passed, 0 to 1.
    public var fractionOfSecond: Double { Double(nowMilliseconds % 1_000) / 1_000 }

    /// Everyone's samples in the second that began `secondsAgo` seconds before the current one.
    public func samples(secondsAgo: Int) -> Int { history.count(at: second - Int64(clamping: secondsAgo)) }

    /// The samples of the visitor in `slot` in the second that began `secondsAgo` before the current one.
    public func samples(of slot: Int, secondsAgo: Int) -> Int {
        guard visitors.isInUse(slot) else { return 0 }
        return visitors.samples(of: slot, at: second - Int64(clamping: secondsAgo))
    }

    /// Everyone's samples a second by now: the current second as far as it goes, and the rest of a second
    /// from the one before.
    public var samplesPerSecond: Double {
        Double(samples(secondsAgo: 0)) + Double(samples(secondsAgo: 1)) * (1 - fractionOfSecond)
    }

    /// A visitor's samples a second as the hub counts them: the current second and the four before it, over
    /// five, or over the visitor's age where that is less, but at least one; to a tenth.
    ///
    /// For whoever has been here for more than five seconds it is the hub's figure at the end of the last
    /// second: one that is not over yet has fewer samples than it will have, and would make every figure fall
    /// and rise again once a second.
    ///
    /// 0 in a slot that nobody has.
    public func rate(of slot: Int) -> Double {
        guard visitors.isInUse(slot) else { return 0 }
        let last = lastFullSecond
        let isNew = (last + 1) * 1_000 - visitors[slot].sinceMilliseconds < 5_000
        let samples = samplesInRate(of: slot, at: isNew ? second : last)
        return (Double(samples) / (isNew ? rateDivisor(of: slot) : 5) * 10).rounded() / 10
    }

    /// The newest second whose samples are all in, as far as a usual delay on the way goes.
    public var lastFullSecond: Int64 {
        HubClock.second(of: nowMilliseconds - LiveModelLimits.usualDelayMilliseconds) - 1
    }

    func samplesInRate(of slot: Int, at second: Int64) -> Int {
        var sum = 0
        for ago in 0..<5 { sum += visitors.samples(of: slot, at: second - Int64(ago)) }
        return sum
    }

    func rateDivisor(of slot: Int) -> Double {
        min(max(Double(nowMilliseconds - visitors[slot].sinceMilliseconds) / 1_000, 1), 5)
    }
}
