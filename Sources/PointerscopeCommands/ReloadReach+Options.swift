import MasterProcess

extension ReloadReach {
    /// Every option of `serve`, by when a reload takes it.
    static let options: [ReloadReach: [String]] = [
        .atOnce: [
            "log-level", "sampling", "address-limit", "address-rate", "unlimited", "limit-loopback",
            "worker-drain", "drain-seconds", "watch",
        ] + people,
        .withWorkers: [
            "origin", "deflate", "balance", "message-rate", "byte-rate", "rate-patience", "handshake-timeout",
            "message-timeout", "idle-timeout", "head-bytes", "head-fields", "message-bytes",
            "message-fragments",
        ] + belief,
        .nextStart: [
            "ingest", "http", "public-url", "workers", "max-restarts", "min-uptime", "max-memory-restart",
            "headless", "demo", "grace", "log", "control",
            "auth", "state", "socket-group", "proxy-protocol", "debuggable", "fps", "glyphs", "colors",
            "theme", "mouse", "plain", "view", "filter", "sort", "config",
        ],
    ]

    /// Those of them that mean something only where people sign in.
    private static let people = [
        "sessions-per-admin", "sample", "jwt-key", "jwt-audience", "jwt-issuer", "jwt-name-claim",
        "jwt-role-claim", "jwt-scope-claim",
    ]
    /// Who is believed about others; these hold together.
    private static let belief = ["trusted-proxy", "forwarded", "auth-header"]

    /// When a reload takes an option; `changesAuth` where people are to sign in who need not now, or the
    /// other way round, `changesListeners` where each worker is to have one that has none of its own now, or
    /// the other way round.
    static func of(
        _ name: String, changesAuth: Bool = false, changesListeners: Bool = false
    ) -> ReloadReach {
        if changesListeners, name == "balance" { return .nextStart }
        if changesAuth, people.contains(name) || name == "auth-header" { return .nextStart }
        return options.first { $0.value.contains(name) }?.key ?? .nextStart
    }
}
