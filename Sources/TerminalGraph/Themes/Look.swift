/// How a theme wants a style to look.
struct Look: Equatable, Sendable {
    /// A colour of a theme, with what stands for it where there are eight.
    struct Color: Hashable, Sendable {
        var exact: RGB
        /// An index into the eight colours of every terminal.
        var ofEight: Int16
    }

    /// nil is the terminal's own.
    var foreground: Color?
    var background: Color?
    var isBold = false
    var isDim = false
    var isUnderlined = false
}
