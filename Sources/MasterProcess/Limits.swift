/// Bounds of the master process, each with its reason.
enum MasterLimits {
    /// What all callers of the HTTP port together can make the master keep for them: rests of messages that
    /// viewers do not take, answers that nobody reads, requests that are not whole. A thousand of the longest
    /// messages; past it a request is answered 503, and a viewer that has stopped within a message is closed.
    static let heldBytes = 64 * 1024 * 1024
}
