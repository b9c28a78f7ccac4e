import MonitorClient

extension CommandSpecification {
    static let top = CommandSpecification(
        name: "top",
        summary: "the same graph for a server that runs elsewhere",
        description: """
            Watches a running server over its event stream and draws what serve draws. It connects again by
            itself when the stream is lost. Without a terminal, or with --plain, it prints a line a second.
            A server that wants to know who looks is shown a token: --token-file, or POINTERSCOPE_TOKEN. On a
            terminal it may be a name and a password, which are asked for; the session is kept for the next
            start.
            """,
        positional: OptionSpecification(
            name: "url", argument: .required("URL"), defaultValue: "http://127.0.0.1:2112",
            help: "HOST:PORT, http[s]://HOST[:PORT] with its path if it has one, or unix:PATH",
            complaint: ServerURL.complaint),
        options: OptionSpecification.firstLook + OptionSpecification.drawing + [
            OptionSpecification(
                name: "once", argument: .none, defaultValue: "",
                help: "print one picture and exit; --view chooses which", complaint: Complaint.flag),
            OptionSpecification(
                name: "json", argument: .none, defaultValue: "",
                help: "print a JSON object a second, with --once a single one", complaint: Complaint.flag),
            .authorities, .tokenFile, .config,
        ],
        examples: [
            "top",
            "top https://watch.example.org",
            "top 127.0.0.1:8112 --theme light",
            "top --view map --filter 'page:/docs'",
            "top --once --json | jq '.visitors[0]'",
        ])
}

extension OptionSpecification {
    /// Whom a client of https believes; `top`, `doctor` and `check` have it.
    static let authorities = OptionSpecification(
        name: "ca-file", argument: .required("FILE"), defaultValue: "",
        help: "believe the authorities in FILE (PEM), not the system's",
        complaint: { $0.isEmpty ? "must name a file" : nil })
}
