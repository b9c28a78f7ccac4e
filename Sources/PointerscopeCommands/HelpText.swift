import PosixIO

/// `--help`, made from the option table.
enum HelpText {
    /// The list of commands.
    static func overview(
        _ commands: [CommandSpecification] = CommandSpecification.all, program: String = ProgramName.shell
    ) -> String {
        var text = """
            pointerscope - what every visitor's mouse is doing on your pages, live

            Usage: \(program) COMMAND [OPTIONS]

            Commands:

            """
        let lines =
            commands.map { ($0.name, $0.summary) } + [
                ("help COMMAND", "its options (or COMMAND --help)"),
                ("version", "the version; with --json what it was built from"),
            ]
        let width = (lines.map(\.0.count).max() ?? 0) + 3
        for (name, summary) in lines { text += "  \(padded(name, to: width))\(summary)\n" }
        return text
    }

    /// One command with its options.
    static func page(of command: CommandSpecification, program: String = ProgramName.shell) -> String {
        var text = "Usage: \(usage(of: command, program: program)) [OPTIONS]\n\n"
        text += "\(command.description)\n\n"
        let width = (command.options.map(\.usage.count).max() ?? 0) + 3
        if !command.positionals.isEmpty {
            text += command.positionals.count == 1 ? "Argument:\n" : "Arguments:\n"
            for option in command.positionals { text += line(option.placeholder, option, width) }
            text += "\n"
        }
        text += "Options:\n"
        for option in command.options { text += line(option.usage, option, width) }
        text += "  \(padded("--help", to: width))this text\n"
        text += "  \(padded("--version", to: width))the version\n"
        let example = command.settable.first.map { "\($0.name): \($0.environmentName)" } ?? ""
        text += """

            Everything can be set in the environment as POINTERSCOPE_NAME (\(example))
            and in the file of --config. A flag weighs more than the environment, that more than the file.

            Examples:

            """
        for example in command.examples { text += "  \(program) \(example)\n" }
        return text
    }

    /// The commands that begin with `word`.
    static func family(_ word: String, program: String = ProgramName.shell) -> String {
        let commands = CommandSpecification.all.filter { $0.name.hasPrefix("\(word) ") }
        let width = (commands.map { arguments(of: $0).count + $0.name.count }.max() ?? 0) + 3
        var text = "Usage: \(program) \(word) COMMAND [OPTIONS]\n\nCommands:\n"
        for command in commands {
            text += "  \(padded(command.name + arguments(of: command), to: width))\(command.summary)\n"
        }
        return text + "\n\(program) help \(word) COMMAND lists the options of one.\n"
    }

    /// How a command is called, without its options.
    static func usage(of command: CommandSpecification, program: String = ProgramName.shell) -> String {
        "\(program) \(command.name)\(arguments(of: command))"
    }

    /// In brackets what has a default.
    private static func arguments(of command: CommandSpecification) -> String {
        command.positionals.map { option in
            option.defaultValue.isEmpty ? " \(option.placeholder)" : " [\(option.placeholder)]"
        }.joined()
    }

    private static func line(_ usage: String, _ option: OptionSpecification, _ width: Int) -> String {
        let text = "  \(padded(usage, to: width))\(option.help)\n"
        guard !option.defaultValue.isEmpty else { return text }
        return text + "  \(padded("", to: width))(default \(option.defaultValue))\n"
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
