/// Makes verdicts of what a page holds: each function takes findings and returns lines, and asks nobody.
enum PageJudge {
    /// What a tag looks like, for who has none.
    static func exampleTag(_ server: String = "https://HOST") -> String {
        "<script async src=\"\(server)/pointerscope.js\"></script>"
    }

    /// Judges the page itself; `page` is where redirects led.
    static func page(_ reply: Reply, at page: WebAddress, asked: WebAddress) -> Verdict {
        guard let answer = reply.answer else {
            return .fail("page", "\(page.text) \(reply.words)", mend: "the URL of a page as a browser has it")
        }
        let way = page == asked ? "" : ", where \(asked.text) leads"
        if (300...399).contains(answer.status) {
            return .fail(
                "page", "\(page.text) \(reply.words) to nowhere, or once too often",
                mend: "the URL that a browser shows in the end")
        }
        let types = ["text/html", "application/xhtml+xml"]
        guard types.contains(where: { answer.has($0, in: "content-type") }) else {
            return .fail(
                "page", "\(page.text)\(way) is no page: '\(answer.value("content-type") ?? "")'",
                mend: "the URL of a page as a browser has it")
        }
        guard answer.status == 200 else {
            return .warn(
                "page", "\(page.text)\(way) answers \(answer.status): that page is looked at",
                mend: "the URL of a page that visitors see")
        }
        return .ok("page", "\(page.text)\(way)")
    }

    /// Judges what is meant to start Pointerscope, and how it is written.
    static func tags(_ tags: [PageTag], chosen: PageTag?, at address: WebAddress?) -> [Verdict] {
        guard let chosen else {
            return [
                .fail(
                    "tag", "no tag of Pointerscope's is in the page as it is served",
                    mend: "\(exampleTag()) in the page; what a tag manager adds later cannot be seen here")
            ]
        }
        var verdicts = [form(of: chosen, at: address)]
        let counted = tags.filter { $0.form != .call }
        if counted.count > 1 {
            verdicts.append(
                .warn(
                    "tags", "\(counted.count) tags are in the page, and only the first that runs counts",
                    mend: "leave one of them"))
        }
        if let address { verdicts += manner(of: chosen, at: address) }
        return verdicts
    }

    private static func form(of tag: PageTag, at address: WebAddress?) -> Verdict {
        switch tag.form {
        case .file, .moduleFile:
            guard let address else {
                return .fail(
                    "tag", "the tag's src '\(tag.reference ?? "")' leads to no file on the web",
                    mend: exampleTag())
            }
            let manner = tag.form == .moduleFile ? ", as a module" : ""
            return .ok("tag", "it loads \(address.text)\(manner)")
        case .copy:
            return .warn(
                "tag",
                "the file's text stands in the page itself, and stays as it is when the server changes",
                mend: "load it from the server: \(exampleTag())")
        case .call:
            return .skip("tag", "skipped: a script of the page's own starts it; only a browser can tell")
        case .dormant("nomodule"):
            return .fail("tag", "browsers of today run nothing with nomodule", mend: "leave out nomodule")
        case .dormant(let type):
            return .fail(
                "tag", "browsers do not run type=\"\(type)\"",
                mend: "leave out type; a consent banner that puts it right runs the tag once visitors agree")
        }
    }

    /// Attributes that decide how it is loaded.
    private static func manner(of tag: PageTag, at address: WebAddress) -> [Verdict] {
        var verdicts: [Verdict] = []
        if let integrity = tag.element.value("integrity"), !integrity.isEmpty {
            verdicts.append(
                .warn(
                    "integrity", "the tag has an integrity: the next version of the server is refused by it",
                    mend: "leave out integrity, or keep a copy of the file beside the page"))
        }
        // Modules wait for the page anyway.
        if tag.form == .file, tag.element.value("async") == nil, tag.element.value("defer") == nil {
            verdicts.append(
                .warn(
                    "async", "the page waits for the file where its tag stands",
                    mend: "write async into the tag: \(exampleTag(address.origin))"))
        }
        if let old = tag.element.value("data-ingest") {
            verdicts.append(
                .warn(
                    "attributes", "data-ingest is the old name of data-endpoint",
                    mend: "data-endpoint=\"\(old)\""))
        }
        if tag.element.value("data-consent")?.lowercased() == "wait" {
            verdicts.append(
                .skip(
                    "consent", "data-consent=\"wait\": nothing is sent before pointerscope.start() is called")
            )
        }
        return verdicts
    }

    /// Judges whether the tag leaves this very page out.
    static func scope(_ tag: PageTag, on page: WebAddress) -> [Verdict] {
        var verdicts: [Verdict] = []
        if let domains = tag.element.value("data-domains").map(words), !domains.isEmpty {
            let isNamed = domains.contains { isHost(page.host, $0) }
            verdicts.append(
                isNamed
                    ? .ok("domains", "data-domains names \(page.host)")
                    : .fail(
                        "domains", "data-domains leaves \(page.host) out",
                        mend: "data-domains=\"\((domains + [page.host]).joined(separator: ","))\""))
        }
        if let patterns = tag.element.value("data-exclude").map(words),
            let pattern = patterns.first(where: { begins(page.path, with: $0) })
        {
            verdicts.append(
                .fail(
                    "exclude", "data-exclude leaves \(page.path) out: '\(pattern)'",
                    mend: "take '\(pattern)' out of data-exclude"))
        }
        return verdicts
    }

    private static func words(_ list: String) -> [String] {
        list.split { ", \t\n\r".contains($0) }.map(String.init)
    }

    /// Whether a host is the one that is named, or one below it: `*.example.org`.
    static func isHost(_ host: String, _ name: String) -> Bool {
        name == host || (name.hasPrefix("*.") && host.hasSuffix(name.dropFirst()))
    }

    /// Whether a pattern is the beginning of a path, whole parts of it; `*` is any text within a part.
    static func begins(_ path: String, with pattern: String) -> Bool {
        let pattern = pattern.hasSuffix("/") ? pattern.dropLast() : pattern[...]
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let wanted = pattern.split(separator: "/", omittingEmptySubsequences: false)
        return wanted.count <= parts.count && zip(parts, wanted).allSatisfy { matches($0, $1) }
    }

    /// Whether a text is of a pattern, in which `*` stands for anything.
    private static func matches(_ text: Substring, _ pattern: Substring) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard let first = parts.first, let last = parts.last, parts.count > 1 else { return text == pattern }
        guard text.hasPrefix(first) else { return false }
        var rest = text.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let behind = rest.end(of: part) else { return false }
            rest = rest[behind...]
        }
        return rest.count >= last.count && rest.hasSuffix(last)
    }
}

extension Substring {
    /// Where the first `part` in it ends.
    fileprivate func end(of part: Substring) -> Index? {
        var rest = self
        while !rest.isEmpty {
            if rest.hasPrefix(part) { return rest.index(rest.startIndex, offsetBy: part.count) }
            rest = rest.dropFirst()
        }
        return nil
    }
}
