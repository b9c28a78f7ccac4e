import CPointerscopeShims
import Glibc

/// What stat(2) says of a file that tells one writing of it from another.
public struct FileFacts: Equatable, Sendable {
    /// Which file it is.
    public let device: UInt64
    public let inode: UInt64
    public let byteCount: Int64
    /// When its contents changed last, nanoseconds since the epoch.
    public let modified: Int64
    /// When anything about it changed last, its rights for example.
    public let changed: Int64
    /// Its type and who may do what (st_mode).
    public let mode: UInt32
    /// Whose it is.
    public let owner: UInt32

    /// Of what the path leads to; errors as of stat(2).
    public init(of path: String) throws(SystemError) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw SystemError("stat") }
        self.init(status)
    }

    /// Of an open file.
    public init(of file: borrowing Descriptor) throws(SystemError) {
        var status = stat()
        guard unsafe fstat(file.raw, &status) == 0 else { throw SystemError("fstat") }
        self.init(status)
    }

    private init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        byteCount = Int64(status.st_size)
        modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        changed = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
        mode = status.st_mode
        owner = status.st_uid
    }

    /// Whether others may change what the path leads to without this kernel being told: on a file system that
    /// lies on another machine, or is kept by a process (statfs(2)).
    public static func mayChangeUnnoticed(_ path: String) -> Bool {
        unsafe untold.contains(ps_file_system(path))
    }

    /// NFS, SMB (three of them), 9P, FUSE, Ceph, AFS, VirtualBox' folders (`linux/magic.h`).
    private static let untold: Set<UInt32> = [
        0x6969, 0x517B, 0xFF53_4D42, 0xFE53_4D42, 0x0102_1997, 0x6573_5546, 0x00C3_6400, 0x5346_414F,
        0x786F_4256,
    ]
}
