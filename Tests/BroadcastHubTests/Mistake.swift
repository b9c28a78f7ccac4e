@testable import BroadcastHub
@testable import FramesShape

/// A mistake in the hub or in what it is made of, which the simulation must catch.
enum Mistake: Sendable {
    case none
    case hub(HubFault)
    case frames(FramesFault)
    /// The rest of a message for which there is no memory is forgotten, and the viewer goes on.
    case forfeitIgnored

    static let all: [Mistake] =
        HubFault.allCases.filter { $0 != .none }.map { .hub($0) }
        + FramesFault.allCases.filter { $0 != .none }.map { .frames($0) } + [.forfeitIgnored]

    func plant(in hub: BroadcastHub) {
        #if DEBUG
            switch self {
            case .none: break
            case .hub(let fault): hub.fault = fault
            case .frames(let fault): hub.ticker.fault = fault
            case .forfeitIgnored: hub.ledger.forgetsForfeits = true
            }
        #endif
    }
}
