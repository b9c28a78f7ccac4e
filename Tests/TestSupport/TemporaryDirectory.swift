import Glibc

/// A directory that is there for one test.
public final class TemporaryDirectory {
    /// Its name.
    public let path: String

    /// Makes it.
    public init() {
        var template = Array("/tmp/pointerscope-state-XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { Self.removeAll(path) }

    private static func removeAll(_ path: String) {
        for name in names(at: path) {
            if unlink("\(path)/\(name)") != 0 { removeAll("\(path)/\(name)") }
        }
        rmdir(path)
    }

    /// The name of what lies in it.
    public subscript(name: String) -> String { "\(path)/\(name)" }

    /// Writes a file with this mode.
    public func put(_ text: String, in name: String, mode: UInt32 = 0o600) {
        let file = open(self[name], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        precondition(file >= 0)
        _ = write(file, text, text.utf8.count)
        fchmod(file, mode)
        close(file)
    }

    /// Names in one of its directories.
    public func names(in name: String) -> [String] { Self.names(at: self[name]).sorted() }

    private static func names(at path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
