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

    /// Everyone's samples a second by now: the current second as far as it goes, and the rest of a second from
    /// the one before.
    public var samplesPerSecond: Double {
        Double(samples(secondsAgo: 0)) + Double(samples(secondsAgo: 1)) * (1 - fractionOfSecond)
    }

    /// A visitor's samples a second as the hub counts them: the current second and the four before it, over
    /// five, or over the visitor's age where that is less, but at least one.
    func rate(of slot: Int) -> Double { Double(samplesInRate(of: slot)) / rateDivisor(of: slot) }

    func samplesInRate(of slot: Int) -> Int {
        let now = second
        var sum = 0
        for ago in 0..<5 { sum += visitors.samples(of: slot, at: now - Int64(ago)) }
        return sum
    }

    func rateDivisor(of slot: Int) -> Double {
        min(max(Double(nowMilliseconds - visitors[slot].sinceMilliseconds) / 1_000, 1), 5)
    }
}
