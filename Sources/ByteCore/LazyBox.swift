/// A value that is seldom there: one pointer while it is not, and memory of its own while it is.
///
/// What holds thousands of it pays for those that are.
@frozen
@safe public struct LazyBox<Value: ~Copyable>: ~Copyable {
    @usableFromInline var place: UnsafeMutablePointer<Value>?

    /// Makes an empty one.
    @inlinable @inline(__always)
    public init() { unsafe place = nil }

    @inlinable
    deinit {
        unsafe place?.deinitialize(count: 1)
        unsafe place?.deallocate()
    }

    /// Whether nothing is there.
    @inlinable @inline(__always)
    public var isEmpty: Bool { unsafe place == nil }

    /// Where the value is, if it is there; valid until it goes.
    @inlinable @inline(__always)
    public var contents: UnsafeMutablePointer<Value>? { unsafe place }

    /// Puts a value in, where none is.
    @inlinable
    public mutating func fill(_ value: consuming Value) -> UnsafeMutablePointer<Value> {
        precondition(isEmpty, "a value that is there is not made again")
        let made = UnsafeMutablePointer<Value>.allocate(capacity: 1)
        unsafe made.initialize(to: value)
        unsafe place = made
        return unsafe made
    }

    /// Lets the value go, and its memory.
    @inlinable
    public mutating func clear() {
        unsafe place?.deinitialize(count: 1)
        unsafe place?.deallocate()
        unsafe place = nil
    }
}
