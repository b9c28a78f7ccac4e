/// What time it is at the hub, told from its messages and our own monotonic clock.
///
/// Messages arrive late by what the way took, so the one that came quickest tells best; later ones may take a
/// little of that back, because two clocks never run at the same speed.
struct HubClock {
    /// What a message's time says of ours.
    enum Verdict {
        /// It goes on as it did.
        case steady
        /// We did not listen for so long that time has to be set back; the clock is the same.
        case late
        /// Times from before mean nothing any more.
        case anotherClock
    }

    /// Beyond this a step back is no jitter any more, be it of the hub's times or of ours.
    static let rebaseMilliseconds: Int64 = 5_000

    /// Hub epoch milliseconds less our monotonic milliseconds; nil before the first message.
    private var offsetMilliseconds: Int64?
    /// The latest that the hub's clock has said.
    private var newestMilliseconds: Int64 = 0

    /// Takes in a message that says it is `at` (hub epoch milliseconds), received at `now` (monotonic
    /// nanoseconds).
    ///
    /// Only a clock whose own times go back is another one: after a pause in reading, ours or the network's,
    /// messages come late whose times go on.
    mutating func heard(at: Int64, now: Int64) -> Verdict {
        let offset = at - now / 1_000_000
        guard let known = offsetMilliseconds else {
            offsetMilliseconds = offset
            newestMilliseconds = at
            return .steady
        }
        guard at >= newestMilliseconds - Self.rebaseMilliseconds else {
            offsetMilliseconds = offset
            newestMilliseconds = at
            return .anotherClock
        }
        newestMilliseconds = max(newestMilliseconds, at)
        let isLate = known - offset > Self.rebaseMilliseconds
        offsetMilliseconds = isLate ? offset : max(offset, known - 1)
        return isLate ? .late : .steady
    }

    /// The hub's time in epoch milliseconds at `now`; nil before the first message.
    func milliseconds(now: Int64) -> Int64? { offsetMilliseconds.map { $0 + now / 1_000_000 } }

    /// Milliseconds from `at` (hub epoch) to `now`, beyond what the quickest message took; nil before the
    /// first.
    func delayMilliseconds(since at: Int64, now: Int64) -> Double? {
        offsetMilliseconds.map { max(Double($0 - at) + Double(now) / 1e6, 0) }
    }

    /// The second that `milliseconds` of the epoch lies in.
    static func second(of milliseconds: Int64) -> Int64 { milliseconds / 1_000 }
}
