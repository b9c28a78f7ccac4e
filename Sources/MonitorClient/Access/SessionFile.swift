import Glibc
import PosixIO

/// Where the cookies of somebody who signed in to a server are kept: `sessions/HOST_PORT` below the state
/// directory (XDG Base Directory Specification 0.8), for its owner alone.
struct SessionFile {
    private let directory: String
    let path: String

    /// Finds the place; nil where the environment names none.
    init?(for server: ServerURL, environment: [String: String]) {
        if let configured = environment["XDG_STATE_HOME"], configured.hasPrefix("/") {
            directory = configured + "/pointerscope/sessions"
        } else if let personal = environment["HOME"], personal.hasPrefix("/") {
            directory = personal + "/.local/state/pointerscope/sessions"
        } else {
            return nil
        }
        // Below a name there may be several servers, each with a path of its own.
        let words = server.basePath.split(separator: "/").map { "_\($0)" }
        path = "\(directory)/\(server.host.lowercased())_\(server.port)\(words.joined())"
    }

    /// The cookies; nil where there are none, or others could have read or written them.
    func read() -> [UInt8]? {
        guard let bytes = try? readSecretFile(path, limit: TopLimits.cookieBytes),
            SignInAnswer.isCookies(bytes[...])
        else { return nil }
        return bytes
    }

    func write(_ cookies: [UInt8]) throws(SystemError) {
        try KeptFile.checkOwner(of: path)
        try KeptFile.makeDirectory(directory)
        try KeptFile.replace(path, with: cookies)
    }

    /// Forgets the session, which is over.
    func remove() { unsafe unlink(path) }
}
