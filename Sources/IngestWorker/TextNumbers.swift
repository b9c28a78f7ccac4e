import Tables

/// Indices for texts of one kind that samples name, pages above all, so that a text crosses the data channel
/// once.
///
/// At the limit the index that was given longest ago goes to the newest text; order on the channel makes that
/// safe, since the text's record stands before the first sample that means the new one.
struct TextNumbers: ~Copyable {
    /// What a lookup found.
    enum Lookup: Equatable {
        /// The master knows this index already.
        case known(UInt32)
        /// The master has to be told first.
        case new(UInt32)
    }

    private let limit: Int
    private var texts: TextTable
    private var oldest: UInt32 = 0

    /// Makes an empty table; `seed` is random a process.
    init(seed: UInt64, limit: Int = WorkerLimits.texts) {
        self.limit = limit
        texts = TextTable(limit: limit, seed: seed)
    }

    /// The index of a text.
    mutating func lookUp(_ text: UnsafeRawBufferPointer) -> Lookup {
        if let known = unsafe texts.find(text) { return .known(known) }
        if texts.count == limit {
            // The only free number is given out next.
            texts.remove(oldest)
            oldest = (oldest + 1) % UInt32(limit)
        }
        guard let (number, _) = unsafe texts.intern(text) else { preconditionFailure("there is room for it") }
        return .new(number)
    }
}
