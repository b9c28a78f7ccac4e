import ByteCore

/// What a page may load and talk to, who may hold it in a frame (Content Security Policy, level 3), and what
/// it says of itself where it leads to.
struct ContentPolicy {
    let bytes: [UInt8]
    /// Its Referrer-Policy.
    let referrer: StaticString

    /// No page is framed or has its links led elsewhere.
    private static let closed: StaticString = "; frame-ancestors 'none'; base-uri 'none'; form-action "

    /// What is no page, should a browser show it as one.
    static let nothing = ContentPolicy { text in
        text.append("default-src 'none'")
    }

    /// The dashboard: its own files and its own server, and nothing else.
    static let dashboard = ContentPolicy(referrer: pagesOfOurs) { text in
        text.append("default-src 'self'")
    }

    /// A page without a script, which may send a form to its own server.
    static let plainPage = ContentPolicy(referrer: pagesOfOurs, forms: "'self'") { text in
        text.append("default-src 'none'; style-src 'self'; img-src 'self'")
    }

    /// The sample page: its own files, and the snippet talks to the host of `ingest` (`ws://HOST:PORT`, with
    /// a path or not) and to nobody else: by WebSocket, or by posts where none gets through.
    ///
    /// A policy cannot name an IPv6 address (section 2.3.1, host-part): there it is any host on that port.
    static func samplePage(ingest: String) -> ContentPolicy {
        ContentPolicy { text in
            let parts = ingest.split(separator: "/", omittingEmptySubsequences: false)
            var host = parts.count > 2 ? String(parts[2]) : ""
            if host.hasPrefix("["), let end = host.lastIndex(of: "]") {
                host = "*" + host[host.index(after: end)...]
            }
            let isSecure = parts[0] == "wss:"
            text.append("default-src 'self'; connect-src ")
            text.append(isSecure ? "wss://" : "ws://")
            text.append(text: host)
            text.append(isSecure ? " https://" : " http://")
            text.append(text: host)
        }
    }

    /// Browsers name no Origin with a form's or a script's request from a page that keeps its address to
    /// itself altogether (Fetch, section 3.2), and it is by the Origin that such a request is believed.
    private static let pagesOfOurs: StaticString = "same-origin"

    private init(
        referrer: StaticString = "no-referrer", forms: StaticString = "'none'",
        _ write: (inout ByteBuffer) -> Void
    ) {
        self.referrer = referrer
        var text = ByteBuffer(capacity: 256)
        write(&text)
        text.append(Self.closed)
        text.append(forms)
        bytes = unsafe Array(text.readable)
    }
}
