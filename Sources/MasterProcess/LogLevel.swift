/// How much of the log is written where it goes; what is in memory, for `ctl logs` and the status, is all of
/// it.
public enum LogLevel: String, CaseIterable, Sendable {
    /// Everything.
    case info
    /// What somebody should look at, and the server's beginning and end.
    case warning

    /// What somebody should look at; docs/day-two.md marks these, and says what to do.
    private static let warnings: Set<String> = [
        "control_unavailable", "helper_exited", "helper_not_started", "helper_said",
        "identity_claims_not_kept", "log_lines_dropped", "log_not_reopened", "loop_failed",
        "reload_refused", "socket_file_lost", "state_fault", "state_not_written", "upgrade_refused",
        "upgrade_returned", "watch_limited", "worker_corrupt", "worker_errored", "worker_not_started",
        "worker_over_memory", "worker_said", "worker_unresponsive", "workers_not_changed",
    ]
    /// What scripts wait for, whatever is written besides.
    private static let landmarks: Set<String> = ["starting", "ready", "leaving", "stopping", "stopped"]

    /// Whether an event is written.
    func writes(event: StaticString) -> Bool {
        switch self {
        case .info: true
        case .warning: Self.warnings.contains("\(event)") || Self.landmarks.contains("\(event)")
        }
    }
}
