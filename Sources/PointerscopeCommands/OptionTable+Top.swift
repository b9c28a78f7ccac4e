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
            help: "the server: HOST:PORT or http://HOST[:PORT], with its path if it has one",
            complaint: ServerURL.complaint),
        options: OptionSpecification.drawing + [
            OptionSpecification(
                name: "once", argument: .none, defaultValue: "",
                help: "print one picture and exit", complaint: Complaint.flag),
            OptionSpecification(
                name: "json", argument: .none, defaultValue: "",
                help: "print a JSON object a second, with --once a single one", complaint: Complaint.flag),
            .tokenFile, .config,
        ],
        examples: [
            "top",
            "top 127.0.0.1:8112 --theme light",
            "top --once --json | jq '.visitors[0]'",
        ])
}
