import Glibc

/// A file's text, or nil when it cannot be read, is no UTF-8 or over `limit` bytes.
public func readWholeFile(_ path: String, limit: Int) -> String? {
    guard let file = try? Descriptor.opening(path, flags: O_RDONLY) else { return nil }
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 16 * 1024)
    while bytes.count <= limit {
        let count = read(file.raw, &room, room.count)
        if count < 0 { return nil }
        if count == 0 { return String(validating: bytes, as: UTF8.self) }
        bytes += room[..<count]
    }
    return nil
}
