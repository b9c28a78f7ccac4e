/// How many visitors one connection may speak for, by how many places those that speak for several have left.
///
/// A connection's first visitor has a place of its own: connections are bounded, and whoever uses one as a
/// page does is never the one for whom there is no room. What others speak for beside it comes out of one
/// pot, and each may have a share of what is left of it (a dynamic threshold, as Choudhury and Hahne have for
/// queues in shared memory): while a quarter of the pot is there, that is as many as there may be at all; the
/// less there is, the sooner those who have most are refused another, and who has few still finds some.
struct PlaceShares: BitwiseCopyable {
    /// Places in the pot.
    private let pot: Int
    /// Of those, taken.
    private(set) var taken = 0
    /// What a test breaks on purpose, to see that its model notices.
    var fault: PlaceFault?

    /// Makes a full pot of so many places, and of as many as one connection has use for at least.
    init(pot: Int) { self.pot = max(WorkerLimits.leastSharedPlaces, pot) }

    /// Whether a connection that speaks for `count` visitors may have another, of at most `ceiling`.
    @inline(__always)
    func admits(another count: Int, ceiling: Int) -> Bool {
        if count == 0 { return true }
        let left = pot - taken
        if fault == .asLongAsThereAreSome { return left > 0 }
        return count - 1 < min(ceiling, left * WorkerLimits.placesLeftFactor * ceiling / pot)
    }

    /// A connection that spoke for `count` visitors has another.
    mutating func added(to count: Int) {
        if count > 0 || fault == .countsTheFirst { taken += 1 }
    }

    /// A connection that speaks for `count` visitors has one less.
    mutating func removed(from count: Int) {
        if count > 1, fault != .keepsThoseGone { taken -= 1 }
    }
}

/// Ways to share places wrongly that tests must notice.
enum PlaceFault: CaseIterable {
    /// Who comes first has all.
    case asLongAsThereAreSome
    /// Those who speak for one take of it, too.
    case countsTheFirst
    case keepsThoseGone
}
