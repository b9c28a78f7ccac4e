/// The tail of a sample as it came in, with the texts that the worker replaces by numbers.
@frozen
@safe public struct DecodedTail: BitwiseCopyable {
    /// The fields of fixed size; the numbers of name and element are the caller's to fill in.
    public var tail: SampleTail
    /// A name given by the owner of the page: 1 to 64 bytes of UTF-8; empty where none was sent.
    public var name: UnsafeRawBufferPointer
    /// What was clicked: at most 64 bytes of UTF-8; empty too where nothing was sent.
    public var element: UnsafeRawBufferPointer

    /// Makes one that says nothing.
    @inlinable
    public init() {
        tail = SampleTail()
        unsafe name = UnsafeRawBufferPointer(start: nil, count: 0)
        unsafe element = UnsafeRawBufferPointer(start: nil, count: 0)
    }
}
