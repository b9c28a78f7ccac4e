import Glibc

/// A page of memory that a child process can map too.
final class SharedMemory {
    let descriptor: Int32
    let address: UnsafeMutableRawPointer

    init?(descriptor: Int32, byteCount: Int, protection: Int32) {
        guard let address = mmap(nil, byteCount, protection, MAP_SHARED, descriptor, 0), address != MAP_FAILED
        else { return nil }
        self.descriptor = descriptor
        self.address = address
    }

    /// Makes a new one in a file without a name.
    convenience init?(byteCount: Int) {
        var name = Array("/tmp/pointerscope-counters-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { return nil }
        unlink(name)
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else { return nil }
        self.init(descriptor: descriptor, byteCount: byteCount, protection: PROT_READ | PROT_WRITE)
    }
}
