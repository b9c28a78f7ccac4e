import TerminalGraph

/// What `serve` and `top` have in common: how the picture is drawn.
extension OptionSpecification {
    private static let pictureRange = 1...30

    static let drawing: [OptionSpecification] = [
        OptionSpecification(
            name: "fps", argument: .required("N"), defaultValue: "10",
            help: "pictures a second, \(pictureRange.words)",
            complaint: { Complaint.count($0, in: pictureRange) }),
        OptionSpecification(
            name: "glyphs", argument: .required("WORD"), defaultValue: "auto",
            help: "signs to draw with: auto, braille, blocks or ascii; auto asks the locale",
            choices: ["auto", "braille", "blocks", "ascii"]),
        OptionSpecification(
            name: "colors", argument: .required("WORD"), defaultValue: "auto",
            help: "auto, none, 16, 256 or true; auto asks the terminal and NO_COLOR",
            choices: ["auto", "none", "16", "256", "true"]),
        OptionSpecification(
            name: "theme", argument: .required("THEME"), defaultValue: "dark",
            help: "dark, light, contrast, or a file of `style = #rrggbb` lines",
            suggestions: { Theme.names },
            complaint: { $0.isEmpty ? "must be a theme's name or a file" : nil }),
        OptionSpecification(
            name: "mouse", argument: .required("WORD"), defaultValue: "on",
            help: "on or off; off leaves clicks to the terminal, for selecting text",
            choices: ["on", "off"]),
        OptionSpecification(
            name: "plain", argument: .none, defaultValue: "",
            help: "a line of text a second instead of a picture, also for screen readers",
            complaint: Complaint.flag),
    ]

    static let config = OptionSpecification(
        name: "config", argument: .required("PATH"), defaultValue: "",
        help: "read options from a file, `name = value` a line, or a directory of them",
        complaint: { $0.isEmpty ? "must name a file or a directory" : nil })
}
