/// What a worker counts; the raw value is its word in the counters page.
///
/// A new counter goes to the end, since a page may be read by a master of another build.
public enum WorkerCounter: Int, CaseIterable, Sendable {
    /// Accepted samples.
    case eventsReceived = 0
    /// Samples removed from the queue because a newer one made them worthless.
    case eventsFolded
    case connectionsAccepted
    /// A gauge: connections open now.
    case connectionsOpen
    case connectionsClosed
    case handshakesRefused
    /// Handshakes of an origin that is not on the list.
    case originRefused
    case handshakeTimeouts
    /// Connections closed with this code.
    case messagesRefused1002
    case messagesRefused1003
    case messagesRefused1007
    case messagesRefused1008
    case messagesRefused1009
    case bytesReceived
    case messagesReceived
    /// Times that reading from a connection stopped because the data channel was full of what cannot be
    /// folded.
    case readStalls
    case pingsSent
    case idleTimeouts
    /// Connections cut because the peer did not read what was sent to it.
    case slowPeersCut
    /// Connections lost because the kernel had no descriptor for them.
    case descriptorsDropped

    /// Connections closed with this code, because there was no room for more visitors.
    case messagesRefused1013
    /// Connections closed because a message was not whole in time.
    case messageTimeouts
    /// Connections turned away because too much memory was kept for half heads and messages, and those of
    /// them that got a 1013, which are among the refused.
    case memoryRefused
    case memoryRefused1013
    /// Connections closed at their start, where a PROXY header has to stand.
    case proxyHeadersAbsent
    case proxyHeadersMalformed
    case proxyHeadersTooLong
    case proxyHeadersLate
    case proxyPeersUntrusted
    /// Connections whose visitor asks not to be watched.
    case privacyRefused
    /// Connections of `pointerscope.v1` that did not say who they are in time.
    case helloTimeouts
    /// Connections closed because their identity is in use elsewhere, or its token was shown before.
    case identitiesRefused
    /// What became of the tokens that hellos brought; new are those that brought none.
    case tokensNew
    case tokensResumed
    case tokensExpired
    case tokensForged
    case tokensMalformed
    /// Times that messages of a connection were missing, how many were, and those that came again or late.
    case ingestGaps
    case messagesMissing
    case messagesRepeated
    /// Bodies of `POST /events` that were taken, and those that were not, by reason.
    case postsAccepted
    case postsRefusedHost
    case postsRefusedMethod
    case postsRefusedOrigin
    case postsRefusedFraming
    case postsRefusedPrivacy
    case postsRefusedExpectation
    case postsRefusedMediaType
    case postsRefusedTooBig
    case postsRefusedEvents
    case postsRefusedLate
    case postsRefusedNoRoom
    /// A gauge: visitors that are here because they posted.
    case postVisitors
    /// Handshakes that agreed on compression, compressed messages, and the bytes that they came to.
    case connectionsDeflating
    case messagesDeflated
    case bytesInflated
    /// Messages over a bound: of bytes, and of fragments.
    case messagesTooLong
    case messagesInFragments
    /// Request heads over a bound.
    case headsTooLarge
    /// Times that a connection was not read for its rate, and those that were closed for it.
    case ratesHeld
    case eventRateExceeded
    case byteRateExceeded
    case postsRefusedRate
    /// Times that a connection waited for its turn behind others.
    case turnsAwaited
    /// Reads of which each visitor's newest move alone went on, as there were too many samples for all.
    case readsConflated
    /// Texts that samples lost, as their connection had told too many new ones.
    case textsWithheld
    /// Connections handed over to other workers, taken over from them, and those of them whose record could
    /// not be read.
    case connectionsMoved
    case connectionsAdopted
    case connectionsUnreadable
    /// Connections that the worker accepted itself, which are among the accepted.
    case connectionsTaken
    /// Connections that the master handed over while the worker took its last place itself.
    case connectionsPastCapacity

    /// Whether it goes up and down; a gauge of a process that has ended counts for nothing.
    public var isGauge: Bool { self == .connectionsOpen || self == .postVisitors }
}
