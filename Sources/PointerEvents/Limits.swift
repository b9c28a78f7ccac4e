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
    /// The text of a scope: eight patterns of common length; more is a list that belongs into several names.
    public static let scopeBytes = 512
    /// Patterns in one scope: each is held against a page when a visitor comes to it.
    public static let patternsPerScope = 8
}
