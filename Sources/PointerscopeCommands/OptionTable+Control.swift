import ControlWire

extension OptionSpecification {
    /// `serve` and `ctl` have it.
    static let control = OptionSpecification(
        name: "control", argument: .required("PATH"), defaultValue: "",
        help: "the Unix socket of ctl, or none (\(ControlPath.words))",
        complaint: ControlPath.complaint)

    fileprivate static let controlJSON = OptionSpecification(
        name: "json", argument: .none, defaultValue: "", help: "print JSON", complaint: Complaint.flag)

    private static let workers = 1...ControlLimits.workers

    /// `worker` where it is set elsewhere.
    fileprivate static let worker = OptionSpecification(
        name: "worker", argument: .required("ID"), defaultValue: "",
        help: "a worker by its number, as ctl workers and ps show it",
        complaint: { Complaint.count($0, in: workers) })

    /// `worker-count` where it is set elsewhere.
    fileprivate static let workerCount = OptionSpecification(
        name: "worker-count", argument: .required("N"), defaultValue: "",
        help: "how many workers there are to be", complaint: { Complaint.count($0, in: workers) })

    private static let lines = 0...ControlLimits.lines

    fileprivate static let logLines = OptionSpecification(
        name: "lines", argument: .required("N"), defaultValue: String(ControlLimits.standardLines),
        help: "how many of the newest lines, \(lines.words); -n N is the same",
        complaint: { Complaint.count($0, in: lines) })

    fileprivate static let follow = OptionSpecification(
        name: "follow", argument: .none, defaultValue: "",
        help: "print what comes as it comes; -f is the same", complaint: Complaint.flag)
}

extension CommandSpecification {
    private static let reach: [OptionSpecification] = [.control, .state, .config]

    /// Commands to a server that runs.
    static let control: [CommandSpecification] = [
        CommandSpecification(
            name: "ctl status", summary: "how a running server is",
            description: """
                Says how a running server is, and where it listens. Status 0: it is ready; 75: it is not, as
                it starts or stops or no worker runs.
                """,
            options: [.controlJSON] + reach, examples: ["ctl status", "ctl status --json | jq .visitors"]),
        CommandSpecification(
            name: "ctl workers", summary: "its workers",
            description: "Lists the workers of a running server, with what each has and takes.",
            options: [.controlJSON] + reach, examples: ["ctl workers"]),
        CommandSpecification(
            name: "ctl info", summary: "one worker",
            description: "Says everything that is known of one worker.",
            positional: .worker, options: [.controlJSON] + reach, examples: ["ctl info 1"]),
        CommandSpecification(
            name: "ctl logs", summary: "its newest log lines",
            description: """
                Prints the newest lines of the log, which the server has in memory wherever its log goes; with
                --follow also those that come. Ctrl-C ends it.
                """,
            options: [.logLines, .follow, .controlJSON] + reach,
            examples: ["ctl logs", "ctl logs -f", "ctl logs --lines 500 --json | jq -r .event"]),
        CommandSpecification(
            name: "ctl events", summary: "what happens to its workers",
            description: """
                Prints what happens to workers as it happens: fork, online, listening, disconnect, exit,
                errored (it kept ending at its start and was given up). Ctrl-C ends it.
                """,
            options: [.controlJSON] + reach, examples: ["ctl events", "ctl events --json"]),
        CommandSpecification(
            name: "ctl reopen", summary: "go on in a new log file, after a rotation",
            description: """
                Has the server write on into the file that now lies, or is made, at the path of --log: after
                the old one was renamed. SIGUSR1 does the same.
                """,
            options: reach, examples: ["ctl reopen"]),
        CommandSpecification(
            name: "ctl reload", summary: "new workers, without dropping the server",
            description: """
                Starts new workers, of the program that now lies on disk and with the configuration that now
                holds; once all are ready they take over, and the old ones hand them their connections and go:
                nobody is dropped. If one is not ready, everything stays as it was. SIGHUP does the same.
                """,
            options: reach, examples: ["ctl reload"]),
        CommandSpecification(
            name: "ctl upgrade", summary: "the new program, without dropping anybody",
            description: """
                Puts the program that now lies on disk in the place of the server, in the same process: workers
                and visitors, event streams, sessions and counters are taken over, and nobody's connection is
                closed. A program that cannot do that is refused, and one that fails on the way is left again.
                Workers go on with the program that they have; "ctl reload" renews them. SIGUSR2 does the same.
                """,
            options: reach, examples: ["ctl upgrade"]),
        CommandSpecification(
            name: "ctl scale", summary: "as many workers",
            description: """
                Starts more workers, or has those with the highest numbers hand their connections to the others
                and go.
                """,
            positional: .workerCount, options: reach, examples: ["ctl scale 4"]),
        CommandSpecification(
            name: "ctl restart", summary: "replace a worker, or start one that is stopped or errored",
            description: """
                Starts a new worker; once that is ready the old one of its number hands over its connections and
                goes. One that was given up, because it kept ending at its start, begins anew.
                """,
            positional: .worker, options: reach, examples: ["ctl restart 1"]),
        CommandSpecification(
            name: "ctl stop", summary: "hand a worker's connections on, and leave it stopped",
            description: """
                Has a worker hand its connections to the others and go, and starts none in its place. Those of
                the last one are closed over the time of --worker-drain.
                """,
            positional: .worker, options: reach, examples: ["ctl stop 2"]),
        CommandSpecification(
            name: "ctl drain", summary: "give a worker no more connections",
            description: "Gives a worker no more connections, and stops it when those it has are gone.",
            positional: .worker, options: reach, examples: ["ctl drain 2"]),
        CommandSpecification(
            name: "ctl shutdown", summary: "stop it",
            description: "Stops a running server as SIGTERM does, and waits until it is gone.",
            options: reach, examples: ["ctl shutdown"]),
    ]
}
