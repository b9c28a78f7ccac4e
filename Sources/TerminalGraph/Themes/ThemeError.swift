/// What is wrong with a theme's text, and how to mend it.
public struct ThemeError: Error, Sendable, Equatable {
    /// Counted from 1.
    public var line: Int
    /// For a person to read.
    public var reason: String
}
