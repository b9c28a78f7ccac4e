/// What to do with the transport once everything appended so far is written.
public enum WebSocketTransportAction: Sendable, Equatable {
    /// Go on reading: the peer's close frame is to come. Bound the wait with a timer.
    case awaitPeerClose
    /// Shut the sending side down, read and drop until the peer's end, bounded by a timer, then close.
    ///
    /// Closing at once would let the kernel reset the connection over unread bytes, and the peer might never
    /// see our close frame (RFC 6455 section 7.1.1).
    case shutDown
    /// Read until the server ends the connection, bounded by a timer, then close (a client's part).
    case awaitEnd
}
