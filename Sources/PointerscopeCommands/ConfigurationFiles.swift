import Glibc
import MasterProcess
import PosixIO

/// Which files stand behind `--config`.
enum ConfigurationFiles {
    /// They are written by hand.
    private static let limitBytes = 1 << 20
    private static let main = "pointerscope.conf"
    private static let folder = "conf.d"
    private static let ending = ".conf"

    /// A file stands for itself; a directory for its `pointerscope.conf` and then its `conf.d/*.conf` in
    /// the order of their names' bytes, so that whoever installs a file there need not change another.
    static func list(_ path: String) throws(UnreadableFile) -> [String] {
        let names: [String]
        do throws(SystemError) {
            names = try namesInDirectory(path)
        } catch {
            // What is no directory is read, and what is wrong with that is said by reading it.
            guard error.code == EACCES || error.code == EPERM else { return [path] }
            throw .system(code: error.code)
        }
        let base = path.hasSuffix("/") ? path : path + "/"
        var files = names.contains(main) ? [base + main] : []
        if names.contains(folder) {
            do throws(SystemError) {
                let others = try namesInDirectory(base + folder).filter {
                    $0.hasSuffix(ending) && !$0.hasPrefix(".")
                }
                files += others.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
                    .map { "\(base)\(folder)/\($0)" }
            } catch {
                // To go on without would leave out what it says of who is let in.
                throw .within(folder, code: error.code)
            }
        }
        guard !files.isEmpty else { throw .nothing(of: "\(main) and \(folder)/*\(ending)") }
        return files
    }

    /// The same to be watched, and in which folders others can come to be.
    static func watched(_ path: String) -> WatchedPlaces {
        guard (try? namesInDirectory(path)) != nil else { return WatchedPlaces(files: [path]) }
        let base = path.hasSuffix("/") ? path : path + "/"
        return WatchedPlaces(files: (try? list(path)) ?? [], folders: [path, base + folder])
    }

    /// Whether something is there, were it a link to nothing: what cannot be read is refused when it is read.
    static func isThere(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0 || errno != ENOENT && errno != ENOTDIR
    }

    /// A file's text; where a server reads `again`, of a file that cannot make it wait.
    static func read(_ path: String, again: Bool = false) throws(UnreadableFile) -> String {
        try readWholeFile(path, limit: limitBytes, isRegular: again)
    }
}
