import ByteCore
import Glibc

/// Why a file's text is not to be had.
public enum UnreadableFile: Error, Equatable {
    /// open(2) or read(2) failed with this errno(3).
    case system(code: Int32)
    /// It is a directory.
    case directory
    /// It holds what is no UTF-8; in this line, counted from 1, for the first time.
    case notText(line: Int)
    /// It is larger than so many bytes.
    case tooLarge(limit: Int)
    /// It is a pipe or a device, which may be read once only, or never says anything.
    case notRegular
    /// A pipe or a device that says nothing, or into which nobody writes.
    case silent
    /// Something in a directory: this name, and what is wrong with it (errno(3)).
    case within(String, code: Int32)
    /// It is a directory without any of the files that are looked for in one.
    case nothing(of: String)

    /// For a person, behind the file's name: `cannot be read: Permission denied`.
    public var reason: String {
        switch self {
        case .system(let code): unsafe "cannot be read: \(String(cString: strerror(code)))"
        case .directory: "is a directory, not a file"
        case .notText(let line): "is not UTF-8 text: line \(line) is not"
        case .tooLarge(let limit):
            limit >= 1 << 20 ? "is larger than \(limit >> 20) MiB" : "is larger than \(limit >> 10) KiB"
        case .notRegular: "is no regular file, which alone can be read again"
        case .silent: "is a pipe or a device that says nothing"
        case .within(let name, let code): unsafe "\(name) cannot be read: \(String(cString: strerror(code)))"
        case .nothing(let names): "is a directory without \(names)"
        }
    }
}

/// How long a pipe may take to say something.
private let patienceMilliseconds: Int32 = 5_000

/// A file's text, if it is UTF-8 and has at most `limit` bytes.
///
/// A pipe or a device is waited for 5 s at most, and refused at once where only what `isRegular` will do: who
/// serves others cannot wait.
public func readWholeFile(
    _ path: String, limit: Int, isRegular: Bool = false
) throws(UnreadableFile) -> String {
    let file: Descriptor
    do throws(SystemError) {
        // Opening a pipe would wait for whoever writes into it (fifo(7)).
        file = try Descriptor.opening(path, flags: O_RDONLY | O_NONBLOCK)
    } catch {
        throw .system(code: error.code)
    }
    var facts = stat()
    guard unsafe fstat(file.raw, &facts) == 0 else { throw .system(code: errno) }
    let isFile = facts.st_mode & S_IFMT == S_IFREG
    if facts.st_mode & S_IFMT == S_IFDIR { throw .directory }
    if isRegular, !isFile { throw .notRegular }
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 16 * 1024)
    while bytes.count <= limit {
        let count = unsafe read(file.raw, &room, room.count)
        if count < 0 {
            if errno == EINTR { continue }
            if errno == EAGAIN {
                var request = pollfd(fd: file.raw, events: Int16(POLLIN), revents: 0)
                guard unsafe poll(&request, 1, patienceMilliseconds) > 0 else {
                    throw .silent
                }
                continue
            }
            throw errno == EISDIR ? .directory : .system(code: errno)
        }
        if count == 0 {
            guard !bytes.isEmpty || facts.st_mode & S_IFMT != S_IFIFO else { throw .silent }
            return try text(of: bytes)
        }
        bytes += room[..<count]
    }
    throw .tooLarge(limit: limit)
}

private func text(of bytes: [UInt8]) throws(UnreadableFile) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var validator = UTF8Validator()
    var line = 1
    for byte in bytes {
        guard unsafe withUnsafeBytes(of: byte, { unsafe validator.consume($0) }) else { break }
        if byte == UInt8(ascii: "\n") { line += 1 }
    }
    throw .notText(line: line)
}
