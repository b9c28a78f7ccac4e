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
    let drawing: DrawingSettings
    let output: Output
    /// What it shows the server instead of a session; nil without one.
    let token: BearerToken?

    /// Watches `server`.
    public init(server: ServerURL, drawing: DrawingSettings, output: Output, token: BearerToken?) {
        self.server = server
        self.token = token
        self.drawing = drawing
        self.output = output
    }
}
