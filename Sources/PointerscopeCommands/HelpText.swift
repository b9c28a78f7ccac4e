/// `--help`, made from the option table.
enum HelpText {
    /// The list of commands.
    static func overview(_ commands: [CommandSpecification] = CommandSpecification.all) -> String {
        var text = """
            pointerscope - what every visitor's mouse is doing on your pages, live

            Usage: pointerscope COMMAND [OPTIONS]

            Commands:

            """
        let width = (commands.map(\.name.count).max() ?? 0) + 3
        for command in commands { text += "  \(padded(command.name, to: width))\(command.summary)\n" }
        text += """

            pointerscope COMMAND --help tells a command's options; pointerscope --version the version.

            """
        return text
    }

    /// One command with its options.
    static func page(of command: CommandSpecification) -> String {
        var text = "Usage: pointerscope \(command.name) [OPTIONS]\n\n\(command.description)\n\nOptions:\n"
        let width = (command.options.map(\.usage.count).max() ?? 0) + 3
        for option in command.options {
            text += "  \(padded(option.usage, to: width))\(option.help)\n"
            guard !option.defaultValue.isEmpty else { continue }
            text += "  \(padded("", to: width))(default \(option.defaultValue))\n"
        }
        text += "  \(padded("--help", to: width))this text\n"
        text += """

            Every option can be set in the environment as POINTERSCOPE_NAME (--ingest: POINTERSCOPE_INGEST)
            and in the file of --config. A flag weighs more than the environment, that more than the file.

            Examples:

            """
        for example in command.examples { text += "  \(example)\n" }
        return text
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
