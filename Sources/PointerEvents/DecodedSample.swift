/// What became of a message of samples.
public enum DecodeOutcome: Equatable, Sendable {
    /// All of it is good: an object is one sample, an array as many as it has elements, which may be none.
    case accepted(count: Int)
    /// None of it counts.
    case refused(SampleRefusal)
}

/// A sample as it came in, with the texts that the worker replaces by numbers.
@frozen
@safe public struct DecodedSample: BitwiseCopyable {
    /// The fields of fixed size; slot, page number and receive time are the caller's to fill in.
    public var sample: PointerSample
    /// Who it is from: 1 to 64 bytes of UTF-8, escapes resolved.
    public var id: UnsafeRawBufferPointer
    /// The page's path: at most 256 bytes of UTF-8, escapes resolved; empty too where none was sent.
    public var page: UnsafeRawBufferPointer

    @inlinable
    init(sample: PointerSample, id: UnsafeRawBufferPointer, page: UnsafeRawBufferPointer) {
        self.sample = sample
        unsafe self.id = id
        unsafe self.page = page
    }
}
