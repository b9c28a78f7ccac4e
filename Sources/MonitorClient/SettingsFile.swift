import Glibc
import PosixIO

/// The file that remembers how the monitor was left: `monitor.conf` below the configuration directory
/// (XDG Base Directory Specification 0.8).
struct SettingsFile {
    private let directory: String

    /// Finds the directory; nil where the environment names none.
    init?(environment: [String: String]) {
        if let configured = environment["XDG_CONFIG_HOME"], configured.hasPrefix("/") {
            directory = configured + "/pointerscope"
        } else if let personal = environment["HOME"], personal.hasPrefix("/") {
            directory = personal + "/.config/pointerscope"
        } else {
            return nil
        }
    }

    var path: String { directory + "/monitor.conf" }

    /// What is in it; empty where there is none.
    func read() -> String {
        guard isOurs else { return "" }
        return (try? readWholeFile(path, limit: TopLimits.fileBytes)) ?? ""
    }

    /// Whether there is a regular file in its place, or nothing: a device that a link leads to is not to be
    /// replaced, and a pipe would be waited for.
    private var isOurs: Bool {
        var status = stat()
        return unsafe stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
    }

    /// Puts `text` in its place, all at once, so that nobody ever reads half of it.
    func write(_ text: String) throws(SystemError) {
        guard isOurs else { throw SystemError("not a regular file", code: EINVAL) }
        // A link leads to where somebody keeps the file; it is not to be replaced by one.
        let target = try KeptFile.target(of: path)
        try KeptFile.checkOwner(of: target)
        try KeptFile.makeDirectory(directory)
        try KeptFile.replace(target, with: Array(text.utf8))
    }
}

/// Keeps the file in step with settings that change, without writing at every key.
struct SettingsKeeper {
    /// Quiet for so long, a change is written.
    private static let quietNanoseconds: Int64 = 1_000_000_000

    private let file: SettingsFile?
    private var due: Int64?
    /// What could not be done, until that was said.
    private(set) var complaint: String?

    init(file: SettingsFile?) { self.file = file }

    /// When `writeIfDue` has something to do; nil for never.
    var deadline: Int64? { due }

    /// Takes in that the settings are others.
    mutating func changed(now: Int64) { due = now + Self.quietNanoseconds }

    /// Writes `text` if a change has waited long enough, or at the end.
    mutating func writeIfDue(now: Int64 = .max, _ text: () -> String) {
        guard let due, now >= due else { return }
        self.due = nil
        guard let file else { return }
        do throws(SystemError) {
            try file.write(text())
            complaint = nil
        } catch {
            complaint = "the settings could not be kept in \(file.path): \(error.text)"
        }
    }
}
