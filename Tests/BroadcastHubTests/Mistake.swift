@testable import BroadcastHub
@testable import FramesShape

/// A mistake in the hub or in what it is made of, which the simulation must catch.
enum Mistake: Sendable {
    case none
    case hub(HubFault)
    case frames(FramesFault)
    /// The rest of a message for which there is no memory is forgotten, and the viewer goes on.
    case forfeitIgnored
    /// The rest of a message goes along to another hub and stays where it was.
    case takenOverShared

    /// Those that show while a hub stays where it is.
    static let all: [Mistake] =
        HubFault.allCases.filter {
            !([.none] + hubFaultsOfMoving + ofClaims + ofPlaces + ofHistories).contains($0)
        }
        .map { .hub($0) }
        + FramesFault.allCases.filter { ![.none, .carryNotMoved].contains($0) }.map { .frames($0) }
        + [.forfeitIgnored]

    /// Those of the snapshot.
    static let ofMoving: [Mistake] =
        hubFaultsOfMoving.map { .hub($0) } + [.frames(.carryNotMoved), .takenOverShared]

    private static let hubFaultsOfMoving: [HubFault] = [
        .scopeIdleTimeForgotten, .slotPagesNotMoved, .pinNotMovedAlong, .surroundingsNotMoved,
        .pageOfAnotherMoment, .eventIDsShifted, .freeEntriesTurned, .graceNotMoved, .tailsNotMoved,
        .movesNotMoved,
    ]

    /// Those of places, which have a simulation of their own.
    static let ofPlaces: [HubFault] = [.presentTurnedAway, .presentUnbounded]

    /// Those of what is remembered of the last minutes, likewise.
    static let ofHistories: [HubFault] = [
        .historyShifted, .historyOfGoneKept, .historyOfEveryone, .historyOfPageBefore, .historyOfSeveralPages,
        .historyOfPageAfter, .historyCountedTwice, .historyToldAgain, .historyNotMoved, .historySkips,
        .sweepOverHistories,
    ]

    /// Those of claims to identities, which have a simulation of their own.
    static let ofClaims: [HubFault] = [
        .oldStampTaken, .secondInstanceTaken, .claimNotReleased, .claimsNotMoved, .horizonForgotten,
        .horizonNotMoved, .newestForgotten, .freshPushOutRedeemed, .speakersNotKept, .horizonNotKept,
    ]

    func plant(in hub: BroadcastHub) {
        #if DEBUG
            switch self {
            case .none: break
            case .hub(let fault): hub.fault = fault
            case .frames(let fault): hub.ticker.fault = fault
            case .forfeitIgnored: hub.ledger.forgetsForfeits = true
            case .takenOverShared: hub.ledger.sharesWhatIsTakenOver = true
            }
            for scope in hub.scopes { plant(in: scope.hub) }
        #endif
    }
}
