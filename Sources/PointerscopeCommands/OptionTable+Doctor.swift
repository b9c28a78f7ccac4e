import MonitorClient
import PosixIO
import ServerDoctor

extension CommandSpecification {
    static let doctor = CommandSpecification(
        name: "doctor",
        summary: "what is wrong with a server and the proxy before it, seen from outside",
        description: """
            Asks a server as browsers, pages and viewers do, and says of each thing whether it is well: ok,
            warn, fail or skip, one line each, with the mend. Exit status: 0 nothing fails; 1 something does;
            64 bad arguments; 66 a file cannot be read; 69 there is no TLS to be had; 74 standard output
            cannot be written; 78 a wrong configuration file.
            """,
        positional: OptionSpecification(
            name: "url", argument: .required("URL"), defaultValue: "http://127.0.0.1:2112",
            help: "the server: HOST:PORT[/PATH] or http[s]://HOST[:PORT][/PATH]",
            complaint: ServerURL.complaint),
        options: [
            OptionSpecification(
                name: "ingest-url", argument: .required("URL"), defaultValue: "",
                help: "where visitors' WebSockets arrive: ws[s]://HOST[:PORT][/PATH] (default: URL/ws)",
                complaint: DoctorSettings.ingestComplaint),
            OptionSpecification(
                name: "page-origin", argument: .required("ORIGIN"), defaultValue: "",
                help: "be a page of this origin (default: the URL's own)", complaint: Complaint.origin),
            OptionSpecification(
                name: "plain-port", argument: .required("PORT"), defaultValue: "",
                help: "where plain http is answered beside https (default 80, where https is on 443)",
                complaint: { Complaint.count($0, in: 1...65535) }),
            .authorities,
            OptionSpecification(
                name: "token-file", argument: .required("FILE"), defaultValue: "",
                help: "sign in with the token in FILE, for what only those who are let in can see",
                complaint: { $0.isEmpty ? "must name a file" : nil }),
            OptionSpecification(
                name: "json", argument: .none, defaultValue: "",
                help: "print one JSON object", complaint: Complaint.flag),
            .config,
        ],
        examples: [
            "doctor",
            "doctor https://watch.example.org/ps --token-file token",
            "doctor https://watch.example.org --page-origin https://shop.example.org",
            "doctor --json | jq -r '.checks[] | select(.level == \"fail\") | .text'",
        ])
}

extension DoctorSettings {
    /// Reads parsed values; what each of them says alone was checked by the option table.
    init(_ values: OptionValues) throws(UsageError) {
        do throws(ServerURL.ParseError) {
            var ingest: ServerURL?
            if let text = values["ingest-url"] { ingest = try DoctorSettings.ingestURL(parsing: text) }
            self.init(
                server: try ServerURL(parsing: values["url"] ?? ""), ingest: ingest,
                origin: values["page-origin"],
                plainPort: values["plain-port"].flatMap { UInt16($0) }, authorities: values["ca-file"],
                tokenFile: values["token-file"],
                isJSON: values["json"].flatMap { Complaint.truth(of: $0) } ?? false)
        } catch {
            throw UsageError(message: "\(values["url"] ?? ""): \(error.complaint)", exitStatus: .usage)
        }
    }
}
