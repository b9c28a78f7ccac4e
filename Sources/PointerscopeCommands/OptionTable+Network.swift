extension OptionSpecification {
    /// How `serve` is reached from outside, and what stands in front of it.
    static let network: [OptionSpecification] = [
        OptionSpecification(
            name: "socket-group", argument: .required("GROUP"), defaultValue: "",
            help: "the group that may connect to unix:PATH, beside the server's own user",
            complaint: { SocketGroup.id(of: $0) == nil ? "is no group of this machine" : nil }),
        OptionSpecification(
            name: "trusted-proxy", argument: .required("CIDR"), defaultValue: "",
            help: "believe this network or address, or unix, about its clients; repeatable",
            isRepeatable: true, complaint: Complaint.proxy),
        OptionSpecification(
            name: "forwarded", argument: .required("NAME"), defaultValue: "",
            help: "the one header that trusted proxies name clients in (default: X-Forwarded-For)",
            complaint: Complaint.forwarded),
        OptionSpecification(
            name: "proxy-protocol", argument: .optional("WHICH", whenAlone: "both"), defaultValue: "",
            help: "connections to ingest, http or both begin with a PROXY header, v1 or v2",
            choices: ["ingest", "http", "both"]),
    ]
}
