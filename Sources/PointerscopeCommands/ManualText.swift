import MasterProcess

/// Manual pages, made from the option table (man(7), "Sections").
enum ManualText {
    /// The page of the program as a whole.
    static func overview() -> String {
        var text = head("pointerscope", summary: "what every visitor's mouse is doing on your pages, live")
        text += ".SH SYNOPSIS\n.B pointerscope\n.I COMMAND\n.RI [ OPTIONS ]\n"
        text += """
            .SH DESCRIPTION
            A script tag sends pointer events over WebSocket to worker processes. They pass them to a master, which
            broadcasts them to admins and draws a live graph in the terminal it was started from.
            .SH COMMANDS

            """
        for command in CommandSpecification.all {
            text += ".TP\n.B \(escaped(HelpText.usage(of: command, program: "pointerscope")))\n"
            text += "\(line(command.summary))\n"
        }
        text += environment(.serve) + statuses
        text += seeAlso(CommandSpecification.all.map(\.name))
        return text
    }

    /// The page of a command.
    static func page(of command: CommandSpecification) -> String {
        let name = "pointerscope-\(dashed(command.name))"
        var text = head(name, summary: command.summary)
        text +=
            ".SH SYNOPSIS\n.B \(escaped(HelpText.usage(of: command, program: "pointerscope")))\n.RI [ OPTIONS ]\n"
        text += ".SH DESCRIPTION\n"
        for part in command.description.split(separator: "\n") { text += "\(line(String(part)))\n" }
        if !command.positionals.isEmpty { text += ".SH ARGUMENTS\n" }
        for option in command.positionals { text += item(".I \(escaped(option.placeholder))", option) }
        text += ".SH OPTIONS\n"
        for option in command.options {
            text += item(usage(of: option), option)
            guard command.name == CommandSpecification.serve.name else { continue }
            text += ".br\nOn reload: \(ReloadReach.of(option.name).words).\n"
        }
        text += ".TP\n.B \\-\\-help\nthe options in short\n.TP\n.B \\-\\-version\nthe version\n"
        text += environment(command)
        text += ".SH EXAMPLES\n"
        for example in command.examples { text += ".PP\n.EX\npointerscope \(escaped(example))\n.EE\n" }
        return text + statuses + seeAlso([])
    }

    /// The names of all pages.
    static var names: [String] { CommandSpecification.all.map { dashed($0.name) } + ["pointerscope"] }

    /// The name of a command's page.
    static func dashed(_ name: String) -> String { name.split(separator: " ").joined(separator: "-") }

    private static func head(_ name: String, summary: String) -> String {
        """
        .\\" Made by: pointerscope man
        .TH \(name.uppercased()) 1 "" "Pointerscope \(productVersion)" "User Commands"
        .SH NAME
        \(escaped(name)) \\- \(escaped(summary))

        """
    }

    private static func usage(of option: OptionSpecification) -> String {
        let name = escaped("--\(option.name)")
        return switch option.argument {
        case .none: ".B \(name)"
        case .required(let placeholder): ".BI \(name) \" \(escaped(placeholder))\""
        case .optional(let placeholder, _): ".BR \(name) [=\\fI\(escaped(placeholder))\\fR]"
        }
    }

    private static func item(_ head: String, _ option: OptionSpecification) -> String {
        var text = ".TP\n\(head)\n\(line(option.help))\n"
        if !option.defaultValue.isEmpty { text += ".br\nDefault: \(escaped(option.defaultValue))\n" }
        return text
    }

    private static func environment(_ command: CommandSpecification) -> String {
        guard let first = command.settable.first else { return "" }
        return """
            .SH ENVIRONMENT AND FILES
            Every option can be set in the environment as
            .BR POINTERSCOPE_\\fINAME\\fP ,
            as
            .B \(escaped(first.environmentName))
            for \(escaped(first.name)), and in the file or directory of
            .BR \\-\\-config .
            A flag weighs more than the environment, that more than a file.

            """
    }

    /// As in sysexits.h(3head).
    private static let statuses = """
        .SH EXIT STATUS
        0 all went well; 64 bad arguments or environment; 66 a file cannot be read; 67 no such worker, person or token;
        69 what is needed does not answer; 70 a fault of its own, or a new worker that is not ready; 71 the system refused
        something; 73 a file cannot be made; 74 reading or writing failed; 75 not now, try again; 77 not permitted;
        78 a wrong configuration.

        """

    private static func seeAlso(_ names: [String]) -> String {
        let pages = names.isEmpty ? ["pointerscope"] : names.map { "pointerscope-\(dashed($0))" }
        return ".SH SEE ALSO\n" + pages.map { ".BR \(escaped($0)) (1)" }.joined(separator: ",\n") + "\n"
    }

    /// A line of text, of which none is taken for a request.
    private static func line(_ text: String) -> String {
        let escaped = escaped(text)
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&\(escaped)" : escaped
    }

    private static func escaped(_ text: String) -> String {
        text.map { character in
            switch character {
            case "\\": "\\e"
            case "-": "\\-"
            case "\"": "\\(dq"
            case "`": "\\(ga"
            case "'": "\\(aq"
            default: String(character)
            }
        }.joined()
    }
}
