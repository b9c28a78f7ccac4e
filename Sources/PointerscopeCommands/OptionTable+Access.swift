import MasterProcess

extension OptionSpecification {
    /// Who is let in by `serve`.
    static let access: [OptionSpecification] = [
        OptionSpecification(
            name: "auth", argument: .required("none|password"), defaultValue: "",
            help: "none: anyone on this machine may watch (default there); password: who signs in",
            choices: ["none", "password"]),
        state,
        OptionSpecification(
            name: "sessions-per-admin", argument: .required("N"), defaultValue: "1",
            help: "browsers in which one admin can be signed in at a time, \(sessionRange.words)",
            complaint: { Complaint.count($0, in: sessionRange) }),
        OptionSpecification(
            name: "sample", argument: .none, defaultValue: "",
            help: "show the sample page at / to everybody, also where people sign in",
            complaint: Complaint.flag),
        OptionSpecification(
            name: "auth-header", argument: .required("NAME"), defaultValue: "",
            help: "believe trusted proxies that this header names who they have signed in",
            complaint: headerComplaint),
        OptionSpecification(
            name: "jwt-key", argument: .required("FILE"), defaultValue: "",
            help: "take JWTs signed with this public key in PEM, or with this secret (HS256)",
            isCredential: true,
            complaint: { $0.isEmpty ? "must name a file" : nil }),
        OptionSpecification(
            name: "jwt-audience", argument: .required("AUDIENCE"), defaultValue: "",
            help: "what their claim aud must be or hold; needed with --jwt-key", complaint: claimComplaint),
        OptionSpecification(
            name: "jwt-issuer", argument: .required("ISSUER"), defaultValue: "",
            help: "what their claim iss must be (default: any)", complaint: claimComplaint),
        OptionSpecification(
            name: "jwt-name-claim", argument: .required("CLAIM"), defaultValue: "sub",
            help: "their claim that holds the name", complaint: claimComplaint),
        OptionSpecification(
            name: "jwt-role-claim", argument: .required("CLAIM"), defaultValue: "role",
            help: "their claim that holds viewer or operator", complaint: claimComplaint),
        OptionSpecification(
            name: "jwt-scope-claim", argument: .required("CLAIM"), defaultValue: "scope",
            help: "their claim that holds the pages, as 'page:/shop/*'", complaint: claimComplaint),
    ]

    private static let sessionRange = 1...16

    @Sendable private static func claimComplaint(_ text: String) -> String? {
        (1...256).contains(text.utf8.count) ? nil : "must have 1 to 256 bytes"
    }

    @Sendable private static func headerComplaint(_ text: String) -> String? {
        let isName =
            (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
                    || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") || byte == UInt8(ascii: "-")
            }
        guard isName else { return "must be the name of a header, for example Remote-User" }
        let taken = ["authorization", "cookie", "host", "origin", "forwarded", "x-forwarded-for"]
        return taken.contains(text.lowercased()) ? "is a header with a meaning of its own" : nil
    }
}
