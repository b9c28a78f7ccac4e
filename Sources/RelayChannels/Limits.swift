/// Bounds of both channels' buffers, each with its reason.
enum ChannelLimits {
    /// One read of a control channel: a second's worth of heartbeats is a few records of 16 bytes.
    static let controlReadBytes = 512
    /// A message of the master carries at most 253 records of 16 bytes, and one of a connection that moves is
    /// mostly smaller; longer ones are read in parts.
    static let handoverReadBytes = 4096
    /// What was read of a channel and not taken, or is queued: the first is less than one read and a record,
    /// and the other grows only while a worker takes nothing, until its heartbeat is missed.
    static let carriedBytes = 16 * 1024 * 1024
}
