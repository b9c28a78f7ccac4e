/// What a service manager has put into the environment about being told how its service is (sd_notify(3),
/// sd_watchdog_enabled(3)).
public struct ServiceEnvironment: Sendable, Equatable {
    /// Where it listens, a path or an abstract name behind `@`; nil where it does not.
    public let socket: String?
    /// It ends the service when it has not heard from it for so long; nil where it does not.
    public let watchdogNanoseconds: Int64?
    /// What of it means nothing, each a line for a person.
    public let faults: [String]

    /// Nobody is told anything.
    public static let none = ServiceEnvironment([:], pid: 0)

    /// Longer than anybody waits for a service.
    private static let greatestMicroseconds: Int64 = 1 << 50

    /// Reads it; a watchdog that is another process's is none of ours.
    public init(_ environment: [String: String], pid: Int32) {
        var faults: [String] = []
        socket = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
        let isOurs = environment["WATCHDOG_PID"].map { $0 == String(pid) } ?? true
        if isOurs, let text = environment["WATCHDOG_USEC"] {
            if let time = Int64(text), (1...Self.greatestMicroseconds).contains(time) {
                watchdogNanoseconds = time * 1000
            } else {
                watchdogNanoseconds = nil
                faults.append("WATCHDOG_USEC \(oneLine(text)) is no time in microseconds")
            }
        } else {
            watchdogNanoseconds = nil
        }
        self.faults = faults
    }
}
