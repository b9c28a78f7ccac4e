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
        case .nothing(let names): "is a directory without \(names)"
        }
    }
}

/// A file's text, if it is UTF-8 and has at most `limit` bytes.
public func readWholeFile(_ path: String, limit: Int) throws(UnreadableFile) -> String {
    let file: Descriptor
    do throws(SystemError) {
        file = try Descriptor.opening(path, flags: O_RDONLY)
    } catch {
        throw .system(code: error.code)
    }
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 16 * 1024)
    while bytes.count <= limit {
        let count = unsafe read(file.raw, &room, room.count)
        if count < 0 {
            if errno == EINTR { continue }
            throw errno == EISDIR ? .directory : .system(code: errno)
        }
        if count == 0 { return try text(of: bytes) }
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
