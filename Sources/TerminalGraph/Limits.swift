/// Bounds of the terminal's layer, each with its reason.
enum Limits {
    /// The widest picture: more than any screen of today shows at a readable size.
    static let canvasColumns = 1_000
    /// The highest picture.
    static let canvasRows = 500
    /// The smallest picture that still says something.
    static let overviewColumns = 40
    static let overviewRows = 10
    /// Bytes written to the terminal in one go, so that a fast terminal does not starve the loop.
    static let writeBytes = 64 * 1024
    /// Bytes read from the keyboard in one go: more than a person types and all that a small paste has.
    static let readBytes = 1024
    /// Bytes written one by one in one go where the terminal could not be opened without blocking.
    static let guardedWriteBytes = 4 * 1024
    /// Bytes of one escape sequence; what is longer is no key.
    static let escapeBytes = 32
    /// The highest figure in one: no screen has so many columns.
    static let escapeParameter = 65_535
    /// Bytes of a terminal's answer to a question that is not ours; none is longer that has an end.
    static let answerBytes = 4 * 1024
    /// Bytes of a theme: its styles ten times over, with a comment on each.
    static let themeBytes = 64 * 1024
}
