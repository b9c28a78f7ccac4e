import Glibc
import MasterProcess
import PosixIO

/// Where a server listens for `ctl`, and where `ctl` looks for one (docs/decisions/0019-control-socket.md).
enum ControlPath {
    /// The same, for people.
    static let words = "default: in --state, else in $XDG_RUNTIME_DIR"
    /// For servers that are to have none.
    static let nowhere = "none"

    private static let nameInState = "/control"
    private static let nameInRuntime = "/pointerscope.sock"

    /// What is wrong with a path, and the mend.
    @Sendable static func complaint(_ text: String) -> String? {
        do throws(SocketAddress.ParseError) {
            _ = try SocketAddress(path: text)
            return nil
        } catch {
            guard case .longPath(let bytes) = error else {
                return "must name a file, for example /run/pointerscope/control, or be none"
            }
            return "has \(bytes) bytes, and the system takes \(SocketAddress.pathBytes)"
        }
    }

    /// Where the server that keeps things in `statePath`, if it does, is to listen.
    static func place(
        _ values: OptionValues, statePath: String?, environment: [String: String]
    ) -> ControlPlace {
        if let path = values["control"] {
            guard path != nowhere, let address = try? SocketAddress(path: path) else { return .nowhere }
            return .named(address)
        }
        let path = statePath.map { $0 + nameInState } ?? runtime(environment)
        guard let path, let address = try? SocketAddress(path: path) else { return .nowhere }
        return .standard(address)
    }

    /// Where a server may listen that was started with the same options, the likeliest first.
    static func candidates(
        _ values: OptionValues, environment: [String: String]
    ) throws(UsageError) -> [SocketAddress] {
        if let path = values["control"] {
            guard path != nowhere else {
                throw UsageError(
                    message:
                        "\(values.origin(of: "control")) none: a server without a socket cannot be asked",
                    exitStatus: .usage)
            }
            return [try? SocketAddress(path: path)].compactMap { $0 }
        }
        if values.isGiven("state"), let path = values["state"] {
            return [try? SocketAddress(path: path + nameInState)].compactMap { $0 }
        }
        let state = (try? StatePath.resolve(values, environment: environment)).map { $0 + nameInState }
        return [state, runtime(environment)].compactMap { $0 }.compactMap { try? SocketAddress(path: $0) }
    }

    private static func runtime(_ environment: [String: String]) -> String? {
        guard let base = environment["XDG_RUNTIME_DIR"], base.hasPrefix("/") else { return nil }
        return base + nameInRuntime
    }
}
