import ByteCore

@testable import HTTPWire
@testable import ViewerGateway

extension FuzzTarget {
    /// Under which name people reach a server, and behind a line feed a Host or an Origin held against it.
    static let publicURL = FuzzTarget(
        name: "public-url", longestInput: 400,
        seeds: {
            Seed.texts([
                "https://watch.example.org/ps\nwatch.example.org", "HTTP://LocalHost.:80/\nlocalhost:80",
                "https://[2001:db8::1]:8443/a/b\n[2001:db8:0::1]:8443",
                "https://192.0.2.1\nhttps://192.0.2.1:443",
                "https://a.example/../b", "https://a@b", "https://1", "https://a:0", "https://a?b",
                "https://[::1",
                "https://a.example\nhttps://a.example.evil.example",
            ])
        }
    ) { input in
        let parts = Array(input).split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        let text = String(decoding: parts.first ?? [], as: UTF8.self)
        guard let url = try? PublicURL(parsing: text) else { return nil }
        guard (try? PublicURL(parsing: url.text)) == url else { return "\(url) is not \(url.text)" }
        for made in [url.text, url.ingestURL, url.origin] {
            // It goes into heads, attributes and literals as it is.
            let isClean = made.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"'<>&\\;,".utf8.contains($0) }
            guard isClean else { return "\(made) is more than a URL" }
        }
        let isOwn = Array(url.origin.utf8).withUnsafeBytes { url.isOrigin($0) }
        guard isOwn else { return "\(url.origin) is not its origin" }
        guard isNamed(url, Array(url.authority.utf8)) else { return "\(url.authority) is not its name" }
        let other = parts.count > 1 ? Array(parts[1]) : []
        // What it takes for itself is the same in other letters at most, but for a port that is left out.
        if other.withUnsafeBytes({ url.isOrigin($0) }) {
            let named = String(decoding: other, as: UTF8.self).lowercased()
            let begins = url.isSecure ? "https://" : "http://"
            guard named.hasPrefix(begins) else { return "\(named) is taken for \(url.origin)" }
        }
        if isNamed(url, other), !url.authority.hasPrefix("["), other.first != UInt8(ascii: "[") {
            let host = String(decoding: other.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self).lowercased()
            let own = url.authority.split(separator: ":")[0]
            let isOwn = host == own || host == "\(own)."
            guard isOwn else { return "\(host) is taken for \(url.authority)" }
        }
        return nil
    }

    private static func isNamed(_ url: PublicURL, _ host: [UInt8]) -> Bool {
        host.withUnsafeBytes { bytes in
            guard let authority = try? HTTPAuthority(bytes, from: 0, to: bytes.count) else { return false }
            return url.isNamed(by: authority, in: bytes)
        }
    }

    /// A page's template, and behind a NUL the value that is filled in everywhere.
    static let pageTemplate = FuzzTarget(
        name: "page-template", longestInput: 300,
        seeds: {
            Seed.texts([
                "<a title=\"{{A}}\">{{A}}</a>\0<b>'\"&", "{{?A}}<p>{{A}}</p>{{/A}}x\0", "{{{A}}}\0{{A}}",
                "{{?A}}{{?B}}{{/A}}{{/B}}\0x", "{{", "{{A", "{{A-B}}{{a}}", "{{?A}}never ended\0",
            ])
        }
    ) { input in
        let parts = Array(input).split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        let value = String(decoding: parts.count > 1 ? parts[1] : [], as: UTF8.self)
        let template = Array(parts.first ?? [])
        func fill(_ value: String) -> [UInt8] {
            template.withUnsafeBytes { bytes in
                var text = ByteBuffer(capacity: 64)
                PageTemplate(bytes).append(to: &text, ["A": value])
                return Array(text.readable)
            }
        }
        let marks = Array("<>\"'".utf8)
        let filled = fill(value)
        // A letter in its place leaves as many marks as a value that is not empty; both only what is its own.
        let plain = value.isEmpty ? fill("") : fill("x")
        for mark in marks where filled.count(where: { $0 == mark }) != plain.count(where: { $0 == mark }) {
            return "a value brought a mark of its own"
        }
        return nil
    }
}
