/// What shells need to complete a command line, made from the option table.
///
/// Bash: the function that complete(1) of bash(1), "Programmable Completion", calls. Zsh: `_describe` and
/// `_arguments` of zshcompsys(1). Fish: `complete` lines.
enum CompletionText {
    /// Shells that there is a text for.
    static let shells = ["bash", "zsh", "fish"]

    static func text(for shell: String) -> String {
        switch shell {
        case "zsh": zsh
        case "fish": fish
        default: bash
        }
    }

    private static let commands = CommandSpecification.all
    private static let others = [
        ("help", "the options of a command"), ("version", "the version; --json: its build"),
    ]

    /// First words, and what is said of each; a family has one of its own.
    private static var firstWords: [(word: String, summary: String)] {
        var words: [(String, String)] = []
        for command in commands {
            let word = first(command)
            if word == command.name {
                words.append((word, command.summary))
            } else if !words.contains(where: { $0.0 == word }) {
                words.append(
                    (word, family(word).map { String($0.dropFirst(word.count + 1)) }.joined(separator: ", ")))
            }
        }
        return words + others
    }

    private static func first(_ command: CommandSpecification) -> String {
        String(command.name.prefix { $0 != " " })
    }

    private static func family(_ word: String) -> [String] {
        commands.map(\.name).filter { $0.hasPrefix("\(word) ") }
    }

    /// The second words of a family.
    private static func seconds(_ word: String) -> [String] {
        family(word).map { String($0.dropFirst(word.count + 1)) }
    }

    private static var families: [String] {
        var words: [String] = []
        for command in commands where command.name.contains(" ") && !words.contains(first(command)) {
            words.append(first(command))
        }
        return words
    }

    private static func takesFile(_ option: OptionSpecification) -> Bool {
        ["FILE", "PATH", "FILE.html", "THEME", "DIR", "MOTION"].contains(option.placeholder)
    }

    private static func takesValue(_ option: OptionSpecification) -> Bool {
        if case .required = option.argument { true } else { false }
    }

    // Bash

    private static var bash: String {
        var text = """
            # bash completion for pointerscope, made by: pointerscope completion bash
            _pointerscope() {
                local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} place=$COMP_CWORD
                local command=${COMP_WORDS[1]} words=
                COMPREPLY=()
                # What stands behind an equals sign is a word of its own.
                if [[ $current == = ]]; then
                    current=
                elif [[ $previous == = ]]; then
                    previous=${COMP_WORDS[COMP_CWORD-2]}
                fi
                if ((place == 1)); then
                    COMPREPLY=($(compgen -W "\(firstWords.map(\.word).joined(separator: " "))" -- "$current"))
                    return
                fi
                case $command in

            """
        for word in families {
            let seconds = seconds(word).joined(separator: " ")
            text += """
                        \(word))
                            if ((place == 2)); then
                                COMPREPLY=($(compgen -W "\(seconds)" -- "$current"))
                                return
                            fi
                            command="\(word) ${COMP_WORDS[2]}" ;;

                """
        }
        let helped = firstWords.map(\.word).joined(separator: " ")
        text += """
                    help)
                        case $place${COMP_WORDS[2]} in
                            2*) words="\(helped)" ;;

            """
        for word in families {
            text += "                3\(word)) words=\"\(seconds(word).joined(separator: " "))\" ;;\n"
        }
        text += """
                        esac
                        COMPREPLY=($(compgen -W "$words" -- "$current"))
                        return ;;
                esac
                case "$command $previous" in

            """
        for command in commands {
            for option in command.options where option.argument != .none {
                let label = "        \"\(command.name) --\(option.name)\")"
                let words = option.offered.joined(separator: " ")
                if takesFile(option) {
                    text +=
                        "\(label) compopt -o filenames\n            COMPREPLY=("
                        + (words.isEmpty ? "" : "$(compgen -W \"\(words)\" -- \"$current\") ")
                        + "$(compgen -f -- \"$current\")); return ;;\n"
                } else if !words.isEmpty {
                    text += "\(label) words=\"\(words)\" ;;\n"
                } else if takesValue(option) {
                    text += "\(label) return ;;\n"
                }
            }
        }
        text += "    esac\n    if [[ -n $words ]]; then\n"
        text += "        COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n        return\n    fi\n"
        text += "    case $command in\n"
        for command in commands {
            let flags = command.options.map { "--\($0.name)" } + ["--help"]
            let words = (command.positionals.flatMap(\.offered) + flags).joined(separator: " ")
            text += "        \"\(command.name)\") words=\"\(words)\" ;;\n"
        }
        return text + """
                esac
                COMPREPLY=($(compgen -W "$words" -- "$current"))
            }
            complete -F _pointerscope pointerscope

            """
    }

    // Zsh

    private static var zsh: String {
        func quoted(_ text: String) -> String {
            "'" + text.split(separator: "'").joined(separator: "’") + "'"
        }
        func escaped(_ text: String) -> String {
            text.map { ":[]\\".contains($0) ? "\\\($0)" : String($0) }.joined()
        }
        func described(_ words: [(String, String)]) -> String {
            words.map { quoted("\($0.0):\(escaped($0.1))") }.joined(separator: " ")
        }
        func argument(_ option: OptionSpecification) -> String {
            let placeholder = escaped(option.placeholder)
            let words = option.offered.map { escaped($0) }.joined(separator: " ")
            if takesFile(option), !words.isEmpty {
                return ":\(placeholder):{compadd \(words); _files}"
            }
            if !words.isEmpty { return ":\(placeholder):(\(words))" }
            return takesFile(option) ? ":\(placeholder):_files" : ":\(placeholder): "
        }
        func specification(_ option: OptionSpecification) -> String {
            let repeats = option.isRepeatable ? "*" : ""
            let help = escaped(option.help)
            return switch option.argument {
            case .none: quoted("\(repeats)--\(option.name)[\(help)]")
            case .required: quoted("\(repeats)--\(option.name)=[\(help)]\(argument(option))")
            case .optional: quoted("\(repeats)--\(option.name)=-[\(help)]:\(argument(option))")
            }
        }
        var text = """
            #compdef pointerscope
            # zsh completion for pointerscope, made by: pointerscope completion zsh
            _pointerscope() {
                local -a known
                if ((CURRENT == 2)); then
                    known=(\(described(firstWords.map { ($0.word, $0.summary) })))
                    _describe command known
                    return
                fi
                local command=$words[2]
                case $command in

            """
        for word in families {
            let seconds = commands.filter { first($0) == word }
                .map { (String($0.name.dropFirst(word.count + 1)), $0.summary) }
            text += """
                        \(word))
                            if ((CURRENT == 3)); then
                                known=(\(described(seconds)))
                                _describe command known
                                return
                            fi
                            command="\(word) $words[3]"
                            shift words
                            ((CURRENT--)) ;;

                """
        }
        text += """
                    help)
                        case $((CURRENT - 3))$words[3] in
                            0*) known=(\(described(firstWords.map { ($0.word, $0.summary) }))) ;;

            """
        for word in families {
            let seconds = commands.filter { first($0) == word }
                .map { (String($0.name.dropFirst(word.count + 1)), $0.summary) }
            text += "                1\(word)) known=(\(described(seconds))) ;;\n"
        }
        text += "            esac\n            _describe command known\n            return ;;\n"
        text += "    esac\n    shift words\n    ((CURRENT--))\n    case $command in\n"
        for command in commands {
            text += "        \(quoted(command.name)))\n            _arguments"
            for option in command.options { text += " \\\n                \(specification(option))" }
            for option in command.positionals {
                text += " \\\n                \(quoted(":" + argument(option).dropFirst()))"
            }
            text += " ;;\n"
        }
        return text + "    esac\n}\n_pointerscope \"$@\"\n"
    }

    // Fish

    private static var fish: String {
        func quoted(_ text: String) -> String {
            "'" + text.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "'"
        }
        // A word that names a command may be an argument of another one (`config check`, `help serve`), so
        // where it stands counts, which __fish_seen_subcommand_from does not look at.
        var text = """
            # fish completion for pointerscope, made by: pointerscope completion fish
            function __pointerscope_words_are
                set -l words (commandline -opc)[2..-1]
                test "$words" = "$argv"
            end
            function __pointerscope_words_begin
                set -l words (commandline -opc)[2..-1]
                set -l wanted (count $argv)
                test (count $words) -ge $wanted; and test "$words[1..$wanted]" = "$argv"
            end
            complete -c pointerscope -f

            """
        for (word, summary) in firstWords {
            text +=
                "complete -c pointerscope -n __pointerscope_words_are -a \(word) -d \(quoted(summary))\n"
        }
        let firsts = firstWords.map(\.word).joined(separator: " ")
        text += "complete -c pointerscope -n '__pointerscope_words_are help' -a \(quoted(firsts))\n"
        for command in commands {
            let words = command.name.split(separator: " ")
            if words.count == 2 {
                let summary = "-a \(words[1]) -d \(quoted(command.summary))"
                for before in [String(words[0]), "help \(words[0])"] {
                    text += "complete -c pointerscope -n '__pointerscope_words_are \(before)' \(summary)\n"
                }
            }
            let condition = "__pointerscope_words_begin \(command.name)"
            for option in command.options {
                text += "complete -c pointerscope -n \(quoted(condition)) -l \(option.name)"
                if takesValue(option) { text += takesFile(option) ? " -r -F" : " -x" }
                if !option.offered.isEmpty { text += " -a \(quoted(option.offered.joined(separator: " ")))" }
                text += " -d \(quoted(option.help))\n"
            }
            for choice in command.positionals.flatMap(\.offered) {
                text += "complete -c pointerscope -n \(quoted(condition)) -a \(choice)\n"
            }
        }
        return text
    }
}
