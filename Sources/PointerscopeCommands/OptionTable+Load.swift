extension CommandSpecification {
    static let load = CommandSpecification(
        name: "load",
        summary: "synthetic visitors and an honest report",
        description: """
            Connects visitors to a WebSocket server and sends pointer samples on a schedule that nothing the
            server does can shift; latency counts from when a sample was due. With --viewer it attaches to
            the server's event streams as well and holds what arrives against what was sent. Exit status: 0;
            1 a condition of --require is not met; 64 bad arguments; 66 a file cannot be read; 69 the
            server is not there, or closed everyone; 70, 71 this side broke; 73, 74 the page of --report,
            standard output cannot be written; 75 interrupted before anything was measured; 76 what answers is
            no such server; 77 it wants another token; 78 a wrong configuration or theme file.
            """,
        positional: OptionSpecification(
            name: "target", argument: .required("URL"), defaultValue: "ws://127.0.0.1:8081/",
            help: "the server: ws://HOST[:PORT][/PATH] or HOST:PORT",
            complaint: { $0.isEmpty ? "must name a server" : nil }),
        options: loadOptions + measuringOptions + OptionSpecification.drawing + [.tokenFile, .config],
        examples: [
            "load --visitors 1000 --viewer http://127.0.0.1:2112",
            "load --visitors 200 --rate 25 --viewer 127.0.0.1:2112 --require 'p99<50ms,lost=0'",
            "load --visitors 10000 --mode drain --pid 4242 --queue 16 --coalesce 16",
            "load --rate max --visitors 100 --duration 30s --report load.html",
        ])

    private static let loadOptions: [OptionSpecification] = [
        OptionSpecification(
            name: "visitors", argument: .required("N"), defaultValue: "100",
            help: "WebSockets, one visitor each, up to 1000000",
            complaint: { Complaint.count($0, in: 0...1_000_000) }),
        OptionSpecification(
            name: "rate", argument: .required("HZ"), defaultValue: "",
            help: "samples a second of each, natural, asked (by the server) or max (default 10)",
            complaint: LoadWords.rateComplaint),
        OptionSpecification(
            name: "duration", argument: .required("TIME"), defaultValue: "10s",
            help: "how long samples are sent, for example 30s or 5m", complaint: LoadWords.timeComplaint),
        OptionSpecification(
            name: "ramp", argument: .required("TIME"), defaultValue: "0",
            help: "let visitors arrive one after the other for so long",
            complaint: LoadWords.timeComplaint),
        OptionSpecification(
            name: "churn", argument: .required("RATE"), defaultValue: "0",
            help: "visitors who leave a second; each comes back a second later",
            complaint: { LoadWords.number($0, in: 0...100_000) == nil ? "must be from 0 to 100000" : nil }),
        OptionSpecification(
            name: "motion", argument: .required("MOTION"), defaultValue: "human",
            help: "human, circle, random, or a file of one JSON sample a line",
            complaint: { $0.isEmpty ? "must be human, circle, random or a file" : nil }),
        OptionSpecification(
            name: "batch", argument: .required("K"), defaultValue: "1",
            help: "samples in one frame", complaint: { Complaint.count($0, in: 1...800) }),
        OptionSpecification(
            name: "coalesce", argument: .required("K"), defaultValue: "1",
            help: "frames in one write; what goes out together falls due together",
            complaint: { Complaint.count($0, in: 1...1024) }),
        OptionSpecification(
            name: "protocol", argument: .required("FORMAT"), defaultValue: "json",
            help: "what samples are written in: json, or v1 as the snippet does",
            choices: ["json", "v1"]),
        OptionSpecification(
            name: "sample", argument: .required("FORM"), defaultValue: "marked",
            help: "marked: tells which it is, 55 bytes of JSON; short: 38 bytes, for drain alone",
            choices: ["marked", "short"]),
        OptionSpecification(
            name: "mode", argument: .required("MODE"), defaultValue: "pace",
            help: "pace: offer a load; drain: stop the server, queue frames, time it",
            choices: ["pace", "drain"]),
        OptionSpecification(
            name: "queue", argument: .required("K"), defaultValue: "16",
            help: "frames that each connection queues in a round of drain",
            complaint: { Complaint.count($0, in: 1...100_000) }),
        OptionSpecification(
            name: "rounds", argument: .required("N"), defaultValue: "",
            help: "rounds of drain (default: until they come to 1s)",
            complaint: { Complaint.count($0, in: 1...100_000) }),
        OptionSpecification(
            name: "rest", argument: .required("TIME"), defaultValue: "0",
            help: "between two rounds of drain", complaint: LoadWords.timeComplaint),
        OptionSpecification(
            name: "source", argument: .required("IP"), defaultValue: "",
            help: "connect from this address; repeatable (default: 127.0.0.0/8)",
            isRepeatable: true, complaint: LoadWords.sourceComplaint),
        OptionSpecification(
            name: "visitor-origin", argument: .required("ORIGIN"), defaultValue: "",
            help: "the page's origin, for a server that admits only some",
            complaint: Complaint.origin),
        OptionSpecification(
            name: "processes", argument: .required("N"), defaultValue: "",
            help: "processes that make the load (default: as descriptors ask for)",
            complaint: { Complaint.count($0, in: 1...256) }),
        OptionSpecification(
            name: "seed", argument: .required("N"), defaultValue: "1",
            help: "the same seed makes the same hands, keys and leaves",
            complaint: { UInt64($0) == nil ? "must be a whole number from 0 on" : nil }),
        OptionSpecification(
            name: "i-own-this-server", argument: .none, defaultValue: "",
            help: "allow a target that is not on this machine", complaint: Complaint.flag),
    ]

    private static let measuringOptions: [OptionSpecification] = [
        OptionSpecification(
            name: "viewer", argument: .required("URL"), defaultValue: "",
            help: "attach to event streams there: http://HOST:PORT[/receive/NAME]",
            complaint: { $0.isEmpty ? "must name a server" : nil }),
        OptionSpecification(
            name: "viewers", argument: .required("V"), defaultValue: "",
            help: "how many streams (default 1 with --viewer)",
            complaint: { Complaint.count($0, in: 1...10_000) }),
        OptionSpecification(
            name: "viewer-rate", argument: .required("BYTES"), defaultValue: "",
            help: "bytes a second that each reads, for example 64K (default: all)",
            complaint: { LoadWords.bytes($0) == nil ? "must be a size, for example 64K" : nil }),
        OptionSpecification(
            name: "warm-up", argument: .required("TIME"), defaultValue: "0",
            help: "the first part of the run, left out of the latencies", complaint: LoadWords.timeComplaint),
        OptionSpecification(
            name: "settle", argument: .required("TIME"), defaultValue: "10s",
            help: "the longest wait for what is under way at the end", complaint: LoadWords.timeComplaint),
        OptionSpecification(
            name: "pid", argument: .required("PID"), defaultValue: "",
            help: "the server: CPU and memory of it and all its descendants",
            complaint: { Complaint.count($0, in: 1...Int(Int32.max)) }),
        OptionSpecification(
            name: "require", argument: .required("CONDITIONS"), defaultValue: "",
            help: "for example 'p99<50ms,lost=0,errors=0'; exit status 1 if unmet",
            isRepeatable: true, complaint: LoadWords.requirementComplaint),
        OptionSpecification(
            name: "json", argument: .none, defaultValue: "",
            help: "print the report as one JSON object", complaint: Complaint.flag),
        OptionSpecification(
            name: "report", argument: .required("FILE.html"), defaultValue: "",
            help: "write a page with charts", complaint: { $0.isEmpty ? "must name a file" : nil }),
    ]
}
