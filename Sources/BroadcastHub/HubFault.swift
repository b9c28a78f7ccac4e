import FramesShape
import PointerEvents

/// Mistakes that the tests put into the hub on purpose: the simulation must catch each.
///
/// They exist in debug builds alone; in a release build `isFaulty` is the constant false.
enum HubFault: CaseIterable {
    case none
    // Presence
    case leaveForgotten
    case closeForgotten
    case overrideForgotten
    case orderForgotten
    case entryKept
    case rateStandsStill
    case presentTurnedAway
    case presentUnbounded
    // The ring
    case killBeforeLastSample
    case carryLost
    case sweepOverRing
    case newestLeftBehind
    // Cursors
    case sampleCountedTwice
    case cursorOffByOne
    case textOffsetWrong
    case resumeOffByOne
    case commentWithinMessage
    // Catch-up and reset
    case catchUpRepeats
    case catchUpSkipsKills
    case forgottenKillsIgnored
    case resetWithoutSamples
    case surroundingsForgotten
    case dropoutNotFilled
    case pinNotMoved
    case pinsNotJoined
    case pinLeftBehind
    case conflatedForgotten
    // After a crowd
    case crowdTakesSurroundings
    // Scopes
    case unseenKillTold
    case otherPageTold
    case movedAwayKept
    case keyframeOfEveryone
    case stateOfEveryone
    case pageOfAnotherConnection
    case surroundingsLeftOutside
    case verdictsOutliveSweep
    case scopeNeverFreed
    case scopeSharesBoot
    case leaveNotShown
    case verdictOutlivesPage
    case verdictOutlivesScopes
    case verdictOfAnotherConnection
    // Filters
    case arrivalNotSeen
    case joinsTwice
    case namesOutliveEntries
    case pictureNotRetold
    case brokenKeyframeNotEnded
    case restLeftBehind
    case creditLeftBehind
    case refilterUncounted
    case replacedFilterKept
    // Polls
    case pollOffersWhatWaits
    case pollSkips
    // Being moved
    case scopeIdleTimeForgotten
    case slotPagesNotMoved
    case pinNotMovedAlong
    case surroundingsNotMoved
    case pageOfAnotherMoment
    case eventIDsShifted
    case freeEntriesTurned
    case graceNotMoved
    case tailsNotMoved
    // Tails
    case tailNotCaughtUp
    case elementOutlivesClick
    case nameLeftOutside
    // Grace
    case graceForgotten
    case graceNeverEnds
    case killsWhoReturned
    case graceNotReset
    case graceEndsTwice
    // Connections that move
    case moveTold
    case movedJoinsAgain
    case moveNeverEnds
    case moveOutlivesChannel
    case movePageForgotten
    case movesNotMoved
    // Claims
    case oldStampTaken
    case secondInstanceTaken
    case claimNotReleased
    case claimsNotMoved
    case horizonForgotten
    case horizonNotMoved
    case newestForgotten
    case freshPushOutRedeemed
    // Histories
    case historyShifted
    case historyOfGoneKept
    case historyOfEveryone
    case historyOfPageBefore
    case historyOfPageAfter
    case historyCountedTwice
    case historyOfSeveralPages
    case historyToldAgain
    case historyNotMoved
    case historySkips
    case sweepOverHistories
    // What is kept of claims for the next life
    case speakersNotKept
    case horizonNotKept
}

extension BroadcastHub {
    #if DEBUG
        @inline(__always)
        func isFaulty(_ candidate: HubFault) -> Bool { fault == candidate }
    #else
        @inline(__always)
        func isFaulty(_ candidate: HubFault) -> Bool { false }
    #endif
}

#if DEBUG
    extension SampleRing {
        /// `killBeforeLastSample`: the newest record, a kill, changes place with the same visitor's sample
        /// before.
        mutating func swapNewest() {
            guard count >= 2, records[count - 2].slot == records[count - 1].slot else { return }
            let kill = records[count - 1]
            records[count - 1] = records[count - 2]
            records[count - 2] = kill
            records[count - 2].length -= 1
        }
    }
#endif
