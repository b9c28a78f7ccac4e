import CPointerscopeShims
import Glibc

/// What the kernel says of a process's memory (proc(5)).
public enum ProcessMemory {
    /// The process id of the caller.
    public static var ownPid: Int32 { getpid() }

    /// Gives the system back what of this process's heap is free (malloc_trim(3)); takes milliseconds.
    public static func trim() { ps_trim_heap() }

    /// Resident bytes; 0 when the process is gone.
    public static func residentBytes(of pid: Int32) -> UInt64 {
        guard let file = try? Descriptor.opening("/proc/\(pid)/statm", flags: O_RDONLY) else { return 0 }
        return withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { room in
            let count = read(file.raw, room.baseAddress, room.count)
            guard count > 0 else { return 0 }
            // "size resident shared ..." in pages.
            let words = room[..<count].split(separator: UInt8(ascii: " "), maxSplits: 2)
            guard words.count > 1 else { return 0 }
            var pages: UInt64 = 0
            for digit in words[1] where digit >= 48 && digit <= 57 {
                pages = pages &* 10 &+ UInt64(digit &- 48)
            }
            return pages &* UInt64(sysconf(Int32(_SC_PAGESIZE)))
        }
    }
}
