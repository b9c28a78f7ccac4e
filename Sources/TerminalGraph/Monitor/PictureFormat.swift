/// What is written of what is seen.
public enum PictureFormat: String, Sendable, CaseIterable {
    /// The signs on the screen.
    case text
    /// The whole picture as `top --once --json` prints it.
    case json
    /// The rows of the list that is shown, those out of sight too.
    case csv
    /// The screen in its colours.
    case svg

    /// The end of a file's name, for the format that it asks for.
    public var suffix: String { self == .text ? "txt" : rawValue }
}
