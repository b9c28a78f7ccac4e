public import TerminalGraph

/// How the picture is drawn, checked as a whole: what `serve`, `top` and `load` have in common.
public struct DrawingSettings {
    /// At most so many pictures a second.
    public var picturesPerSecond: Int
    /// Nil asks the locale.
    public var glyphs: Glyphs?
    /// Nil asks the terminal.
    public var colors: ColorDepth?
    /// The colours of everything.
    public var theme: Theme
    /// The name of the theme, where it is a built-in one.
    public var themeName: String?
    /// Whether somebody asked for this theme and these pictures a second now, whatever was remembered.
    public var isThemeGiven = false
    public var isRateGiven = false
    /// Whether clicks are ours, and not the terminal's for selecting text.
    public var hasMouse: Bool
    /// A line a second instead of a picture.
    public var isPlain: Bool

    /// What is looked at first.
    public var firstLook = FirstLook()

    /// A theme file: a hundred times what one needs, bytes.
    public static let themeBytes = TopLimits.fileBytes

    /// Takes what was asked for.
    public init(
        picturesPerSecond: Int, glyphs: Glyphs?, colors: ColorDepth?, theme: Theme, hasMouse: Bool,
        isPlain: Bool
    ) {
        self.picturesPerSecond = picturesPerSecond
        self.glyphs = glyphs
        self.colors = colors
        self.theme = theme
        self.hasMouse = hasMouse
        self.isPlain = isPlain
    }

    /// What is known of the terminal, with what was asked for in its place.
    public var traits: TerminalTraits {
        var traits = TerminalTraits.current(glyphs: glyphs, colors: colors, theme: theme)
        traits.usesMouse = hasMouse
        return traits
    }
}
