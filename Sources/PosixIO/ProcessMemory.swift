import CPointerscopeShims
import Glibc

/// What the kernel says of a process's memory (proc(5)).
public enum ProcessMemory {
    /// Has the processor fetch `count` bytes that are looked at soon, while it does other work.
    @inline(__always)
    public static func prefetch(_ start: UnsafeRawPointer, count: Int) { unsafe ps_prefetch(start, count) }

    /// Whether `bytes` more could be had now: refused by limits on address space and data (getrlimit(2)) and
    /// by a machine that promises no more than it has. A control group refuses nothing in advance.
    public static func isAvailable(_ bytes: Int) -> Bool {
        let mapped = unsafe mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { return false }
        unsafe munmap(mapped, bytes)
        return true
    }

    /// The process id of the caller.
    public static var ownPid: Int32 { getpid() }

    /// Resident bytes; 0 when the process is gone.
    public static func residentBytes(of pid: Int32) -> UInt64 {
        guard let file = try? Descriptor.opening("/proc/\(pid)/statm", flags: O_RDONLY) else { return 0 }
        return unsafe withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { room in
            let count = unsafe read(file.raw, room.baseAddress, room.count)
            guard count > 0 else { return 0 }
            // "size resident shared ..." in pages.
            let words = unsafe room[..<count].split(separator: UInt8(ascii: " "), maxSplits: 2)
            guard unsafe words.count > 1 else { return 0 }
            var pages: UInt64 = 0
            for digit in unsafe Array(words[1]) where digit >= 48 && digit <= 57 {
                pages = pages &* 10 &+ UInt64(digit &- 48)
            }
            return pages &* UInt64(sysconf(Int32(_SC_PAGESIZE)))
        }
    }

    /// Bytes that are the process's own, in memory or swapped out: neither pages of files nor what it shares
    /// with others. 0 when the process is gone.
    public static func anonymousBytes(of pid: Int32) -> UInt64 {
        guard let file = try? Descriptor.opening("/proc/\(pid)/status", flags: O_RDONLY) else { return 0 }
        return unsafe withUnsafeTemporaryAllocation(byteCount: 8192, alignment: 1) { room in
            let count = unsafe read(file.raw, room.baseAddress, room.count)
            guard count > 0 else { return 0 }
            // "RssAnon:\t    1234 kB", a line for each figure (proc_pid_status(5)).
            let text = unsafe String(decoding: room[..<count], as: UTF8.self)
            var kibibytes: UInt64 = 0
            for line in text.split(separator: "\n") {
                guard line.hasPrefix("RssAnon:") || line.hasPrefix("VmSwap:") else { continue }
                let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
                kibibytes &+= words.count > 1 ? UInt64(words[1]) ?? 0 : 0
            }
            return kibibytes &* 1024
        }
    }
}
