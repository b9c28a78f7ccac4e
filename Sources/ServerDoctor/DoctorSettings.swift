public import MonitorClient

/// What `doctor` was asked to look at, checked as a whole.
public struct DoctorSettings {
    let server: ServerURL
    /// Where visitors' sockets arrive, if it was named.
    let ingest: ServerURL?
    /// The page to be; nil is one of the server's own.
    let origin: String?
    /// Where plain HTTP is answered beside https; nil is 80, where https is on its own port.
    let plainPort: UInt16?
    /// A file of the authorities that are believed in the place of the system's.
    let authorities: String?
    /// A file with the token to sign in with.
    let tokenFile: String?
    let isJSON: Bool

    /// Looks at `server`.
    public init(
        server: ServerURL, ingest: ServerURL?, origin: String?, plainPort: UInt16?, authorities: String?,
        tokenFile: String?, isJSON: Bool
    ) {
        self.server = server
        self.ingest = ingest
        self.origin = origin
        self.plainPort = plainPort
        self.authorities = authorities
        self.tokenFile = tokenFile
        self.isJSON = isJSON
    }

    /// Reads `ws://HOST[:PORT][/PATH]` or the same with `wss`.
    public static func ingestURL(parsing text: String) throws(ServerURL.ParseError) -> ServerURL {
        for (scheme, other) in [("ws://", "http://"), ("wss://", "https://")]
        where text.prefix(scheme.count).lowercased() == scheme {
            return try ServerURL(parsing: other + text.dropFirst(scheme.count))
        }
        throw ServerURL.ParseError(complaint: "must begin with ws:// or wss://")
    }

    /// For the option table: what is wrong with `text`, or nil.
    @Sendable public static func ingestComplaint(_ text: String) -> String? {
        do throws(ServerURL.ParseError) {
            _ = try ingestURL(parsing: text)
            return nil
        } catch {
            return error.complaint
        }
    }
}
