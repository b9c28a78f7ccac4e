public import HTTPWire

/// What `top` was asked to do, checked as a whole.
public struct TopSettings {
    /// What goes to standard output.
    public enum Output: Equatable {
        /// The picture where there is a terminal, else lines.
        case live
        /// One picture as text or as a JSON object, then the end.
        case once(isJSON: Bool)
        /// A JSON object a second.
        case jsonLines
    }

    let server: ServerURL
    /// A file of the authorities that are believed in the place of the system's.
    let authorities: String?
    let drawing: DrawingSettings
    let output: Output
    /// What it shows the server instead of a session; nil without one.
    let token: BearerToken?

    /// Watches `server`.
    public init(
        server: ServerURL, authorities: String?, drawing: DrawingSettings, output: Output, token: BearerToken?
    ) {
        self.server = server
        self.authorities = authorities
        self.token = token
        self.drawing = drawing
        self.output = output
    }
}
