import CPointerscopeShims
import Glibc

/// A page of memory that two processes share (memfd_create(2), mmap(2)); zero at first.
@safe public struct SharedPage: ~Copyable {
    /// Bytes of the page.
    public static let byteCount = 4096

    private let descriptor: Descriptor
    /// The mapping; it goes with the value.
    public let memory: UnsafeMutableRawPointer

    /// Makes a new page; `name` shows in /proc.
    public init(name: String) throws(SystemError) {
        let number = unsafe ps_memfd_create(name)
        guard number >= 0 else { throw SystemError("memfd_create") }
        let made = Descriptor(owning: number)
        guard ftruncate(number, off_t(Self.byteCount)) == 0 else { throw SystemError("ftruncate") }
        try self.init(mapping: made)
    }

    /// Maps a page that another process made.
    public init(mapping descriptor: consuming Descriptor) throws(SystemError) {
        let mapped = unsafe mmap(nil, Self.byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor.raw, 0)
        guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { throw SystemError("mmap") }
        unsafe memory = mapped
        self.descriptor = descriptor
    }

    /// Maps the page behind a descriptor that the program before in this process has left; where that fails
    /// the descriptor stays open.
    public init(resuming number: Int32) throws(SystemError) {
        let kept = Descriptor(owning: number)
        do throws(SystemError) {
            try self.init(mapping: kept.duplicated())
        } catch {
            _ = kept.release()
            throw error
        }
    }

    deinit { unsafe munmap(memory, Self.byteCount) }

    /// For handing it to a child.
    public var raw: Int32 { descriptor.raw }
}

/// Descriptor limits of this process (getrlimit(2)).
public enum DescriptorLimit {
    /// Raises the soft limit to the hard one and returns what holds then; where that is refused it is what
    /// held before, and `refused` hears why.
    @discardableResult
    public static func raise(refused: (SystemError) -> Void = { _ in }) -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue))
        guard unsafe getrlimit(resource, &limit) == 0 else {
            refused(SystemError("getrlimit"))
            return usual
        }
        guard limit.rlim_cur < limit.rlim_max else { return Int(clamping: limit.rlim_cur) }
        let before = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        guard unsafe setrlimit(resource, &limit) == 0 else {
            refused(SystemError("setrlimit"))
            return Int(clamping: before)
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// Descriptors that this process may still have (proc(5), PID/fd).
    public static var free: Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue))
        guard unsafe getrlimit(resource, &limit) == 0,
            let open = try? namesInDirectory("/proc/self/fd")
        else { return 0 }
        return max(0, Int(clamping: limit.rlim_cur) - open.count)
    }

    /// What a process has where nobody has said anything.
    private static let usual = 1024
}
