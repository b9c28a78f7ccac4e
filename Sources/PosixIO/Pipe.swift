import CPointerscopeShims

/// A pipe whose ends are close-on-exec and never block (pipe(7)).
@frozen
public struct Pipe: ~Copyable {
    /// What was written comes out here.
    public let reading: Descriptor
    /// Takes up to 64 KiB that nobody has read; then writing fails with EAGAIN.
    public let writing: Descriptor

    /// Makes a pipe.
    public init() throws(SystemError) {
        var ends: (Int32, Int32) = (-1, -1)
        let made = unsafe withUnsafeMutableBytes(of: &ends) {
            unsafe ps_pipe($0.baseAddress!.assumingMemoryBound(to: Int32.self))
        }
        guard made == 0 else { throw SystemError("pipe2") }
        reading = Descriptor(owning: ends.0)
        writing = Descriptor(owning: ends.1)
    }
}
