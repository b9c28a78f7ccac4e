/// One option of a command: what feeds the parser, the help, the environment and the configuration file.
struct OptionSpecification: Sendable {
    /// What stands behind the name.
    enum Argument: Equatable, Sendable {
        /// Nothing: it is on or off.
        case none
        /// A value, shown as this placeholder.
        case required(String)
        /// A value only behind `=`; alone it means the text given here.
        case optional(String, whenAlone: String)
    }

    /// Without the dashes.
    let name: String
    let argument: Argument
    /// What holds when nobody says anything; empty means off or none.
    let defaultValue: String
    /// One line for `--help`.
    let help: String
    /// Whether each further mention adds a value; in the environment and the file commas separate them.
    var isRepeatable = false
    /// Whether a service manager may bring the file that it names as a credential of the option's name.
    var isCredential = false
    /// The words that a value can be, where it is one of some.
    var choices: [String] = []
    /// Words that a shell may offer where others are possible too.
    var suggestions: @Sendable () -> [String] = { [] }
    /// Returns what is wrong with a value and how to mend it, or nil.
    let complaint: @Sendable (String) -> String?

    /// `POINTERSCOPE_NAME`.
    var environmentName: String {
        "POINTERSCOPE_" + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }

    /// Words that a shell can offer for its value.
    var offered: [String] { choices.isEmpty ? suggestions() : choices }

    /// What stands for its value in a help.
    var placeholder: String {
        switch argument {
        case .none: ""
        case .required(let placeholder), .optional(let placeholder, _): placeholder
        }
    }

    /// `--name`, with its placeholder.
    var usage: String {
        switch argument {
        case .none: "--\(name)"
        case .required(let placeholder): "--\(name) \(placeholder)"
        case .optional(let placeholder, _): "--\(name)[=\(placeholder)]"
        }
    }
}

extension OptionSpecification {
    /// One whose value is one of some words.
    init(
        name: String, argument: Argument, defaultValue: String, help: String, choices: [String]
    ) {
        self.init(
            name: name, argument: argument, defaultValue: defaultValue, help: help, choices: choices,
            complaint: { Complaint.word($0, among: choices) })
    }
}

/// A command and its options.
struct CommandSpecification: Sendable {
    let name: String
    /// One line for the list of commands.
    let summary: String
    /// A paragraph for its own help.
    let description: String
    /// What may stand without a name; in the environment and the file it has one.
    var positional: OptionSpecification?
    /// What may stand behind that.
    var secondPositional: OptionSpecification?
    let options: [OptionSpecification]
    /// What to type behind the program's name.
    let examples: [String]

    /// Everything that can be set, by name.
    var settable: [OptionSpecification] { positionals + options }

    /// What may stand without a name, in its order.
    var positionals: [OptionSpecification] { [positional, secondPositional].compactMap { $0 } }
}

extension CommandSpecification {
    /// Every command there is.
    static let all: [CommandSpecification] =
        [.serve, .top, .load, .doctor, .check] + control + admin + token + config + texts

    private static let workerRange = 1...256
    private static let demoRange = 0...1000

    static let serve = CommandSpecification(
        name: "serve",
        summary: "ingest, relay, broadcast; the live graph when standard output is a terminal",
        description: """
            Starts a master and its workers. Visitors' pages send pointer events to the ingest port over
            WebSocket; admins watch on the HTTP port. On a terminal the live graph is drawn; ? lists its keys.
            """,
        options: [
            OptionSpecification(
                name: "ingest", argument: .required("HOST:PORT"), defaultValue: "127.0.0.1:8081",
                help: "where visitors' WebSockets arrive, or unix:PATH; port 0 means any free one",
                complaint: Complaint.address),
            OptionSpecification(
                name: "http", argument: .required("HOST:PORT"), defaultValue: "127.0.0.1:2112",
                help: "where pages, streams and metrics are served, or unix:PATH; port 0: any free one",
                complaint: Complaint.address),
            OptionSpecification(
                name: "public-url", argument: .required("URL"), defaultValue: "",
                help: "the name and path that a proxy makes it known by: https://HOST[:PORT][/PATH]",
                complaint: Complaint.publicURL),
            OptionSpecification(
                name: "workers", argument: .required("N"), defaultValue: "",
                help: "worker processes, \(workerRange.words) (default: one per core)",
                complaint: { Complaint.count($0, in: workerRange) }),
            OptionSpecification(
                name: "headless", argument: .none, defaultValue: "",
                help: "draw nothing, log to standard error", complaint: Complaint.flag),
            OptionSpecification(
                name: "demo", argument: .optional("N", whenAlone: "24"), defaultValue: "",
                help: "add N synthetic visitors, \(demoRange.words) (24 when N is not given)",
                complaint: { Complaint.count($0, in: demoRange) }),
            OptionSpecification(
                name: "origin", argument: .required("ORIGIN"), defaultValue: "",
                help: "serve pages of this origin, not only this machine's; null: of a file; repeatable",
                isRepeatable: true, complaint: Complaint.origin),
            OptionSpecification(
                name: "sampling", argument: .required("MIN..MAX"), defaultValue: SamplingText.standard,
                help: "samples a second of a page while somebody watches; one number: always",
                complaint: SamplingText.complaint),
            OptionSpecification(
                name: "grace", argument: .required("TIME"), defaultValue: "5s",
                help: "how long who leaves a page may take to come to the next; 0: they leave at once",
                complaint: Complaint.grace),
            OptionSpecification(
                name: "deflate", argument: .none, defaultValue: "",
                help: "let clients that send JSON compress it (permessage-deflate)",
                complaint: Complaint.flag),
            OptionSpecification(
                name: "log", argument: .required("FILE"), defaultValue: "",
                help: "append the JSON log to FILE, also while the graph is on the screen",
                complaint: { $0.isEmpty ? "must name a file" : nil }),
            .logLevel, .control,
            OptionSpecification(
                name: "worker-drain", argument: .required("TIME"), defaultValue: "10s",
                help: "in what time a worker that is replaced lets go of its connections, at most 1h",
                complaint: Complaint.drain),
            .balance, .watch,
        ] + OptionSpecification.restarts + OptionSpecification.access + OptionSpecification.network
            + OptionSpecification.door
            + OptionSpecification.limits + OptionSpecification.service
            + OptionSpecification.drawing + OptionSpecification.firstLook + [.config],
        examples: [
            "serve --demo",
            "serve --headless --ingest 127.0.0.1:0 --http 127.0.0.1:0 --workers 2",
            "serve --origin https://example.org --log pointerscope.log",
        ])
}
