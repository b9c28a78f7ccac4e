/// The time in which a visitor who left a page is still present without a speaker.
///
/// ```
///  present, spoken for ── last one says bye ──▶ in grace ── time is over ──▶ kill
///           ▲                                      │
///           └──────────── somebody joins ──────────┘     no kill, no join, since stays
/// ```
/// So a visitor who goes from page to page has moved, and neither left nor come.
extension BroadcastHub {
    /// When a turn is to end at the latest (monotonic nanoseconds), as somebody's time is over; nil while
    /// nobody is in grace.
    public var nextDeadline: Int64? { grace.nextDeadline }

    /// Lets those go whose time is over.
    func endGraces(now: Int64) {
        while let visitor = grace.nextDue(now: now) {
            if isFaulty(.graceNeverEnds) || isFaulty(.graceNotReset) && isSpokenFor(visitor) {
                grace.end(visitor)
                continue
            }
            endGrace(of: visitor)
            kill(visitor, now: now)
            if isFaulty(.graceEndsTwice) { kill(visitor, now: now) }
        }
    }

    private func isSpokenFor(_ visitor: UInt32) -> Bool { visitors[visitor].pointee.speakers > 0 }

    /// Lets everyone go who is in grace: nobody comes back to a server that stops.
    public func endEveryGrace(now: Int64) {
        while let visitor = grace.nextDue(now: .max) {
            endGrace(of: visitor)
            kill(visitor, now: now)
        }
    }

    /// The last one who spoke for a visitor said bye.
    ///
    /// At the limit whoever has waited longest goes, so that a crowd that comes and says bye takes nobody's
    /// room.
    func beginGrace(of visitor: UInt32, now: Int64) {
        if grace.count >= limits.graces, let first = grace.nextDue(now: .max) {
            endGrace(of: first)
            kill(first, now: now)
        }
        visitors[visitor].pointee.flags.insert(.inGrace)
        if isFaulty(.graceNotReset), grace.contains(visitor) { return }
        grace.begin(visitor, until: now &+ limits.graceNanoseconds)
    }

    func endGrace(of visitor: UInt32) {
        visitors[visitor].pointee.flags.remove(.inGrace)
        grace.end(visitor)
    }
}
