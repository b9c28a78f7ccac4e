import ByteCore

/// What a page may load and talk to, and who may hold it in a frame (Content Security Policy, level 3).
struct ContentPolicy {
    let bytes: [UInt8]

    /// Neither page is framed, has its links led elsewhere, or sends a form.
    private static let closed: StaticString =
        "; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

    /// The dashboard: its own files and its own server's stream, and nothing else.
    static let dashboard = ContentPolicy { text in
        text.append("default-src 'self'")
    }

    /// The sample page: one file with its style and script in it, whose snippet talks to `ingest`
    /// (`HOST:PORT`) and to nobody else.
    ///
    /// A policy cannot name an IPv6 address (section 2.3.1, host-part): there it is any host on that port.
    static func samplePage(ingest: String) -> ContentPolicy {
        ContentPolicy { text in
            text.append("default-src 'self'; script-src 'self' 'unsafe-inline'; ")
            text.append("style-src 'self' 'unsafe-inline'; connect-src ws://")
            if ingest.hasPrefix("["), let colon = ingest.lastIndex(of: ":") {
                text.append("*")
                text.append(text: String(ingest[colon...]))
            } else {
                text.append(text: ingest)
            }
        }
    }

    private init(_ write: (inout ByteBuffer) -> Void) {
        var text = ByteBuffer(capacity: 256)
        write(&text)
        text.append(Self.closed)
        bytes = unsafe Array(text.readable)
    }
}
