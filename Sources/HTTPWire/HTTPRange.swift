/// A run of bytes inside a message head, by offsets from the head's first byte.
///
/// Sixteen bits are enough for a head of at most `HTTPLimits.headBytes`.
public struct HTTPRange: Sendable, BitwiseCopyable, Equatable {
    /// Offset of the first byte.
    public let start: UInt16
    /// Length in bytes.
    public let count: UInt16

    /// The empty range at the head's start.
    public static let empty = HTTPRange(start: 0, count: 0)

    init(start: UInt16, count: UInt16) {
        self.start = start
        self.count = count
    }

    /// Makes the range from offsets within a head (`start <= end <= headBytes`).
    init(_ start: Int, _ end: Int) {
        self.init(start: UInt16(start), count: UInt16(end - start))
    }

    /// Whether the range holds no bytes.
    public var isEmpty: Bool { count == 0 }

    /// The bytes themselves, borrowed from `bytes`, which begin with the head the range came from.
    public func slice(of bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let start = Int(start)
        return unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<(start + Int(count))])
    }
}

/// A field line of a head: its name and its value, whitespace around the value left out.
public struct HTTPField: Sendable, BitwiseCopyable, Equatable {
    public let name: HTTPRange
    public let value: HTTPRange
}
