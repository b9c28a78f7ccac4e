/// The segments of a path, between its slashes, borrowed and still percent-encoded.
///
/// `/admin/a%2Fb` has the segments `admin` and `a%2Fb`; `/` has one empty segment; `/admin/` has `admin` and
/// an empty one.
public struct HTTPPathSegments: IteratorProtocol, Sequence {
    private let path: UnsafeRawBufferPointer
    private var index: Int

    /// Wraps a path that begins with `/`; any other path has no segments.
    public init(_ path: UnsafeRawBufferPointer) {
        self.path = path
        index = path.first == HTTPByte.slash ? 0 : path.count
    }

    /// The next segment.
    public mutating func next() -> UnsafeRawBufferPointer? {
        guard index < path.count else { return nil }
        let start = index + 1
        var end = start
        while end < path.count, path[end] != HTTPByte.slash { end += 1 }
        index = end
        return UnsafeRawBufferPointer(rebasing: path[start..<end])
    }
}
