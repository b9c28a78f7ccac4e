import Glibc
public import PosixIO

/// How a run ended.
public enum LoadOutcome {
    /// As it was planned, or interrupted; requirements may be unmet.
    case finished(LoadReport)
    /// It could not take place, or not to its end.
    case failed(LoadFailure, LoadReport?)
}

/// Why a run failed.
public enum LoadFailure: Error {
    /// Nobody answered, or not as a server of this kind does; where.
    case unavailable(Fault, String)
    /// Everybody was thrown out; why.
    case closedEveryone(String)
    /// There is no process of this number to be stopped.
    case noServer(Int32)
    /// This process is one of the tree that it would measure or stop.
    case ownTree(Int32)
    /// A round of drain mode does not end.
    case stuck
    /// Ended before anything could be measured.
    case interrupted
    case processGone
    case system(SystemError)

    /// One line for a person.
    public var text: String {
        switch self {
        case .unavailable(let fault, let place): "\(place): \(fault.text)"
        case .closedEveryone(let why): "every visitor's connection has ended: \(why)"
        case .noServer(let pid): "--pid \(pid): there is no such process"
        case .ownTree(let pid):
            "--pid \(pid): this command itself is among its processes; give the server's own process"
        case .stuck: "the server does not get through what was queued for it; does it answer pings?"
        case .interrupted: "interrupted before anything was measured"
        case .processGone: "a process of the generator has ended unexpectedly"
        case .system(let error): error.text
        }
    }

    /// The exit status (sysexits(3)).
    public var exitStatus: Int32 {
        switch self {
        case .unavailable(let fault, _) where fault.kind == .source: EX_USAGE
        case .unavailable(let fault, _) where fault.kind == .viewerRejected && fault.code == 401: EX_NOPERM
        case .unavailable(let fault, _): fault.isProtocol ? EX_PROTOCOL : EX_UNAVAILABLE
        case .closedEveryone, .noServer, .stuck: EX_UNAVAILABLE
        case .ownTree: EX_USAGE
        case .interrupted: EX_TEMPFAIL
        case .processGone: EX_SOFTWARE
        case .system: EX_OSERR
        }
    }
}

extension Fault {
    /// Whether it is about a viewer.
    var isViewer: Bool {
        switch kind {
        case .viewerUnreachable, .viewerRejected, .viewerNoStream, .viewerEnded: true
        default: false
        }
    }

    /// Whether somebody answered, but not as a server of this kind does.
    var isProtocol: Bool {
        switch kind {
        case .rejected, .notWebSocket, .viewerRejected, .viewerNoStream: true
        default: false
        }
    }
}
