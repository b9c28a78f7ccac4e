/// Memory that strangers can make a process hold: how much of it there is, and the most it may be.
///
/// Whoever keeps bytes for a stranger takes them first and gives them back when they are gone; both count the
/// storage, not what of it is filled. One thread.
public final class ByteBudget {
    /// The most that may be held, in bytes.
    public let limit: Int
    /// Bytes held.
    public private(set) var held = 0
    /// The most bytes that were held at a time since this was last asked for by `takeMost`.
    public private(set) var most = 0
    private let whole: ByteBudget?

    /// An empty budget of `limit` bytes; where it is part of a whole, they are taken of that as well.
    public init(limit: Int, within whole: ByteBudget? = nil) {
        self.limit = limit
        self.whole = whole
    }

    /// Whether `bytes` more fit.
    public func hasRoom(for bytes: Int) -> Bool {
        bytes <= limit - held && whole?.hasRoom(for: bytes) ?? true
    }

    /// Takes `bytes`; false, and nothing is taken, where they do not fit.
    public func take(_ bytes: Int) -> Bool {
        guard hasRoom(for: bytes) else { return false }
        held += bytes
        most = max(most, held)
        _ = whole?.take(bytes)
        return true
    }

    /// Returns `most`, which begins anew with what is held now.
    public func takeMost() -> Int {
        defer { most = held }
        return most
    }

    /// Gives back `bytes` that were taken.
    public func giveBack(_ bytes: Int) {
        precondition(bytes <= held)
        held -= bytes
        whole?.giveBack(bytes)
    }
}
