import Glibc

extension ByteStream {
    /// Memory of what was written to a Unix socket and its peer has yet to read, bytes with what the kernel
    /// needs beside them (SO_MEMINFO of socket(7)); 0 where the kernel does not say.
    public var bytesUnderWay: Int {
        // Words of linux/sock_diag.h, which Swift's module of the C library leaves out.
        var words: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) =
            (0, 0, 0, 0, 0, 0, 0, 0, 0)
        var length = socklen_t(MemoryLayout.size(ofValue: words))
        guard unsafe getsockopt(raw, SOL_SOCKET, Self.memoryOption, &words, &length) == 0 else { return 0 }
        return Int(words.2)
    }

    /// SO_MEMINFO of asm-generic/socket.h.
    private static var memoryOption: Int32 { 55 }
}
