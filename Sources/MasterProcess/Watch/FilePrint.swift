import ByteCore
import Glibc
import PosixIO

/// What tells whether a file is another one than before.
enum FilePrint: Equatable {
    /// It cannot be had (errno(3)).
    case missing(Int32)
    /// A program: nobody reads all of it only to compare. A name more, which changes the file's `changed`, is
    /// nothing.
    case program(device: UInt64, inode: UInt64, byteCount: Int64, modified: Int64, mode: UInt32)
    /// A text: what it says, and who may read it, however it got there.
    case text(digest: UInt64, mode: UInt32, owner: UInt32)
    /// What cannot be read as one.
    case other(FileFacts)

    /// What is read at a start has no more.
    private static let textBytes = 1 << 20

    /// Of a program that is open.
    static func program(_ file: borrowing Descriptor) -> FilePrint {
        do throws(SystemError) { return program(try FileFacts(of: file)) } catch {
            return .missing(error.code)
        }
    }

    /// Of a program at a path.
    static func program(at path: String) -> FilePrint {
        do throws(SystemError) { return program(try FileFacts(of: path)) } catch {
            return .missing(error.code)
        }
    }

    private static func program(_ facts: FileFacts) -> FilePrint {
        .program(
            device: facts.device, inode: facts.inode, byteCount: facts.byteCount, modified: facts.modified,
            mode: facts.mode)
    }

    /// Of a text at a path; what is no regular file is not waited for.
    static func text(at path: String) -> FilePrint {
        do throws(SystemError) {
            let facts = try FileFacts(of: path)
            guard facts.mode & S_IFMT == S_IFREG, facts.byteCount <= textBytes else { return .other(facts) }
            let file = try Descriptor.opening(path, flags: O_RDONLY | O_NONBLOCK)
            return .text(
                digest: try digest(of: file, atMost: Int(facts.byteCount) + 1), mode: facts.mode,
                owner: facts.owner)
        } catch {
            return .missing(error.code)
        }
    }

    private static func digest(of file: borrowing Descriptor, atMost limit: Int) throws(SystemError) -> UInt64
    {
        var bytes = ByteBuffer(capacity: limit)
        while bytes.count < limit {
            var failure: SystemError?
            let count = unsafe bytes.appendInPlace(minimum: limit - bytes.count) { room in
                let count = unsafe read(file.raw, room.baseAddress, room.count)
                if count < 0 { failure = SystemError("read") }
                return max(0, count)
            }
            if let failure { throw failure }
            guard count > 0 else { break }
        }
        return unsafe Hash64.hash(bytes.readable, seed: 0)
    }
}
