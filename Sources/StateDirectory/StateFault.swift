import Glibc
public import PosixIO

/// Why a state directory or a file in it cannot be used.
public struct StateFault: Error, Equatable {
    /// What is wrong.
    public enum Problem: Equatable, Sendable {
        /// A system call failed.
        case system(SystemError)
        /// There is none, and none is to be made.
        case missing
        /// It is something else than a directory.
        case notDirectory
        /// It is a symbolic link, which may lead elsewhere tomorrow.
        case symbolicLink
        /// It belongs to the user with this number.
        case otherOwner(UInt32)
        /// Users other than its owner may read or write it.
        case openToOthers(mode: UInt32)
        /// A server runs on it; its process id, where it has told that.
        case inUse(pid: Int32?)
        /// Another process is changing it, for longer than anybody wants to wait.
        case busy
        /// A file is none: a directory, a pipe.
        case notFile
        /// A file is larger than so many bytes.
        case tooLarge(limit: Int)
    }

    /// The directory or file.
    public let path: String
    /// What is wrong.
    public let problem: Problem

    init(_ path: String, _ problem: Problem) {
        self.path = path
        self.problem = problem
    }

    /// One line for a person, with the mend.
    public var text: String { "\(path): \(reason)" }

    private var reason: String {
        let quoted = shellQuoted(path)
        switch problem {
        case .system(let error):
            switch error.code {
            case ENOSPC, EDQUOT:
                return "there is no room to write it (\(error.reason)); what was there is kept"
            case EROFS: return "is on a file system that cannot be written"
            case EACCES: return "permission denied; run this as the user that the server runs as"
            default: return error.text
            }
        case .missing: return "is not there; the first start of the server, or admin add, makes it"
        case .notDirectory: return "is no directory; name one with --state"
        case .symbolicLink: return "is a symbolic link; name what it leads to"
        case .otherOwner(let number):
            let name = userName(number) ?? "#\(number)"
            return "belongs to \(name); run this as that user: sudo -u \(shellQuoted(name)) ..."
        case .openToOthers(let mode):
            let octal = String(mode & 0o777, radix: 8)
            let mend = mode & S_IFMT == S_IFDIR ? "700" : "600"
            return "other users may read or write it (mode \(octal)); chmod \(mend) \(quoted)"
        case .inUse(let pid):
            let who = pid.map { "process \($0)" } ?? "another process"
            return
                "a server runs on it already (\(who)); stop that one, or name another directory with --state"
        case .busy: return "another process has been changing it all the while; try again"
        case .notFile: return "is no file; move it away"
        case .tooLarge(let limit):
            return "is larger than \(limit >= 1 << 20 ? "\(limit >> 20) MiB" : "\(limit) bytes")"
        }
    }
}

/// The name of a user (getpwuid_r(3)); nil where there is none.
private func userName(_ number: UInt32) -> String? {
    var entry = unsafe passwd()
    var found: UnsafeMutablePointer<passwd>?
    return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4_096) { room in
        guard unsafe getpwuid_r(number, &entry, room.baseAddress!, room.count, &found) == 0,
            unsafe found != nil
        else { return nil }
        return unsafe String(cString: entry.pw_name)
    }
}
