/// What single answers say.
extension Judge {
    static let noServer = "pointerscope must run, and the proxy's upstream be the address of its --http"

    /// Judges `/healthz` and `/readyz`.
    static func health(_ health: Reply, ready: Reply, _ site: Site) -> [Verdict] {
        var verdicts: [Verdict] = []
        switch health.answer?.status {
        case 200: verdicts.append(.ok("health", "/healthz answers 200"))
        case 421: break
        case 404:
            verdicts.append(
                .fail("health", "/healthz \(health.words): no Pointerscope is there", mend: baseMend(site)))
        default: verdicts.append(.fail("health", "/healthz \(health.words)", mend: noServer))
        }
        guard health.answer?.status == 200 else { return verdicts }
        switch ready.answer?.status {
        case 200: verdicts.append(.ok("ready", "/readyz answers 200"))
        case 503:
            verdicts.append(
                .fail("ready", "/readyz \(ready.words)", mend: "what it says; its log tells more"))
        default: verdicts.append(.fail("ready", "/readyz \(ready.words)", mend: noServer))
        }
        return verdicts
    }

    /// Judges whether the server answers to its name, by all that was asked.
    static func host(_ replies: [Reply], _ site: Site) -> Verdict? {
        if let refused = replies.first(where: { $0.answer?.status == 421 }) {
            return .fail(
                "host", "the server does not answer to '\(site.host)': it \(refused.words)",
                mend: "start it with --public-url \(site.url), and let the proxy pass on Host")
        }
        return replies.contains { $0.answer?.status == 200 } ? .ok("host", "'\(site.host)' is answered") : nil
    }

    /// A name that nobody has (RFC 2606).
    static let strangeHost = "doctor.invalid"

    /// Judges what a page answers to a name that is none of the server's: a page elsewhere that has its own
    /// name lead here must not be able to read it (DNS rebinding).
    static func strangers(_ reply: Reply) -> Verdict {
        // What is a page of the proxy's own tells nothing of the server's.
        guard let answer = reply.answer, answer.isPage, answer.body.holds("Pointerscope") else {
            return .ok("strangers", "other names than its own are not answered")
        }
        return .warn(
            "strangers", "a request for '\(strangeHost)' is answered like one for its own name",
            mend: "the proxy must pass on the Host that came (nginx: proxy_set_header Host $host)")
    }

    private static func baseMend(_ site: Site) -> String {
        site.basePath.isEmpty
            ? "the URL must name the server, and the path below which it is"
            : "the proxy must pass \(site.basePath)/ on, and --public-url name the same path"
    }

    /// An asset of a page, and what came of asking for it.
    struct AssetFinding: Equatable {
        var path: String
        var reply: Reply
    }

    /// Judges a page of the server's and what it is made of.
    static func page(_ page: Reply, _ assets: [AssetFinding], _ site: Site) -> Verdict {
        guard let answer = page.answer, answer.isPage else {
            if page.answer?.status == 421 { return .skip("assets", "skipped: the Host is not answered") }
            return .fail("assets", "the dashboard \(page.words)", mend: baseMend(site))
        }
        let broken = assets.first { asset in
            guard let answer = asset.reply.answer, answer.status == 200 else { return true }
            // What a proxy answers for whatever it does not know.
            return answer.has("text/html", in: "content-type")
        }
        guard !assets.isEmpty else {
            return .warn("assets", "the page names no file: it is none of ours", mend: baseMend(site))
        }
        guard let broken else {
            let page = answer.status == 200 ? "the dashboard" : "the page to sign in on"
            return .ok("assets", "\(page) and \(assets.count) files of it load")
        }
        return .fail(
            "assets", "\(broken.path), which the page names, \(broken.reply.words)", mend: baseMend(site))
    }

    /// Judges the fields that protect people in their browsers, in the answer to a page.
    static func headers(_ page: Reply, _ site: Site) -> [Verdict] {
        guard let answer = page.answer, answer.isPage else { return [] }
        var missing: [String] = []
        let policy = Array((answer.value("content-security-policy") ?? "").utf8)
        if !policy.holds("frame-ancestors") {
            missing.append("Content-Security-Policy")
        }
        if answer.value("x-content-type-options")?.lowercased() != "nosniff" {
            missing.append("X-Content-Type-Options")
        }
        if answer.value("referrer-policy") == nil { missing.append("Referrer-Policy") }
        if answer.value("cross-origin-resource-policy") == nil {
            missing.append("Cross-Origin-Resource-Policy")
        }
        var verdicts: [Verdict] = []
        if missing.isEmpty {
            verdicts.append(.ok("headers", "what protects the pages is there"))
        } else {
            verdicts.append(
                .warn(
                    "headers", "missing: \(missing.joined(separator: ", "))",
                    mend: "the proxy must leave them where they are"))
        }
        if site.isSecure, answer.value("strict-transport-security") == nil {
            verdicts.append(
                .warn(
                    "hsts", "Strict-Transport-Security is missing: the first visit may be read on the way",
                    mend: "--public-url \(site.url), and the proxy must not take it away"))
        } else if site.isSecure {
            verdicts.append(.ok("hsts", "browsers will come by https only"))
        }
        return verdicts
    }

    /// Judges every cookie that was set while we looked.
    static func cookies(_ replies: [Reply], _ site: Site) -> Verdict {
        let cookies = replies.compactMap(\.answer).flatMap(\.fields).filter { $0.name == "set-cookie" }
        guard !cookies.isEmpty else {
            return .skip("cookies", "skipped: none is set before somebody signs in")
        }
        for cookie in cookies {
            let attributes = cookie.value.split(separator: ";").dropFirst().map {
                $0.split(separator: " ").joined().lowercased()
            }
            let name = cookie.value.prefix { $0 != "=" }
            if site.isSecure, !attributes.contains("secure") {
                return .fail(
                    "cookies", "\(name) is not Secure",
                    mend: "--public-url must begin with https, and the proxy leave "
                        + "Set-Cookie alone")
            }
            guard attributes.contains("httponly") else {
                return .fail(
                    "cookies", "\(name) is not HttpOnly", mend: "the proxy must leave Set-Cookie alone")
            }
        }
        return .ok("cookies", "they are HttpOnly\(site.isSecure ? " and Secure" : "")")
    }

    /// A Date field, and what this machine's clock said when it came, seconds since the epoch.
    struct ClockFinding: Equatable {
        var date: String
        var now: Int64
    }

    /// Judges the server's clock against this machine's.
    static func clock(_ found: ClockFinding?) -> Verdict {
        guard let found else { return .skip("clock", "skipped: no answer has a Date") }
        let (text, now) = (found.date, found.now)
        guard let then = DateField.seconds(text) else {
            return .warn(
                "clock", "a Date that is none: '\(text)'", mend: "the proxy must send a Date as HTTP has it")
        }
        let seconds = abs(then - now)
        guard seconds > 60 else { return .ok("clock", "within \(max(seconds, 1)) s of this machine's") }
        return .warn(
            "clock",
            "\(seconds) s \(then < now ? "behind" : "ahead of") this machine's: tokens and certificates "
                + "end at other times than they say", mend: "set it on both: timedatectl set-ntp true")
    }
}
