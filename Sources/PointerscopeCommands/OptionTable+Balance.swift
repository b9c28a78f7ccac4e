import SupervisorCore

extension OptionSpecification {
    /// Which worker a new connection goes to.
    static let balance = OptionSpecification(
        name: "balance", argument: .required("HOW"), defaultValue: "least-connections",
        help: "who gets a new connection: the emptiest, each in turn, who is first, by a hash",
        choices: ["least-connections", "round-robin", "shared", "reuseport"])
}

extension Balance {
    /// Reads what `--balance` takes.
    init?(word: String) {
        switch word {
        case "least-connections": self = .leastConnections
        case "round-robin": self = .roundRobin
        case "shared": self = .shared
        case "reuseport": self = .reuseport
        default: return nil
        }
    }
}
