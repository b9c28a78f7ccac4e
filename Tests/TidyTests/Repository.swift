import Foundation

/// What is wrong where; a check returns these.
struct Complaint: Equatable, CustomStringConvertible {
    var path: String
    var line: Int?
    var what: String

    var description: String { "\(path)\(line.map { ":\($0)" } ?? ""): \(what)" }
}

/// A text file of the repository; `path` is relative to the top.
struct SourceFile {
    var path: String
    var text: String

    var name: String { String(path.split(separator: "/").last ?? "") }
    var suffix: String { String(path.split(separator: ".").last ?? "") }

    /// The folder below `Sources` or `Tests` that it belongs to.
    var target: String? {
        let parts = path.split(separator: "/")
        return parts.count >= 3 && (parts[0] == "Sources" || parts[0] == "Tests") ? String(parts[1]) : nil
    }

    func lines() -> [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
}

/// The repository these tests stand in.
struct Repository {
    /// Made by tools, and nothing to read.
    static let skipped: Set<String> = [
        ".build", ".git", ".swiftpm", ".venv", ".venv-bench", "__pycache__", ".pytest_cache", "node_modules",
        "results", "Corpora", "Findings",
    ]
    private static let binarySuffixes: Set<String> = ["png", "gif", "jpg", "ico", "gz"]

    let files: [SourceFile]
    /// Every path, those of binary files included.
    let paths: [String]
    let topLevel: [String]

    /// Reads the repository once for all tests.
    static let here = Repository()

    private init() {
        let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        var paths: [String] = []
        Self.collect(below: root, prefix: "", into: &paths)
        self.paths = paths.sorted()
        topLevel = Set(paths.map { String($0.prefix { $0 != "/" }) }).sorted()
        files = self.paths.compactMap { path in
            guard !Self.binarySuffixes.contains(String(path.split(separator: ".").last ?? "")),
                let data = try? Data(contentsOf: root.appendingPathComponent(path)),
                let text = String(data: data, encoding: .utf8)
            else { return nil }
            return SourceFile(path: path, text: text)
        }
    }

    private static func collect(below folder: URL, prefix: String, into paths: inout [String]) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names where !skipped.contains(name) {
            let url = folder.appendingPathComponent(name)
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else { continue }
            if isFolder.boolValue {
                collect(below: url, prefix: "\(prefix)\(name)/", into: &paths)
            } else if !name.hasSuffix(".pyc") {
                paths.append(prefix + name)
            }
        }
    }

    func file(_ path: String) -> SourceFile? { files.first { $0.path == path } }

    /// Files below a folder with one of the suffixes.
    func files(below folder: String, _ suffixes: String...) -> [SourceFile] {
        files.filter { $0.path.hasPrefix(folder + "/") && suffixes.contains($0.suffix) }
    }

    /// The folders directly below one.
    func folders(below folder: String) -> [String] {
        Set(
            paths.filter { $0.hasPrefix(folder + "/") }.compactMap { path in
                let parts = path.dropFirst(folder.count + 1).split(separator: "/")
                return parts.count > 1 ? String(parts[0]) : nil
            }
        ).sorted()
    }
}
