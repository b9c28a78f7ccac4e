/// What the server says of itself.
extension Judge {
    /// An address that nobody has (RFC 5737): what a visitor might claim to be.
    static let forgedAddress = "203.0.113.66"

    /// What `GET /api/session` said, and what it said to a caller who claimed to be somebody else.
    struct ForwardingFinding: Equatable {
        var reply: Reply
        var seen: SessionReport?
        var seenForged: SessionReport?
    }

    /// Judges whether the server sees who asks, and not the proxy.
    static func forwarding(_ found: ForwardingFinding, _ site: Site) -> Verdict {
        let status = found.reply.answer?.status
        if status == 401 || status == 403 {
            let words = site.hasToken ? "the token says too little: it \(found.reply.words)" : Site.needsToken
            return .skip("forwarding", site.hasToken ? "skipped: \(words)" : words)
        }
        guard let seen = found.seen else {
            return .skip("forwarding", "skipped: the server does not tell whom it sees")
        }
        if found.seenForged?.address == forgedAddress {
            return .fail(
                "forwarding", "visitors can say who they are: \(forgedAddress) was believed",
                mend: "the proxy must set X-Forwarded-For itself, or append to it, not pass it on")
        }
        let isNobody = seen.address == SessionReport.noAddress
        let whose = isNobody ? "no address" : "the proxy's address \(seen.address)"
        switch seen.forwarded {
        case .malformed:
            return .fail(
                "forwarding", "the proxy names an address that is none, so \(whose) is seen",
                mend: "X-Forwarded-For must hold addresses alone, or --forwarded name another field")
        case .untrustedPeer:
            return .fail(
                "forwarding", "\(whose) is seen instead of yours: the proxy is not trusted",
                mend: "start the server with --trusted-proxy \(isNobody ? "unix" : seen.address)")
        case .missing where site.hasProxy || (!site.isLoopback && seen.isLoopback):
            return .fail(
                "forwarding", "\(whose) is seen instead of yours",
                mend: "X-Forwarded-For is missing (nginx: proxy_set_header X-Forwarded-For $remote_addr), or "
                    + "--trusted-proxy is")
        case .missing, .ok: return .ok("forwarding", "you are seen as \(seen.address), by \(seen.by)")
        }
    }

    /// Below this many visitors nobody means a server for the public.
    private static let fewConnections = 1024

    /// Judges the room for visitors: what `/metrics` tells of it, or this machine's own limit where the
    /// server is on it.
    static func descriptors(_ metrics: Reply, localLimit: Int?, _ site: Site) -> Verdict {
        let mend = "ulimit -n, or LimitNOFILE= of the systemd unit, 65536 for example"
        if let answer = metrics.answer, answer.status == 200, let capacity = capacity(in: answer.body) {
            return capacity >= fewConnections
                ? .ok("descriptors", "room for \(capacity) connections of visitors")
                : .warn("descriptors", "room for \(capacity) connections of visitors only", mend: mend)
        }
        if site.isLoopback, let localLimit {
            return localLimit >= fewConnections
                ? .ok("descriptors", "\(localLimit) descriptors for a process started here")
                : .warn("descriptors", "\(localLimit) descriptors for a process started here", mend: mend)
        }
        let status = metrics.answer?.status
        if status == 401 || status == 403, !site.hasToken { return .skip("descriptors", Site.needsToken) }
        return .skip("descriptors", "skipped: /metrics \(metrics.words)")
    }

    /// The value of the gauge in a Prometheus text.
    private static func capacity(in text: [UInt8]) -> Int? {
        let name = Array("pointerscope_connections_capacity ".utf8)
        for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: name) {
            return Int(String(decoding: line.dropFirst(name.count), as: UTF8.self))
        }
        return nil
    }
}
