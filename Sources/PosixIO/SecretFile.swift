import Glibc

/// Why a file with a secret is not read.
public enum UnreadableSecret: Error, Equatable {
    /// open(2) or read(2) failed with this errno(3).
    case system(code: Int32)
    /// It is a directory, a device, a socket or a FIFO.
    case noFile
    /// Others than its owner may read it.
    case shared
    case tooLarge(limit: Int)

    /// For a person, behind the file's name, with the mend.
    public var reason: String {
        switch self {
        case .system(let code): unsafe "cannot be read: \(String(cString: strerror(code)))"
        case .noFile: "is no regular file"
        case .shared: "can be read by others than its owner; chmod 600 keeps it secret"
        case .tooLarge(let limit): "is larger than \(limit) bytes"
        }
    }
}

/// The bytes of a regular file that nobody but its owner can read, `limit` at most.
///
/// A FIFO that nobody writes to is refused without waiting for it. Where somebody else keeps it who answers
/// for that, who can read it is not asked.
public func readSecretFile(
    _ path: String, limit: Int, isKeptByOthers: Bool = false
) throws(UnreadableSecret) -> [UInt8] {
    let file: Descriptor
    do throws(SystemError) {
        file = try Descriptor.opening(path, flags: O_RDONLY | O_NONBLOCK)
    } catch {
        // Of a socket (open(2)).
        throw error.code == ENXIO ? .noFile : .system(code: error.code)
    }
    var status = stat()
    guard unsafe fstat(file.raw, &status) == 0 else { throw .system(code: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .noFile }
    guard isKeptByOthers || status.st_mode & (S_IRGRP | S_IROTH) == 0 else { throw .shared }
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: limit + 1)
    while bytes.count <= limit {
        let count = unsafe read(file.raw, &room, room.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw .system(code: errno) }
        if count == 0 { return bytes }
        bytes += room[..<count]
    }
    throw .tooLarge(limit: limit)
}
