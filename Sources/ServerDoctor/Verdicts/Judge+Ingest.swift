/// The way of visitors: a WebSocket through the proxy.
extension Judge {
    /// What came of a handshake.
    enum UpgradeFinding: Equatable {
        /// It is open, and a ping was answered.
        case opened
        /// It is open, and no frame comes through it; why.
        case deaf(String)
        /// A 101 that answers something else; why.
        case violated(String)
        /// Another answer, or none.
        case refused(Reply)
    }

    private static let upgradeLines =
        "nginx: proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade and Connection upgrade for that path"

    /// Judges a handshake that names no origin, at the path below which visitors' sockets arrive.
    static func upgrade(_ found: UpgradeFinding, url: String, _ site: Site) -> Verdict {
        switch found {
        case .opened: return .ok("ingest", "\(url) is a WebSocket, and a ping comes back")
        case .deaf(let why):
            return .fail(
                "ingest", "\(url) opens and passes nothing on: \(why)",
                mend: "the proxy must pass bytes on both ways once a connection is upgraded")
        case .violated(let why):
            return .fail(
                "ingest", "\(url) answers 101 wrongly: \(why)", mend: "no proxy may answer for the server")
        case .refused(.failed(let why)):
            return .fail("ingest", "\(url) \(why)", mend: ingestMend(url))
        case .refused(.answered(let answer)):
            let text = "\(url) \(Reply.answered(answer).words)"
            switch answer.status {
            case 400, 426:
                return .fail("ingest", "\(text): the proxy does not pass Upgrade on", mend: upgradeLines)
            case 421:
                return .fail(
                    "ingest", text,
                    mend: "start the server with --public-url \(site.url), and let the proxy pass on Host")
            case 502, 503, 504: return .fail("ingest", text, mend: ingestMend(url))
            case 200...299, 300...399, 401, 403, 404, 405:
                return .fail(
                    "ingest", "\(text): that path leads to something else than the ingest port",
                    mend: ingestMend(url))
            default: return .fail("ingest", text, mend: ingestMend(url))
            }
        }
    }

    private static func ingestMend(_ url: String) -> String {
        "the proxy must lead the path of \(url) to the address of --ingest; --ingest-url names another URL"
    }

    /// Judges the same handshake for a page of `origin`; `first` is what came of it without one.
    static func origin(_ found: UpgradeFinding, first: UpgradeFinding, origin: String) -> Verdict {
        guard first == .opened else { return .skip("origin", "skipped: there is no WebSocket") }
        switch found {
        case .opened: return .ok("origin", "pages of \(origin) are served")
        case .refused(.answered(let answer)) where answer.status == 403:
            return .fail(
                "origin", "pages of \(origin) are refused: it \(Reply.answered(answer).words)",
                mend: "start the server with --origin \(origin), and let the proxy pass on Origin")
        case .refused(let reply):
            return .fail("origin", "a page of \(origin): it \(reply.words)", mend: upgradeLines)
        case .deaf(let why), .violated(let why):
            return .fail("origin", "a page of \(origin): \(why)", mend: upgradeLines)
        }
    }
}
