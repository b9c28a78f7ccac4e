/// What time it is at the hub, told from its messages and our own monotonic clock.
///
/// Messages arrive late by what the way took, so the one that came quickest tells best; later ones may take a
/// little of that back, because two clocks never run at the same speed.
struct HubClock {
    /// A message that is this much behind is not late: the hub's clock is another one now.
    static let rebaseMilliseconds: Int64 = 5_000

    /// Hub epoch milliseconds less our monotonic milliseconds; nil before the first message.
    private var offsetMilliseconds: Int64?

    /// Takes in a message that says it is `at` (hub epoch milliseconds), received at `now` (monotonic
    /// nanoseconds), and tells whether time had to step back.
    mutating func heard(at: Int64, now: Int64) -> Bool {
        let offset = at - now / 1_000_000
        guard let known = offsetMilliseconds else {
            offsetMilliseconds = offset
            return false
        }
        if offset >= known {
            offsetMilliseconds = offset
            return false
        }
        let isOtherClock = known - offset > Self.rebaseMilliseconds
        offsetMilliseconds = isOtherClock ? offset : known - 1
        return isOtherClock
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
