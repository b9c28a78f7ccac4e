/// One Content-Security-Policy of a page (CSP Level 3), as far as it decides about a script and a connection.
///
/// ```
/// default-src 'self'; script-src 'self' https://watch.example.org; connect-src wss://watch.example.org
/// ```
struct PagePolicy: Equatable {
    struct Directive: Equatable {
        /// In lower case.
        let name: String
        let sources: [String]
    }

    private let directives: [Directive]

    /// Reads one policy; of a directive that is written twice the first counts.
    init(parsing text: String) {
        var directives: [Directive] = []
        for part in text.split(separator: ";") {
            let words = part.split { " \t\n\r\u{0C}".contains($0) }
            guard let first = words.first else { continue }
            let name = first.lowercased()
            guard !directives.contains(where: { $0.name == name }) else { continue }
            directives.append(Directive(name: name, sources: words.dropFirst().map(String.init)))
        }
        self.directives = directives
    }

    /// The policies of an answer's header fields, each of which may hold several.
    static func all(in values: [String]) -> [PagePolicy] {
        values.flatMap { $0.split(separator: ",") }.map { PagePolicy(parsing: String($0)) }
    }

    private func directive(_ names: [String]) -> Directive? {
        for name in names {
            if let found = directives.first(where: { $0.name == name }) { return found }
        }
        return nil
    }

    /// What decides about a script element.
    var scripts: Directive? { directive(["script-src-elem", "script-src", "default-src"]) }

    /// What decides about WebSockets and requests.
    var connections: Directive? { directive(["connect-src", "default-src"]) }

    /// Whether it runs no scripts at all: a sandbox that does not allow them.
    var forbidsAllScripts: Bool {
        directive(["sandbox"]).map { !$0.sources.contains { $0.lowercased() == "allow-scripts" } } ?? false
    }
}

extension PagePolicy.Directive {
    /// Whether a script element whose file is at `url`, in the text of `page`, may run.
    func allowsScript(_ url: WebAddress, nonce: String?, integrity: String?, on page: WebAddress) -> Bool {
        if let nonce, !nonce.isEmpty, holdsExactly("'nonce-\(nonce)'") { return true }
        if let integrity, allowsHashes(integrity) { return true }
        // Scripts that are in a page's text are then trusted by nonce or hash alone.
        return !isStrictlyDynamic && allows(url, on: page)
    }

    /// Whether that script may load more from where it is: with its nonce, but not by its hash.
    func allowsParts(of url: WebAddress, nonce: String?, on page: WebAddress) -> Bool {
        isStrictlyDynamic || allowsScript(url, nonce: nonce, integrity: nil, on: page)
    }

    /// Whether text between the tags may run.
    func allowsInline(nonce: String?) -> Bool {
        if let nonce, !nonce.isEmpty, holdsExactly("'nonce-\(nonce)'") { return true }
        let hasNonceOrHash = sources.contains { source in
            let word = source.lowercased()
            return word.hasPrefix("'nonce-") || word.hasPrefix("'sha")
        }
        return holds("'unsafe-inline'") && !hasNonceOrHash && !isStrictlyDynamic
    }

    /// Whether some nonce is asked for.
    var knowsNonces: Bool { sources.contains { $0.lowercased().hasPrefix("'nonce-") } }

    var isStrictlyDynamic: Bool { holds("'strict-dynamic'") }

    /// Whether a page may load from, or talk to, `url`: one of the sources matches (CSP3, section 6.7.2.7).
    func allows(_ url: WebAddress, on page: WebAddress) -> Bool {
        sources.contains { Self.matches($0, url, page) }
    }

    private func holds(_ word: String) -> Bool { sources.contains { $0.lowercased() == word } }

    private func holdsExactly(_ word: String) -> Bool { sources.contains(word) }

    /// Every hash that the element names has to be among the sources.
    private func allowsHashes(_ integrity: String) -> Bool {
        let hashes = integrity.split(separator: " ").map { "'\($0.prefix { $0 != "?" })'" }
        return !hashes.isEmpty && hashes.allSatisfy { holdsExactly($0) }
    }

    private static func matches(_ source: String, _ url: WebAddress, _ page: WebAddress) -> Bool {
        let word = source.lowercased()
        if word == "*" { return true }
        if word == "'self'" { return isSelf(url, page) }
        guard !word.hasPrefix("'") else { return false }
        if word.hasSuffix(":"), !word.dropLast().contains(where: { ":/.".contains($0) }) {
            return isScheme(String(word.dropLast()), url.scheme)
        }
        return HostSource(source, of: page).matches(url)
    }

    /// The page's own origin, for WebSockets too, and what is that with TLS (section 6.7.2.7, step 4).
    private static func isSelf(_ url: WebAddress, _ page: WebAddress) -> Bool {
        guard url.host == page.host else { return false }
        let isSamePort = url.port == page.port
        let isStandard = url.port == url.scheme.port && page.port == page.scheme.port
        guard isSamePort || isStandard else { return false }
        return url.scheme.isSecure || !page.scheme.isSecure
    }

    /// Whether a scheme of a policy is that of a URL, or one that means the same with TLS (section 6.7.2.8).
    ///
    /// By the standard `ws` and `wss` stand for requests too; who writes a policy cannot rely on that.
    fileprivate static func isScheme(_ name: String, _ scheme: WebAddress.Scheme) -> Bool {
        switch (name, scheme) {
        case ("http", .https), ("ws", .wss): true
        default: name == scheme.rawValue
        }
    }

    /// `[scheme://]host[:port][/path]`, of which the host may begin with `*.`.
    private struct HostSource {
        let scheme: String
        let host: String
        let port: String?
        let path: String

        init(_ source: String, of page: WebAddress) {
            var rest = source[...]
            if let mark = source.firstIndex(of: ":"), source[mark...].hasPrefix("://") {
                scheme = source[..<mark].lowercased()
                rest = source[mark...].dropFirst(3)
            } else {
                scheme = page.scheme.rawValue
            }
            let authority = rest.prefix { $0 != "/" }
            path = String(rest.dropFirst(authority.count).prefix { $0 != "?" && $0 != "#" })
            let end = authority.lastIndex(of: "]") ?? authority.startIndex
            let colon = authority[end...].lastIndex(of: ":")
            host = authority[..<(colon ?? authority.endIndex)].lowercased()
            port = colon.map { String(authority[$0...].dropFirst()) }
        }

        func matches(_ url: WebAddress) -> Bool {
            isScheme(scheme, url.scheme) && matchesHost(url) && matchesPort(url) && matchesPath(url)
        }

        private func matchesHost(_ url: WebAddress) -> Bool {
            if host == "*" { return true }
            guard host.hasPrefix("*.") else { return host == url.host }
            return url.host.hasSuffix(host.dropFirst()) && url.host.utf8.count > host.utf8.count - 1
        }

        private func matchesPort(_ url: WebAddress) -> Bool {
            guard let port else { return url.port == url.scheme.port }
            if port == "*" || port == String(url.port) { return true }
            // What is written for http holds for https as well.
            return port == "80" && url.port == 443 && url.scheme.isSecure
        }

        private func matchesPath(_ url: WebAddress) -> Bool {
            if path.isEmpty || path == "/" { return true }
            return path.hasSuffix("/") ? url.path.hasPrefix(path) : url.path == path
        }
    }
}
