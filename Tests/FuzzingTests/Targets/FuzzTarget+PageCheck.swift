@testable import ServerDoctor

extension FuzzTarget {
    /// The elements of a page, and what is made of them.
    static let pageElements = FuzzTarget(
        name: "page-elements", longestInput: 600,
        seeds: {
            Seed.texts([
                "<!doctype html><script async src='/pointerscope.js' data-domains=\"a b\"></script><p>x",
                "<!-- <script> --><meta http-equiv=Content-Security-Policy content=\"default-src &#39;self&#39;\">",
                "<base href=../><SCRIPT SRC=pointerscope.js/ type=module>pointerscope</script ><template><script>",
                "<script>'wss://a/ws'+\"pointerscope\"</script><style><script></style><plaintext><script>",
                "<script src=\"",
                "<a title='<script>'><script src=//[::1]:1/pointerscope.js data-endpoint=/ws data-exclude=*/a*>",
            ])
        }
    ) { input in
        let html = Array(input)
        let elements = PageElements.find(in: html)
        guard elements.count <= PageElements.most else { return "\(elements.count) elements" }
        for element in elements {
            let names = element.attributes.map(\.name)
            if Set(names).count != names.count { return "an attribute twice: \(names)" }
            // What stands between the tags is of the page.
            if element.content.startIndex < 0 || element.content.endIndex > html.count {
                return "past the end"
            }
        }
        guard let page = WebAddress(parsing: "https://shop.example/a/b?c") else { return "no page" }
        for tag in PageTag.all(in: elements) {
            let address = tag.reference.flatMap { page.resolved($0) }
            if let address, WebAddress(parsing: address.text) != address {
                return "read again: \(address.text)"
            }
            _ = PageJudge.scope(tag, on: page)
            let script = Array(tag.element.content)
            if case .address(let end, _) = PageJudge.endpoint(of: tag, script: script),
                !end.scheme.isWebSocket
            {
                return "samples would go to \(end.text)"
            }
        }
        return nil
    }

    /// A policy, and what it says of a script and a connection.
    static let pagePolicy = FuzzTarget(
        name: "page-policy", longestInput: 300,
        seeds: {
            Seed.texts([
                "default-src 'self'; script-src https://*.example:* 'nonce-abc' 'strict-dynamic'; connect-src wss: a/b/",
                "sandbox allow-scripts; script-src-elem 'none', connect-src *",
                "connect-src http://[::1]:80/ *.x 'self' x:",
            ])
        }
    ) { input in
        let text = String(decoding: input, as: UTF8.self)
        guard let page = WebAddress(parsing: "https://shop.example/"),
            let script = WebAddress(parsing: "https://watch.example/pointerscope.js"),
            let socket = WebAddress(parsing: "wss://watch.example/ws"),
            let tag = PageTag.all(in: PageElements.find(in: Array("<script src=pointerscope.js>".utf8))).first
        else { return "no page" }
        // What is advised has to help: with the words added the same policy lets it through.
        for policy in PagePolicy.all(in: [text]) {
            let verdict = PageJudge.scriptPolicy([policy], tag, at: script, on: page)
            guard verdict.level == .fail, let directive = policy.scripts, !policy.forbidsAllScripts,
                !directive.isStrictlyDynamic
            else { continue }
            let sources = directive.sources.filter { $0.lowercased() != "'none'" } + [script.origin]
            let mended = PagePolicy(parsing: "script-src " + sources.joined(separator: " "))
            if mended.scripts?.allows(script, on: page) != true { return "the mend does not help: \(text)" }
        }
        _ = PageJudge.connectPolicy(PagePolicy.all(in: [text]), to: socket, on: page)
        return nil
    }

    /// An address, and one that is told from it.
    static let webAddress = FuzzTarget(
        name: "web-address", longestInput: 120,
        seeds: {
            Seed.texts([
                "https://a.example:8443/b/../c?d#e", "wss://[::1]/ws", "//b/./c", "../d?e", "data:x",
                "http://a/%41\u{fc}",
            ])
        }
    ) { input in
        let text = String(decoding: input, as: UTF8.self)
        let base = WebAddress(parsing: "https://shop.example/a/b?c")
        for address in [WebAddress(parsing: text), base?.resolved(text)].compactMap({ $0 }) {
            // It goes into a request line, a Host field and a terminal.
            guard address.text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                return "no plain text: \(address.text)"
            }
            guard address.path.hasPrefix("/"), !address.path.contains("?") else {
                return "no path: \(address.path)"
            }
            if WebAddress(parsing: address.text) != address { return "read again: \(address.text)" }
            let parts = address.path.split(separator: "/")
            if parts.contains(where: { $0 == "." || $0 == ".." }) { return "dots are left: \(address.path)" }
        }
        return nil
    }
}
