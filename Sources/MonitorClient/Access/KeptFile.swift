import Glibc
import PosixIO

/// Files that are kept for the next start, replaced as a whole so that nobody ever reads half of one.
///
/// What belongs to somebody else is left alone: written by root with a user's HOME, a file would be root's,
/// and lost to the user from then on.
enum KeptFile {
    /// Where `path` leads to by links, whether or not there is something yet: a file that somebody keeps
    /// elsewhere is made there.
    static func target(of path: String) throws(SystemError) -> String {
        var path = path
        for _ in 0...TopLimits.links {
            guard let next = linked(path) else { return path }
            path = next.hasPrefix("/") ? next : directory(of: path) + next
        }
        throw SystemError("readlink", code: ELOOP)
    }

    private static func linked(_ path: String) -> String? {
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(PATH_MAX)) { bytes in
            let count = unsafe bytes.withMemoryRebound(to: CChar.self) { buffer in
                unsafe buffer.baseAddress.map { unsafe readlink(path, $0, buffer.count) } ?? -1
            }
            return count > 0 ? unsafe String(decoding: bytes[..<count], as: UTF8.self) : nil
        }
    }

    /// Everything to the last slash.
    private static func directory(of path: String) -> String {
        String(path[...(path.lastIndex(of: "/") ?? path.startIndex)])
    }

    /// Refuses a file that is not `user`'s, and one whose directory, or the nearest that there is above it,
    /// is neither the user's nor the system's.
    static func checkOwner(of path: String, user: uid_t = geteuid()) throws(SystemError) {
        var status = stat()
        if unsafe stat(path, &status) == 0, status.st_uid != user {
            throw SystemError("it belongs to another user", code: EPERM)
        }
        var parts = path.split(separator: "/").dropLast()
        while unsafe stat("/" + parts.joined(separator: "/"), &status) != 0, !parts.isEmpty {
            parts = parts.dropLast()
        }
        guard status.st_uid == user || status.st_uid == 0 else {
            throw SystemError("the directory belongs to another user", code: EPERM)
        }
    }

    /// Puts `bytes` in a file's place, for nobody else to read.
    static func replace(_ path: String, with bytes: [UInt8]) throws(SystemError) {
        let draft = "\(path).\(getpid())"
        do throws(SystemError) {
            let file = try Descriptor.opening(
                draft, flags: O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o600)
            try write(bytes, to: file)
            guard unsafe rename(draft, path) == 0 else { throw SystemError("rename") }
        } catch {
            unsafe unlink(draft)
            throw error
        }
    }

    private static func write(_ bytes: [UInt8], to file: borrowing Descriptor) throws(SystemError) {
        var bytes = bytes[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(file.raw, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError("write") }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Makes a directory and those above it that are missing, for nobody else to read.
    static func makeDirectory(_ directory: String) throws(SystemError) {
        var path = ""
        for part in directory.split(separator: "/") {
            path += "/" + part
            guard unsafe mkdir(path, 0o700) != 0, errno != EEXIST else { continue }
            var status = stat()
            guard unsafe stat(path, &status) == 0 else { throw SystemError("mkdir") }
        }
    }
}
