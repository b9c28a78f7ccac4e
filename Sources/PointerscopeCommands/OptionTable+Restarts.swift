import SupervisorCore

extension OptionSpecification {
    /// A reload that nobody has to ask for; PM2 calls it so.
    static let watch = OptionSpecification(
        name: "watch", argument: .none, defaultValue: "",
        help: "reload when the program on disk or the configuration changes",
        complaint: Complaint.flag)

    /// When a worker is given up, and when one is replaced: names and what holds by default are PM2's.
    static let restarts: [OptionSpecification] = [
        OptionSpecification(
            name: "max-restarts", argument: .required("N"),
            defaultValue: String(RestartPolicy.standard.maxRestarts),
            help: "give a worker up that ends N times in a row within --min-uptime; 0: never",
            complaint: { RestartWords.count($0) == nil ? RestartWords.countWords : nil }),
        OptionSpecification(
            name: "min-uptime", argument: .required("TIME"),
            defaultValue: "\(RestartPolicy.standard.minUptimeNanoseconds / 1_000_000_000)s",
            help: "a worker that has lived so long has started well",
            complaint: { RestartWords.nanoseconds($0) == nil ? RestartWords.timeWords : nil }),
        OptionSpecification(
            name: "max-memory-restart", argument: .required("SIZE"), defaultValue: "0",
            help: "replace a worker that has more memory of its own, for example 300M; 0: none",
            complaint: { RestartWords.bytes($0) == nil ? RestartWords.bytesWords : nil }),
    ]
}

/// Values of those options as people write them.
private enum RestartWords {
    static let countWords = "must be a whole number up to 1000; with 0 no worker is given up"
    // In PM2 a bare number means milliseconds: what was copied from there is not to mean minutes.
    static let timeWords = "must be a time up to 10m, for example 1s or 500ms; a number alone means seconds"
    static let bytesWords =
        "must be bytes from \(LimitWords.words(forBytes: leastBytes)), for example 300M or 1G; 0: none"

    /// A worker alone has some megabytes, and what it may keep for strangers comes on top.
    private static let leastBytes = 16 * 1_048_576
    private static let mostGibibytes = 1_024

    static func count(_ text: String) -> Int? {
        Int(text).flatMap { text.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } && $0 <= 1_000 ? $0 : nil }
    }

    static func nanoseconds(_ text: String) -> Int64? {
        LimitWords.seconds(text, in: 0.001...600).map { Int64(($0 * 1e9).rounded()) }
    }

    static func bytes(_ text: String) -> UInt64? {
        if text == "0" { return 0 }
        if text.hasSuffix("G"), let count = Int(text.dropLast()), (1...mostGibibytes).contains(count) {
            return UInt64(count) << 30
        }
        return LoadWords.bytes(text).flatMap { $0 >= leastBytes ? UInt64($0) : nil }
    }
}

extension RestartPolicy {
    /// Reads parsed values, each of which the option table has checked.
    init(_ values: OptionValues) {
        self = .standard
        if let count = values["max-restarts"].flatMap(RestartWords.count) { maxRestarts = count }
        if let time = values["min-uptime"].flatMap(RestartWords.nanoseconds) { minUptimeNanoseconds = time }
        if let bytes = values["max-memory-restart"].flatMap(RestartWords.bytes) { maxMemoryBytes = bytes }
    }
}
