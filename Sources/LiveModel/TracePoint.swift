public import PointerEvents

/// One of the recent samples of everyone.
public struct TracePoint: Sendable, BitwiseCopyable {
    public var slot: Int
    /// Whose sample it was: another visitor in the same slot has another.
    public var serial: UInt32
    public var kind: PointerKind
    /// CSS pixels of the page's viewport, at most a billion away from 0.
    public var x: Float
    public var y: Float
    /// Hub epoch milliseconds of the frame that it came with.
    public var atMilliseconds: Int64
}

/// One step of a followed visitor.
public struct PathPoint: Sendable, BitwiseCopyable {
    /// CSS pixels of the page's viewport, at most a billion away from 0.
    public var x: Float
    public var y: Float
    public var kind: PointerKind
    /// Whether it does not go on from the point before: the first one, one on another page, or one after the
    /// pointer or the visitor was gone.
    public var isStart: Bool
    /// Hub epoch milliseconds.
    public var atMilliseconds: Int64
}
