/// What a keyframe may take, and how those present share it where it is not enough for all that they say of
/// themselves.
///
/// ```
///  left       [                 of the bytes, what nobody has taken yet                 ]
///  share      [ left / visitors ][ the next one's ][ ... ]        nobody takes more than a share
/// ```
/// Who takes less than a share leaves more for all who come behind, so shares only grow: nobody's entry is
/// made shorter that is no longer than `bytes / visitors`, whatever others say.
struct KeyframeRoom {
    /// Bytes of all entries, commas included.
    let bytes: Int
    private var left: Int
    private var visitors: Int
    /// Bytes that the entries seen so far have in full.
    private var wholeBytes = 0
    /// Entries whose texts were cut, and those of which the place is left.
    private(set) var cutEntries: UInt64 = 0
    private(set) var placeEntries: UInt64 = 0

    /// Room for so many visitors.
    init(_ limits: FramesLimits, visitors: Int) {
        bytes = max(limits.keyframeBytes, visitors * limits.keyframeBytesPerVisitor)
        left = bytes
        self.visitors = visitors
    }

    /// What of an entry is said.
    enum Form {
        case whole, cutTexts, place
    }

    /// Bytes that the next one's entry may have, its comma included.
    var share: Int { left / max(visitors, 1) }

    /// Whether those seen so far have more to say than there is room for.
    var isExceeded: Bool { wholeBytes > bytes }

    /// Counts one whose entry has `whole` bytes in full.
    @inline(__always)
    mutating func sees(_ whole: Int) { wholeBytes += whole }

    /// Gives an entry its room.
    mutating func takes(_ count: Int, _ form: Form) {
        left -= count
        visitors -= 1
        switch form {
        case .whole: break
        case .cutTexts: cutEntries += 1
        case .place: placeEntries += 1
        }
    }
}
