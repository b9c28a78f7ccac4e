import PosixIO

/// One listener of the ingest port.
///
/// The master has all of them open as long as it lives, whoever accepts there: the kernel resets those who
/// wait at one that is closed.
final class IngestDoor {
    let listener: Listener
    /// Whether the master's loop looks at it.
    var isWatched = false

    init(_ listener: consuming Listener) { self.listener = listener }
}
