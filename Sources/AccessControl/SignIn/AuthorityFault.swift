/// Mistakes that the tests put into the authority on purpose: the simulation must catch each.
///
/// They exist in debug builds alone; in a release build `isFaulty` is the constant false.
enum AuthorityFault: CaseIterable {
    case none
    // Sessions
    case idleForgotten
    case lifetimeForgotten
    case touchForgotten
    case removalForgotten
    case changeForgotten
    case oneSessionTooMany
    case signOutLeavesSession
    case everywhereLeavesOne
    case newestTakenOver
    case endUntold
    case calendarIgnored
    case steadyClockIgnored
    // Being moved
    case restoreForgetsChange
    case restoreBeginsAnew
    // Taking over
    case ticketKept
    case ticketOutlivesPassword
    case ticketNeverExpires
    // The throttle
    case successForgivesName
    case successForgivesAllAddresses
    case evictionForgives
    case deviceBudgetShared
    case deviceOutlivesRemoval
    case networkIgnored
    case freeFailuresOffByOne
    case triesOffByOne
    case refundForgotten
    // Forms and invites
    case formOfAnotherSession
    case signInFormOfAnotherBrowser
    case signInFormNeverExpires
    case inviteTwice
    case inviteNeverExpires
    case inviteBesideAdmins
}

/// What such a mistake can be put into.
protocol Faultable {
    #if DEBUG
        var fault: AuthorityFault { get }
    #endif
}

extension Faultable {
    #if DEBUG
        @inline(__always)
        func isFaulty(_ candidate: AuthorityFault) -> Bool { fault == candidate }
    #else
        @inline(__always)
        func isFaulty(_ candidate: AuthorityFault) -> Bool { false }
    #endif
}
