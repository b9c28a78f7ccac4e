import ByteCore
import PosixIO
import RelayWire

/// The listener that a worker accepts at itself, where the balance is of that kind.
final class OwnDoor {
    let listener: Listener
    /// What the master has said of it last.
    var how: Listening = []
    /// The number of the next connection.
    private var next: UInt64 = 0
    /// Whether the poller looks at it.
    var isWatched = false
    /// Nobody is accepted before, in nanoseconds of CLOCK_MONOTONIC: there was no descriptor.
    var restsUntil = Int64.min

    init(_ listener: consuming Listener) { self.listener = listener }

    /// The master says how it is to be from now on.
    func take(_ how: Listening, first: UInt64) {
        self.how = how
        next = max(next, first)
    }

    /// The number of a connection that has come.
    func nextNumber() -> UInt64 {
        defer { next += 1 }
        return next
    }

    /// Whether whoever comes from there may be read only once the master has said so.
    func judges(_ peer: PeerAddress) -> Bool {
        guard case .ip(let address) = peer else { return false }
        return how.judges(isLoopback: address.isLoopback)
    }
}
