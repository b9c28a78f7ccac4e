import Glibc

/// The names in a directory, `.` and `..` among them, in no order.
///
/// - Throws: why it cannot be read (opendir(3)): ENOENT where there is nothing, ENOTDIR where it is
/// something else.
public func namesInDirectory(_ path: String) throws(SystemError) -> [String] {
    guard let directory = unsafe opendir(path) else { throw SystemError("opendir") }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
        unsafe names.append(
            withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            })
    }
    return names
}
