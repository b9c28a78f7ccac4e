/// Which visitor of the run a server's id stands for, as the names that visitors say tell.
///
/// Ids of `pointerscope.v1` are `~` and 16 characters, which are the key.
struct WireNames {
    struct Key: Hashable, BitwiseCopyable {
        var first: UInt64
        var second: UInt64
    }

    static let idBytes = 17
    private var visitors: [Key: UInt32] = [:]

    /// Visitors change ids when they come back: beyond so many all are forgotten but who is named anew.
    private let capacity: Int

    init(visitorCount: Int) { capacity = 4 * visitorCount + 1024 }

    /// The visitor behind an id; nil where no name came with it.
    func visitor(_ key: Key) -> UInt64? { visitors[key].map(UInt64.init) }

    /// A sample of that id said its name.
    mutating func learn(_ key: Key, visitor: UInt64) {
        if visitors.count >= capacity { visitors.removeAll(keepingCapacity: true) }
        visitors[key] = UInt32(truncatingIfNeeded: visitor)
    }
}
