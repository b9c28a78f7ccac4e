/// Bounds on what a visitor may say, each with its reason.
public enum Limits {
    /// A visitor's id: long enough for a UUID with a prefix, short enough for a fixed-size join record.
    public static let idBytes = 64
    /// A page's path: what a person reads on a screen; longer paths are query strings in disguise.
    public static let pageBytes = 256
    /// Arrays and objects within one another: the format needs two, unknown keys may bring a few more.
    public static let nestingDepth = 16
    /// One message, whole or in fragments: about a thousand samples, read in one go.
    public static let messageBytes = 64 * 1024
    /// Samples in one message: more than 64 KiB of JSON have room for, which is 2,849; of a denser format,
    /// what takes 256 KiB as records.
    public static let samplesPerMessage = 4096
    /// Ids one connection may speak for: a proxy in front of a page, not a crowd.
    public static let idsPerConnection = 256
    /// A name that the owner of a page gives a visitor: what fits a column of a table.
    public static let nameBytes = 64
    /// The hint at what was clicked: a tag with the shape of its id and class.
    public static let elementBytes = 64
    /// The text of a scope: eight patterns of common length; more is a list that belongs into several names.
    public static let scopeBytes = 512
    /// Patterns in one scope: each is held against a page when a visitor comes to it.
    public static let patternsPerScope = 8
}

/// Bounds of `pointerscope.v1`, each with its reason.
public enum WireV1Limits {
    /// Positions and offsets, to either side, and sizes, in CSS pixels: about what browsers lay out at most,
    /// and sums of two stay exact in 32 bits.
    public static let position = 1 << 24
    /// Units of 2 ms between two records: 37 hours, longer than a page sleeps unless it says a sync.
    public static let step = 1 << 26
    /// Epoch milliseconds: what a double says exactly.
    public static let clock = 1 << 53
    /// A token of a visitor as the server makes it, with room for a longer one.
    public static let tokenBytes = 128
    /// Messages from one sync to the next: what a lost message can spoil unseen, were it 256 of them.
    public static let messagesPerSync = 128
}
