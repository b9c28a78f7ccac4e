import AccessControl
import PasswordHashing
import PointerEvents

/// What `admin` and `token` have in common.
extension OptionSpecification {
    static let state = OptionSpecification(
        name: "state", argument: .required("DIR"), defaultValue: "",
        help: "its directory (\(StatePath.words))",
        complaint: { $0.isEmpty ? "must name a directory" : nil })

    /// `account` where it is set elsewhere: a shell may have a NAME of its own.
    static let account = OptionSpecification(
        name: "account", argument: .required("NAME"), defaultValue: "",
        help: "at most 64 letters, digits, dots, hyphens, underscores and tildes",
        complaint: PeopleWords.nameComplaint)

    static let role = OptionSpecification(
        name: "role", argument: .required("ROLE"), defaultValue: "viewer",
        help: "viewer: watch; operator: also read the log and see who else watches",
        choices: ["viewer", "operator"])

    static let scope = OptionSpecification(
        name: "scope", argument: .required("SCOPE"), defaultValue: "all",
        help: "pages to be watched: all, or 'page:/shop/* page:/cart'",
        complaint: PeopleWords.scopeComplaint)

    static let json = OptionSpecification(
        name: "json", argument: .none, defaultValue: "", help: "print a JSON array",
        complaint: Complaint.flag)

    static let passwordStdin = OptionSpecification(
        name: "password-stdin", argument: .none, defaultValue: "",
        help: "read the password from standard input, one line, instead of asking for it",
        complaint: Complaint.flag)

    /// The same without a default: the second argument of a command.
    fileprivate static func required(_ option: OptionSpecification) -> OptionSpecification {
        OptionSpecification(
            name: option.name, argument: option.argument, defaultValue: "", help: option.help,
            complaint: option.complaint)
    }
}

extension CommandSpecification {
    private static let noticed = "A server that runs on the directory notices within a second."

    /// Commands about people who sign in.
    static let admin: [CommandSpecification] = [
        CommandSpecification(
            name: "admin add", summary: "let a person sign in",
            description: """
                Adds a person who may sign in with a password of \(Limits.leastPasswordBytes) to \
                \(Limits.passwordBytes) bytes, which is asked for
                without showing it. \(noticed)
                """,
            positional: .account, options: [.role, .scope, .passwordStdin, .state, .config],
            examples: ["admin add anna --role operator", "admin add ben --scope 'page:/shop/*'"]),
        CommandSpecification(
            name: "admin list", summary: "who may sign in",
            description: "Lists who may sign in, as what, since when, and when they were last here.",
            options: [.json, .state, .config], examples: ["admin list", "admin list --json"]),
        CommandSpecification(
            name: "admin passwd", summary: "give a person another password",
            description: "Gives a person another password; where they are signed in they no longer are.",
            positional: .account, options: [.passwordStdin, .state, .config],
            examples: ["admin passwd anna"]),
        CommandSpecification(
            name: "admin role", summary: "make a person viewer or operator",
            description: "Gives a person another role; where they are signed in they no longer are.",
            positional: .account, secondPositional: .required(.role), options: [.state, .config],
            examples: ["admin role anna operator"]),
        CommandSpecification(
            name: "admin scope", summary: "say which pages a person may watch",
            description: "Lets a person watch other pages; where they are signed in they no longer are.",
            positional: .account, secondPositional: .required(.scope), options: [.state, .config],
            examples: ["admin scope ben 'page:/shop/*'", "admin scope ben all"]),
        CommandSpecification(
            name: "admin remove", summary: "let a person sign in no more",
            description: "Removes a person; where they are signed in they no longer are.",
            positional: .account, options: [.state, .config], examples: ["admin remove ben"]),
    ]

    /// Commands about programs that show a token.
    static let token: [CommandSpecification] = [
        CommandSpecification(
            name: "token create", summary: "let a program in",
            description: """
                Makes a token for a program and prints it, once: what is kept of it lets nobody in.
                \(noticed)
                """,
            positional: .account,
            options: [
                .role, .scope,
                OptionSpecification(
                    name: "expires", argument: .required("TIME"), defaultValue: "90d",
                    help: "how long it holds: 12h, 90d, 52w or never",
                    complaint: PeopleWords.lifetimeComplaint), .state, .config,
            ],
            examples: ["token create prometheus", "token create wall --scope 'page:/shop/*' --expires never"]),
        CommandSpecification(
            name: "token list", summary: "which programs are let in",
            description: "Lists the tokens: for what, as what, until when, and when they were last shown.",
            options: [.json, .state, .config], examples: ["token list", "token list --json"]),
        CommandSpecification(
            name: "token revoke", summary: "let a program in no more",
            description: "Takes a token back, by its id or, where no other has it, by its name.",
            positional: OptionSpecification(
                name: "account", argument: .required("NAME|ID"), defaultValue: "",
                help: "as token list shows them", complaint: PeopleWords.nameComplaint),
            options: [.state, .config], examples: ["token revoke prometheus"]),
    ]
}
