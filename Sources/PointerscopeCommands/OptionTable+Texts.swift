extension CommandSpecification {
    static let texts = [
        CommandSpecification(
            name: "completion",
            summary: "what a shell needs to complete its command lines",
            description: """
                Prints a script for bash, zsh or fish. make install puts each where its shell looks.
                """,
            positional: OptionSpecification(
                name: "shell", argument: .required("SHELL"), defaultValue: "bash",
                help: "bash, zsh or fish", choices: CompletionText.shells),
            options: [],
            examples: ["completion bash > ~/.local/share/bash-completion/completions/pointerscope"]),
        CommandSpecification(
            name: "man",
            summary: "a manual page, for man to read",
            description: """
                Prints the manual page of a command, or of the program, in roff. make install puts them where man
                looks.
                """,
            positional: OptionSpecification(
                name: "command", argument: .required("COMMAND"), defaultValue: "pointerscope",
                help: "a command; one of two words with a dash between: admin-add",
                suggestions: { ManualText.names },
                complaint: { ManualText.names.contains($0) ? nil : "is no command" }),
            options: [], examples: ["man serve | man -l -"]),
    ]
}

/// Runs `completion` and `man`, which `command` is; returns the exit status.
func printText(_ command: CommandSpecification, _ values: OptionValues) -> Int32 {
    if command.name == "completion" { return answer(CompletionText.text(for: values["shell"] ?? "bash")) }
    let wanted = CommandSpecification.all.first { ManualText.dashed($0.name) == values["command"] }
    return answer(wanted.map { ManualText.page(of: $0) } ?? ManualText.overview())
}
