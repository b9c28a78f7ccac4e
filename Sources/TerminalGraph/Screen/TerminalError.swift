import Glibc

/// Why there is no screen.
public enum TerminalError: Error, Sendable, Equatable {
    /// The descriptor is no terminal.
    case notATerminal
    /// `TERM` is not set.
    case noName
    /// terminfo knows no terminal of this name.
    case unknown(name: String)
    /// The terminal cannot put its cursor somewhere.
    case tooSimple(name: String)
    /// A call failed.
    case system(operation: StaticString, errno: Int32)

    /// What is wrong, for a person to read.
    public var reason: String {
        switch self {
        case .notATerminal: "it is not a terminal"
        case .noName: "TERM is not set"
        case .unknown(let name): "TERM=\(name) is unknown here"
        case .tooSimple(let name): "TERM=\(name) cannot place its cursor"
        case .system(let operation, let errno): unsafe "\(operation): \(String(cString: strerror(errno)))"
        }
    }

    public static func == (one: TerminalError, other: TerminalError) -> Bool { one.reason == other.reason }
}
