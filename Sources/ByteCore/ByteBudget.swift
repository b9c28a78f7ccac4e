/// Memory that strangers can make a process hold: how much of it there is, and the most it may be.
///
/// Whoever keeps bytes for a stranger takes them first and gives them back when they are gone; both count the
/// storage, not what of it is filled. One thread.
public final class ByteBudget {
    /// The most that may be held, in bytes.
    public let limit: Int
    /// Bytes held.
    public private(set) var held = 0

    /// An empty budget of `limit` bytes.
    public init(limit: Int) { self.limit = limit }

    /// Takes `bytes`; false, and nothing is taken, where they would not fit.
    public func take(_ bytes: Int) -> Bool {
        guard bytes <= limit - held else { return false }
        held += bytes
        return true
    }

    /// Gives back `bytes` that were taken.
    public func giveBack(_ bytes: Int) {
        precondition(bytes <= held)
        held -= bytes
    }
}
