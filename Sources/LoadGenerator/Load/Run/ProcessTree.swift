import Glibc
import PosixIO

/// What /proc says of a process and all its descendants (proc(5)).
struct ProcessTree {
    let root: Int32

    /// The process and its descendants; empty when it is gone.
    func members() -> [Int32] {
        guard let folder = unsafe opendir("/proc") else { return [] }
        defer { unsafe closedir(folder) }
        var parents: [(pid: Int32, parent: Int32)] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            guard let pid = Int32(name), let fields = Self.fields(of: pid) else { continue }
            parents.append((pid, Int32(truncatingIfNeeded: fields.parent)))
        }
        var found: [Int32] = parents.contains { $0.pid == root } ? [root] : []
        var index = 0
        while index < found.count {
            found += parents.filter { $0.parent == found[index] }.map(\.pid)
            index += 1
        }
        return found
    }

    /// CPU time so far, user and system, in nanoseconds; in steps of the kernel's ticks. What ended and was
    /// waited for by one of them is in it, or the sum would fall when a worker dies.
    static func cpuNanoseconds(of members: [Int32]) -> Int64 {
        var ticks: Int64 = 0
        for pid in members { ticks += fields(of: pid)?.ticks ?? 0 }
        return ticks * (1_000_000_000 / Int64(max(sysconf(Int32(_SC_CLK_TCK)), 1)))
    }

    /// Resident bytes of all together; shared pages count for each.
    static func residentBytes(of members: [Int32]) -> UInt64 {
        members.reduce(0) { $0 + ProcessMemory.residentBytes(of: $1) }
    }

    /// Stops or continues all, parents before children, so that none is started meanwhile.
    static func signal(_ number: Int32, to members: [Int32]) {
        for pid in members { kill(pid, number) }
    }

    /// Waits until all stand still that were told to stop, or have gone: one that sleeps has to have the
    /// processor for it, and would see a part of what comes before.
    static func awaitStop(of members: [Int32]) {
        let deadline = MonotonicClock.now() + LoadLimits.drainStopNanoseconds
        for pid in members {
            while let found = fields(of: pid), !found.standsStill, MonotonicClock.now() < deadline {
                usleep(LoadLimits.drainDeliveryPauseMicroseconds)
            }
        }
    }

    private static func fields(of pid: Int32) -> (parent: Int64, ticks: Int64, standsStill: Bool)? {
        guard let file = try? Descriptor.opening("/proc/\(pid)/stat", flags: O_RDONLY) else { return nil }
        return unsafe withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 1) { room in
            let count = unsafe read(file.raw, room.baseAddress, room.count)
            guard count > 0 else { return nil }
            // The name stands in brackets and may hold anything.
            let text = unsafe room[..<count]
            guard let end = unsafe text.lastIndex(of: UInt8(ascii: ")")) else { return nil }
            let words = unsafe text[(end + 1)...].split(separator: UInt8(ascii: " "))
            guard unsafe words.count > 14 else { return nil }
            func number(_ index: Int) -> Int64 {
                unsafe words[index].reduce(0) { $1 >= 48 && $1 <= 57 ? $0 &* 10 &+ Int64($1 &- 48) : $0 }
            }
            let standsStill = unsafe words[0].first.map { "TtZX".utf8.contains($0) } ?? false
            return (number(1), number(11) &+ number(12) &+ number(13) &+ number(14), standsStill)
        }
    }
}
