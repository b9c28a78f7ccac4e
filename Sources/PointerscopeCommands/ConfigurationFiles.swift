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
        guard let names = namesInDirectory(path) else { return [path] }
        let base = path.hasSuffix("/") ? path : path + "/"
        var files = names.contains(main) ? [base + main] : []
        let others = (namesInDirectory(base + folder) ?? []).filter {
            $0.hasSuffix(ending) && !$0.hasPrefix(".")
        }
        files += others.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { "\(base)\(folder)/\($0)" }
        guard !files.isEmpty else { throw .nothing(of: "\(main) and \(folder)/*\(ending)") }
        return files
    }

    /// A file's text.
    static func read(_ path: String) throws(UnreadableFile) -> String {
        try readWholeFile(path, limit: limitBytes)
    }
}
