/// Bounds of the control protocol, each with its reason.
public enum ControlLimits {
    /// One request with its line feed: the longest there is has 16 bytes.
    public static let requestBytes = 64
    /// Requests that a client may send ahead while one is answered: a script's few lines.
    public static let aheadBytes = 1024
    /// Workers that a server may have.
    public static let workers = 256
    /// Lines of the log that may be asked for at once: what is kept of it.
    public static let lines = 4096
    /// Lines of the log that are shown where nobody says how many.
    public static let standardLines = 15
    /// One line of an answer with its line feed: a line of the log with some twenty texts, each as long as it
    /// may be, and escaped.
    public static let answerBytes = 256 * 1024
    /// How much of a request that nobody understands is said back.
    static let quotedBytes = 24
    /// Values within values in a line of an answer.
    static let depth = 8
}
