import PosixIO
import ServerDoctor

extension CommandSpecification {
    static let check = CommandSpecification(
        name: "check",
        summary: "whether the tag in a web page works, and why not",
        description: """
            Loads a page as a browser would, and the file that its tag names, holds both against the page's
            Content-Security-Policy, and opens a WebSocket as that page. Says of each thing whether it is well:
            ok, warn, fail or skip, one line each, with the mend. What a page's own scripts add to it cannot be
            seen. Exit status: 0 nothing fails; 1 something does; 64 bad arguments; 74 standard output cannot be
            written; 78 a wrong configuration file.
            """,
        positional: OptionSpecification(
            name: "page", argument: .required("URL"), defaultValue: "",
            help: "the page: http[s]://HOST[:PORT][/PATH][?QUERY]",
            complaint: PageCheckSettings.complaint),
        options: [
            .authorities,
            OptionSpecification(
                name: "json", argument: .none, defaultValue: "",
                help: "print one JSON object", complaint: Complaint.flag),
            .config,
        ],
        examples: [
            "check https://shop.example.org/",
            "check http://localhost:3000/cart?step=2",
            "check https://shop.example.org/ --json | jq -r '.checks[] | select(.level == \"fail\") | .mend'",
        ])
}

extension PageCheckSettings {
    /// Reads parsed values; what each of them says alone was checked by the option table.
    init(_ values: OptionValues) throws(UsageError) {
        guard
            let settings = PageCheckSettings(
                url: values["page"] ?? "", authorities: values["ca-file"],
                isJSON: values["json"].flatMap { Complaint.truth(of: $0) } ?? false)
        else {
            throw UsageError(
                message: "check needs the URL of a page, for example https://shop.example.org/cart",
                exitStatus: .usage)
        }
        self = settings
    }
}
