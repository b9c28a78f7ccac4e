import Glibc
import PosixIO

/// Where a server keeps what outlives it if nobody says otherwise.
enum StatePath {
    /// The same, for people.
    static let words = "~/.local/state/pointerscope; root's /var/lib/pointerscope"

    /// The directory that `--state` names, or the default: for root that of the machine's services, for
    /// others as the XDG base directories have it, which leave out what is no absolute path.
    static func resolve(_ values: OptionValues, environment: [String: String]) throws(UsageError) -> String {
        if let path = values["state"] { return path }
        if geteuid() == 0 { return "/var/lib/pointerscope" }
        if let base = environment["XDG_STATE_HOME"], base.hasPrefix("/") { return base + "/pointerscope" }
        guard let home = environment["HOME"], home.hasPrefix("/") else {
            throw UsageError(
                message: "there is no HOME to keep anything in; name a directory with --state",
                exitStatus: .usage)
        }
        return home + "/.local/state/pointerscope"
    }
}
