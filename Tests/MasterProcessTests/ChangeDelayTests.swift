import TestSupport
import Testing

@testable import MasterProcess

/// Many changes are one, and what is half written is left alone.
@Suite struct ChangeDelayTests {
    private static let quiet = MasterLimits.watchQuietNanoseconds
    private static let unfinished = MasterLimits.watchUnfinishedNanoseconds
    private static let patience = MasterLimits.watchPatienceNanoseconds

    private func notice(_ delay: inout ChangeDelay, at now: Int64, isUnfinished: Bool = false) {
        delay.noticed(isUnfinished: isUnfinished, quiet: Self.quiet, now: now)
    }

    @Test func nothingIsDueWhereNothingWasNoticed() {
        var delay = ChangeDelay()
        #expect(delay.deadline == nil && !delay.isDue(now: .max))
    }

    @Test func manyChangesAreOne() {
        var delay = ChangeDelay()
        for step in 0..<10 { notice(&delay, at: Int64(step) * Self.quiet / 2) }
        let last = 9 * Self.quiet / 2
        #expect(delay.deadline == last + Self.quiet && !delay.isDue(now: last + Self.quiet - 1))
        #expect({ delay.isDue(now: last + Self.quiet) }())
        // Nobody had time for it: it stays due, and the loop need not wake for it.
        #expect(delay.isDue(now: last + 100 * Self.quiet) && delay.deadline == nil)
        delay.taken()
        #expect(!delay.isDue(now: .max) && delay.deadline == nil)
    }

    @Test func whatIsNoticedWhileItIsDueIsWaitedForAnew() {
        var delay = ChangeDelay()
        notice(&delay, at: 0)
        #expect({ delay.isDue(now: Self.patience * 2) }())
        notice(&delay, at: Self.patience * 2)
        #expect(!delay.isDue(now: Self.patience * 2) && delay.deadline == Self.patience * 2 + Self.quiet)
    }

    @Test func whatNeverRestsIsTakenAllTheSame() {
        var delay = ChangeDelay()
        var now: Int64 = 0
        while now < Self.patience {
            #expect({ !delay.isDue(now: now) }())
            notice(&delay, at: now)
            now += Self.quiet / 2
        }
        #expect({ delay.isDue(now: Self.patience) }())
    }

    @Test func whatIsBeingWrittenIsWaitedForHoweverLongThatTakes() {
        var delay = ChangeDelay()
        var now: Int64 = 0
        while now < Self.patience * 3 {
            notice(&delay, at: now, isUnfinished: true)
            now += Self.unfinished - 1
            #expect({ !delay.isDue(now: now) }())
        }
        notice(&delay, at: now)
        // It is closed, and was quiet for nobody so far.
        #expect(delay.deadline.map { $0 <= now + Self.quiet } == true)
        #expect({ delay.isDue(now: now + Self.quiet) }())
    }

    @Test func whoeverStopsWritingIsWaitedForNotForEver() {
        var delay = ChangeDelay()
        notice(&delay, at: 5, isUnfinished: true)
        #expect({ !delay.isDue(now: 5 + Self.unfinished - 1) && delay.isDue(now: 5 + Self.unfinished) }())
    }

    /// Against the plainest account there is: all notices, with their times.
    @Test func histories() {
        for seed in 0..<10_000 {
            var random = SplitMix64(seed: UInt64(seed))
            var delay = ChangeDelay()
            var notices: [(at: Int64, isUnfinished: Bool)] = []
            var wasDue = false
            var now: Int64 = 0
            for _ in 0..<40 {
                now += Int64(random.below(8)) * Self.quiet / 4
                switch random.below(4) {
                case 0, 1:
                    if wasDue { notices.removeAll() }
                    notices.append((now, random.once(in: 3)))
                    notice(&delay, at: now, isUnfinished: notices[notices.count - 1].isUnfinished)
                    wasDue = false
                case 2:
                    let isDue = Self.isDue(notices, wasDue: wasDue, now: now)
                    #expect(delay.isDue(now: now) == isDue, "seed \(seed)")
                    wasDue = isDue
                default:
                    guard delay.isDue(now: now) else { continue }
                    #expect(Self.isDue(notices, wasDue: wasDue, now: now), "seed \(seed)")
                    delay.taken()
                    notices = []
                    wasDue = false
                }
                if let deadline = delay.deadline {
                    #expect(!notices.isEmpty && !wasDue, "seed \(seed)")
                    #expect(deadline >= notices[notices.count - 1].at, "seed \(seed)")
                }
            }
        }
    }

    private static func isDue(_ notices: [(at: Int64, isUnfinished: Bool)], wasDue: Bool, now: Int64) -> Bool
    {
        guard let last = notices.last, let first = notices.first else { return false }
        if wasDue { return true }
        if last.isUnfinished { return now - last.at >= unfinished }
        return now - last.at >= quiet || now - first.at >= patience
    }
}
