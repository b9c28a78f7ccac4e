/// Bounds of both channels' buffers, each with its reason.
enum ChannelLimits {
    /// One read of a control channel: a second's worth of heartbeats is a few records of 16 bytes.
    static let controlReadBytes = 512
    /// A message of the master carries at most 253 records of 16 bytes and comes whole, with its descriptors.
    static let handoverReadBytes = 4096
}
