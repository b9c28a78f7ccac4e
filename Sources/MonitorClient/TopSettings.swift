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

    /// Watches `server`.
    public init(server: ServerURL, drawing: DrawingSettings, output: Output) {
        self.server = server
        self.drawing = drawing
        self.output = output
    }
}
