import MasterProcess

extension OptionSpecification {
    static let logLevel = OptionSpecification(
        name: "log-level", argument: .required("LEVEL"), defaultValue: "info",
        help: "what of the log is written: info, all of it; warning, what to look at",
        choices: LogLevel.allCases.map(\.rawValue))

    /// How `serve` is run by a service manager.
    static let service: [OptionSpecification] = [
        OptionSpecification(
            name: "drain-seconds", argument: .required("N"), defaultValue: "0",
            help: "told to stop, serve on for so long while /readyz says 503, at most 1h",
            complaint: Complaint.leaving),
        OptionSpecification(
            name: "debuggable", argument: .none, defaultValue: "",
            help: "for developers: allow core dumps and debuggers, and workers every system call",
            complaint: Complaint.flag),
    ]
}
