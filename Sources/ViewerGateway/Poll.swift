import AccessControl
import BroadcastHub
import PosixIO

/// Somebody who asked for what comes next, and waits for it.
struct Poll {
    /// Its connection's slot and generation.
    let connection: Token
    let id: ViewerID
    /// When it is answered at the earliest, so that what comes close together comes in one answer, and at the
    /// latest, whether there is something or not (monotonic nanoseconds).
    let readyAt: Int64
    let endsAt: Int64
    /// It has an id to ask from again where nothing comes.
    let hasCursor: Bool
    /// Why its session or token has ended, once that has.
    var ending: Ended.Reason?
}

/// What a poll came to.
enum PollOutcome: Int, CaseIterable {
    /// It was answered with messages.
    case messages
    /// Nothing came.
    case nothing
    /// Its peer went first.
    case gone
    /// Its session or token ended.
    case signedOut
    /// There was no memory for the answer.
    case memory

    /// The value of the metric's label.
    var word: StaticString {
        switch self {
        case .messages: "messages"
        case .nothing: "nothing"
        case .gone: "gone"
        case .signedOut: "signed_out"
        case .memory: "memory"
        }
    }
}
