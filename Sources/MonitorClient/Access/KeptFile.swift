import Glibc
import PosixIO

/// Files that are kept for the next start, replaced as a whole so that nobody ever reads half of one.
enum KeptFile {
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
