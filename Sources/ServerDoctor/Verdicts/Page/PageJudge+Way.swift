/// The way from a page to the server: its file, its policy, and where samples go.
extension PageJudge {
    /// Judges the file that the tag loads.
    static func script(_ reply: Reply, at address: WebAddress, on page: WebAddress) -> [Verdict] {
        if page.scheme == .https, address.scheme == .http, !address.isLoopback {
            return [
                .fail(
                    "script", "browsers load nothing from \(address.origin) into a page of https",
                    mend: "https in the tag's src, and a proxy with TLS in front of the server")
            ]
        }
        let mend = "the tag's src must be the server's URL with /pointerscope.js behind it"
        guard let answer = reply.answer, answer.status == 200 else {
            return [.fail("script", "\(address.text) \(reply.words)", mend: mend)]
        }
        guard answer.body.holdsIgnoringCase("pointerscope") else {
            return [.fail("script", "\(address.text) is something else than the snippet", mend: mend)]
        }
        let type = answer.value("content-type") ?? ""
        let name = type.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        guard PageTag.isScript(name) else {
            let isStrict = answer.value("x-content-type-options")?.lowercased() == "nosniff"
            let text = "\(address.text) comes as '\(type)'"
            let mend = "Content-Type: text/javascript"
            return [
                isStrict
                    ? .fail("script", "\(text), which browsers do not run", mend: mend)
                    : .warn("script", "\(text), which browsers put up with for now", mend: mend)
            ]
        }
        // The build may put the two halves of the name together only when it runs.
        guard answer.body.holds(".v1") else {
            return [
                .warn(
                    "script", "\(address.text) is an old version: it does not speak pointerscope.v1",
                    mend: "load the file from the server instead of keeping a copy, and start a new server")
            ]
        }
        return [.ok("script", "\(address.text) is the snippet")]
    }

    /// Where samples go.
    enum Endpoint: Equatable {
        case address(WebAddress, by: String)
        /// What the attribute says is none.
        case malformed(String)
        case unknown
    }

    /// By the tag, else by what the server has written into its file.
    static func endpoint(of tag: PageTag, script: [UInt8]) -> Endpoint {
        for name in ["data-endpoint", "data-ingest"] {
            guard let text = tag.element.value(name), !text.isEmpty else { continue }
            guard let named = WebAddress(parsing: text), named.scheme.isWebSocket else {
                return .malformed(text)
            }
            return .address(named, by: name)
        }
        if let literal = webSocketLiteral(in: script), let named = WebAddress(parsing: literal) {
            return .address(named, by: "the snippet")
        }
        return .unknown
    }

    /// The first whole address of a WebSocket between quotes.
    static func webSocketLiteral(in script: [UInt8]) -> String? {
        let quotes: [UInt8] = Array("'\"`".utf8)
        for start in script.indices where quotes.contains(script[start]) {
            let rest = script[(start + 1)...]
            guard rest.starts(with: "ws://".utf8) || rest.starts(with: "wss://".utf8) else { continue }
            let text = rest.prefix(512).prefix { $0 != script[start] && $0 > 0x20 && $0 < 0x7F && $0 != 0x24 }
            guard rest.dropFirst(text.count).first == script[start] else { continue }
            return String(decoding: text, as: UTF8.self)
        }
        return nil
    }

    /// Judges where samples go, before anybody asks there.
    static func endpoint(_ endpoint: Endpoint, on page: WebAddress) -> [Verdict] {
        switch endpoint {
        case .unknown:
            return [
                .skip("endpoint", "skipped: neither tag nor file say where samples go; data-endpoint does")
            ]
        case .malformed(let text):
            return [
                .fail(
                    "endpoint", "'\(text)' is no address that samples could be sent to",
                    mend: "data-endpoint=\"wss://HOST/ws\" with its whole address, or leave it out")
            ]
        case .address(let address, let by):
            guard page.scheme == .https, !address.scheme.isSecure, !address.isLoopback else {
                return [.ok("endpoint", "samples go to \(address.text), as \(by) says")]
            }
            return [
                .fail(
                    "mixed", "a page of https may not open \(address.text)",
                    mend: "wss:// in the place of ws://, and a proxy with TLS in front of the ingest port")
            ]
        }
    }

    /// Judges what the page's policies say of the tag's script; `address` is nil where its text is in the
    /// page.
    static func scriptPolicy(
        _ policies: [PagePolicy], _ tag: PageTag, at address: WebAddress?, on page: WebAddress
    ) -> Verdict {
        guard !policies.isEmpty else { return .ok("csp-script", "the page has no Content-Security-Policy") }
        if policies.contains(where: \.forbidsAllScripts) {
            return .fail(
                "csp-script", "sandbox in the policy forbids all scripts", mend: "sandbox allow-scripts")
        }
        let nonce = tag.element.value("nonce")
        for directive in policies.compactMap(\.scripts) {
            let isAllowed =
                address.map {
                    directive.allowsScript(
                        $0, nonce: nonce, integrity: tag.element.value("integrity"), on: page)
                } ?? directive.allowsInline(nonce: nonce)
            guard isAllowed else {
                return .fail(
                    "csp-script", "\(directive.name) in the page's policy forbids the script",
                    mend: scriptMend(directive, address))
            }
            // It has parts that it loads when they are needed.
            guard let address, !directive.allowsParts(of: address, nonce: nonce, on: page) else { continue }
            return .fail(
                "csp-script", "\(directive.name) lets the file run, and not the parts that it loads",
                mend: scriptMend(directive, address))
        }
        return .ok("csp-script", "the page's policy lets the script run")
    }

    private static func scriptMend(_ directive: PagePolicy.Directive, _ address: WebAddress?) -> String {
        if directive.isStrictlyDynamic || (address == nil && directive.knowsNonces) {
            return "give the tag the nonce that the policy names: nonce=\"...\""
        }
        guard let address else { return "load the file by src instead of keeping its text in the page" }
        return addition([address.origin], to: directive, named: "script-src")
    }

    /// Judges what they say of the connection: the WebSocket, and requests in its place.
    static func connectPolicy(
        _ policies: [PagePolicy], to address: WebAddress, on page: WebAddress
    ) -> Verdict? {
        guard !policies.isEmpty else { return nil }
        let fallback = address.with(address.scheme.isSecure ? .https : .http)
        for directive in policies.compactMap(\.connections) {
            let allowsSocket = directive.allows(address, on: page)
            let allowsRequests = fallback.map { directive.allows($0, on: page) } ?? true
            if allowsSocket, allowsRequests { continue }
            let words =
                (allowsSocket ? [] : [address.origin])
                + (allowsRequests ? [] : [fallback?.origin ?? ""])
            let mend = addition(words, to: directive, named: "connect-src")
            guard allowsSocket else {
                return .fail(
                    "csp-connect", "\(directive.name) in the page's policy forbids the connection",
                    mend: mend)
            }
            return .warn(
                "csp-connect",
                "\(directive.name) lets the WebSocket through, and not what takes its place where that is none",
                mend: mend)
        }
        return .ok("csp-connect", "the page's policy lets the connection through")
    }

    /// `add to script-src: https://watch.example.org`.
    private static func addition(
        _ words: [String], to directive: PagePolicy.Directive, named name: String
    ) -> String {
        let words = words.joined(separator: " ")
        let kept = directive.sources.filter { $0.lowercased() != "'none'" }
        if directive.name == "default-src" {
            return "add to the policy: \(name) \((kept + [words]).joined(separator: " "))"
        }
        if kept.count < directive.sources.count {
            return "in the place of 'none': \(directive.name) \(words)"
        }
        return "add to \(directive.name): \(words)"
    }
}
