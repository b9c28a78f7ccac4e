import SupervisorCore

extension OptionSpecification {
    private static let most = 0...1_000_000

    /// How much of the ingest port one client address may have.
    static let door: [OptionSpecification] = [
        OptionSpecification(
            name: "address-limit", argument: .required("N"),
            defaultValue: String(AddressLimits.standard.connections),
            help: "ingest connections of one client address at a time; 0: any number",
            complaint: { Complaint.count($0, in: most) }),
        OptionSpecification(
            name: "address-rate", argument: .required("N"),
            defaultValue: String(AddressLimits.standard.newPerSecond),
            help: "new ones a second, and ten times as many at once; 0: any number",
            complaint: { Complaint.count($0, in: most) }),
        OptionSpecification(
            name: "unlimited", argument: .required("CIDR"), defaultValue: "",
            help: "do not limit this network or address, as trusted proxies; repeatable",
            isRepeatable: true, complaint: Complaint.network),
        OptionSpecification(
            name: "limit-loopback", argument: .none, defaultValue: "",
            help: "limit addresses of this machine like others", complaint: Complaint.flag),
    ]
}
