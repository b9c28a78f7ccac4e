import TerminalGraph

/// How the picture is drawn, checked as a whole: what `serve` and `top` have in common.
struct DrawingSettings {
    var picturesPerSecond: Int
    /// Nil asks the locale.
    var glyphs: Glyphs?
    /// Nil asks the terminal.
    var colors: ColorDepth?
    var theme: Theme
    var hasMouse: Bool
    /// A line a second instead of a picture.
    var isPlain: Bool

    /// Reads parsed values; what each of them says alone was checked by the option table.
    init(_ values: OptionValues) throws(UsageError) {
        picturesPerSecond = values["fps"].flatMap { Int($0) } ?? 10
        switch values["glyphs"] {
        case "braille": glyphs = .unicode
        case "blocks": glyphs = .blocks
        case "ascii": glyphs = .ascii
        default: glyphs = nil
        }
        switch values["colors"] {
        case "none": colors = ColorDepth.none
        case "16": colors = .sixteen
        case "256": colors = .twoHundredFiftySix
        case "true": colors = .trueColor
        default: colors = nil
        }
        hasMouse = values["mouse"] != "off"
        isPlain = values["plain"].flatMap { Complaint.truth(of: $0) } ?? false
        theme = try Self.theme(values)
    }

    private static func theme(_ values: OptionValues) throws(UsageError) -> Theme {
        let name = values["theme"] ?? "dark"
        if let theme = Theme.named(name) { return theme }
        guard let text = readWholeFile(name, limit: TopLimits.fileBytes) else {
            throw UsageError(
                message:
                    "\(values.origin(of: "theme")) \(name): is neither \(Theme.names.joined(separator: ", ")) "
                    + "nor a file that can be read",
                exitStatus: .configuration)
        }
        do throws(ThemeError) {
            return try Theme(parsing: text)
        } catch {
            throw UsageError(message: "\(name):\(error.line): \(error.reason)", exitStatus: .configuration)
        }
    }

    /// What is known of the terminal, with what was asked for in its place.
    var traits: TerminalTraits {
        var traits = TerminalTraits.current(glyphs: glyphs, colors: colors, theme: theme)
        traits.usesMouse = hasMouse
        return traits
    }
}
