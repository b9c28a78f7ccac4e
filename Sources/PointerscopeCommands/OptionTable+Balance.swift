import SupervisorCore

extension OptionSpecification {
    /// Which worker a new connection goes to.
    static let balance = OptionSpecification(
        name: "balance", argument: .required("HOW"), defaultValue: "least-connections",
        help: "which worker a new connection goes to: least-connections or round-robin",
        choices: ["least-connections", "round-robin"])
}

extension Balance {
    /// Reads what `--balance` takes.
    init?(word: String) {
        switch word {
        case "least-connections": self = .leastConnections
        case "round-robin": self = .roundRobin
        default: return nil
        }
    }
}
