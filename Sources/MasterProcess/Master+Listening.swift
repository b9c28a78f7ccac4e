import Glibc
import PosixIO

/// Where the master listens, and why it cannot.
extension Master {
    static func listen(
        _ option: String, _ address: SocketAddress, _ passed: PassedSockets.Socket?,
        _ network: NetworkSettings, sharesPort: Bool = false
    ) throws(StartError) -> Listener {
        do throws(SystemError) {
            if let passed { return try Listener(adopting: passed) }
            return try Listener(on: address, group: network.socketGroup, sharesPort: sharesPort)
        } catch {
            var message = "\(option) \(address.text): \(words(about: error, at: address))"
            if error.code == EADDRINUSE { message += PortHolder.words(on: address, option: option) }
            throw StartError(message: message, exitStatus: .unavailable)
        }
    }

    /// What went wrong, in words about files where it is one.
    static func words(about error: SystemError, at address: SocketAddress) -> String {
        guard let path = address.path else { return error.text }
        let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? "."
        switch (error.operation, error.code) {
        case (_, ENOENT): return "there is no folder \(folder.isEmpty ? "/" : folder)"
        case (_, ENOTSOCK):
            return "something is there that is no socket, and is left alone; remove it or give another path"
        case ("bind", EACCES):
            return "this user may not make a socket there, or not find out whose the one there is"
        case ("chown", _):
            return "--socket-group: \(error.reason); the server's user has to be a member of the group"
        default: return error.text
        }
    }
}
