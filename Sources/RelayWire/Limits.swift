/// Bounds on what the two channels between a worker and its master hold, each with its reason.
public enum RelayLimits {
    /// Queued bytes past which a worker folds: some 16,000 samples, a fifth of a second of a flood.
    public static let foldThresholdBytes = 1024 * 1024
    /// Bytes that must come before it folds again, so that folding costs a constant per sample.
    public static let foldIntervalBytes = 256 * 1024
    /// Queued bytes that no fold can remove; past it the worker reads no more from who brings them.
    public static let unfoldableBytes = 256 * 1024
    /// Queued bytes that no fold can remove past which the worker reads from nobody: who brings some is known
    /// only when it was read. Those who only move go on until then.
    public static let unfoldableCeilingBytes = 2 * 1024 * 1024
    /// Storage an empty queue keeps; what a flood made it take beyond that is given back.
    public static let idleQueueBytes = 256 * 1024
    /// Storage a queue starts with: a worker that idles pays for no more.
    public static let initialQueueBytes = 16 * 1024
    /// Slots on one channel: 20,000 connections that speak for a dozen ids each. The hub's table of a channel
    /// has as many, so that no slot a worker gives is one its master has no room for.
    public static let slotsPerChannel = 1 << 18
    /// Texts of one kind on one channel. An index may be given to another text by a later record.
    public static let textsPerChannel = 1 << 16
    /// Pages on one channel.
    public static let pagesPerChannel = textsPerChannel
    /// Samples handed on together: what was looked at is still in the nearest cache when it is copied.
    public static let samplesAtOnce = 128
    /// The longest record of either channel but for moved connections: a page of 256 bytes with its head, in
    /// whole words.
    public static let recordBytes = 272
    /// What a connection is moved with at most: two messages of the largest size that are not whole, answers
    /// that were not taken and 256 ids come to 180 KiB.
    public static let movedStateBytes = 256 * 1024
    /// Numbers from here on are no connection's: under one of them a worker has visitors without any.
    public static let leasedConnections: UInt64 = 1 << 63
    /// Visitors who only post that go to another worker in one record: at most 18 KiB.
    public static let postersInRecord = 256
    /// Receive times at or above this are refused: 146 years of uptime, and sums with it cannot overflow.
    public static let receivedNanoseconds: Int64 = 1 << 62
}
