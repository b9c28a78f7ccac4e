import Glibc

/// The names in a directory (readdir(3)), `.` and `..` among them, in no order; nil where it is none, or
/// cannot be read.
public func namesInDirectory(_ path: String) -> [String]? {
    guard let directory = unsafe opendir(path) else { return nil }
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
