import CPointerscopeShims
import Glibc

/// What the kernel says of a process's descriptors (proc(5), prlimit(2)).
public enum ProcessDescriptors {
    /// How many are open; nil where it is not told.
    ///
    /// Linux 6.2 and later tell it as the size of `/proc/PID/fd`. Before, they would have to be listed one
    /// by one, which takes a microsecond for each: that is done for the caller alone.
    public static func openCount(of pid: Int32) -> Int? {
        let folder = "/proc/\(pid)/fd"
        var facts = stat()
        guard unsafe stat(folder, &facts) == 0 else { return nil }
        if facts.st_size > 0 { return Int(facts.st_size) }
        guard pid == getpid(), let listing = unsafe opendir(folder) else { return nil }
        defer { unsafe closedir(listing) }
        var count = 0
        while unsafe readdir(listing) != nil { count += 1 }
        // Without ".", ".." and the listing itself.
        return max(count - 3, 0)
    }

    /// The most that it may open; nil where that is not told.
    public static func limit(of pid: Int32) -> UInt64? {
        let limit = ps_descriptor_limit(pid)
        return limit > 0 ? limit : nil
    }
}
