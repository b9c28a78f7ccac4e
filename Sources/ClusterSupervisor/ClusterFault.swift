import Glibc
import RelayChannels

/// What a simulation must notice when it is done to connections that move; never set outside tests.
enum ClusterFault: CaseIterable {
    /// What a worker that died had not taken over is let go.
    case dropsOrphans
    /// And so is what it had not been sent.
    case dropsWaitingOfTheDead
    /// What a worker that died had written last is not read.
    case leavesTheRestUnread
    /// Where an orphan counts is forgotten, or where one does that was handed over.
    case losesPlacesOfOrphans
    case losesPlacesOfTheMoved
    /// A worker is given a connection that is not counted as its.
    case countsNoStrays
    case neverPlacesStrays
    /// At the end strays are not let go.
    case leavesStraysOpen
    /// The copy of a connection that another worker has is kept.
    case keepsCopies
    /// The copy is let go once it is sent.
    case keepsNoCopies
    /// Two workers are given the same connection.
    case givesTwice
    /// One for which no other has room is let go.
    case dropsTheReturned
    /// Nobody is told of a connection whose descriptor was lost that it is over, or it goes on being counted.
    case endsNoLost
    case countsLost
    /// The hub is not told whose a connection is.
    case movesUnsaid
    case adoptsUnsaid
}

extension WaitingConnection {
    /// The same connection once more.
    var twin: WaitingConnection {
        let copy = descriptor.map { fcntl($0, F_DUPFD_CLOEXEC, 0) }
        return WaitingConnection(number: number, descriptor: copy, state: state ?? [])
    }
}
