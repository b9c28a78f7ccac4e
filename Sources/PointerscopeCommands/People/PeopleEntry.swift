import PosixIO

/// Runs `admin ...` and `token ...`; `first` is that word. Returns the exit status.
func runPeopleCommand(_ first: String, _ arguments: [String]) -> Int32 {
    guard let second = arguments.first else {
        writeText(HelpText.family(first), to: 2)
        return ExitCode.usage.rawValue
    }
    guard let command = CommandSpecification.all.first(where: { $0.name == "\(first) \(second)" }) else {
        if ["--help", "-h", "help"].contains(second) { return answer(HelpText.family(first)) }
        return unknown("\(first) \(second)")
    }
    let environment = ProcessEnvironment.variables()
    return parse(command, Array(arguments.dropFirst()), environment: environment) {
        values throws(UsageError) in
        for wanted in [command.positional, command.secondPositional] {
            guard let wanted, values[wanted.name] == nil else { continue }
            throw UsageError(
                message: "\(wanted.placeholder) is missing: \(HelpText.usage(of: command))",
                exitStatus: .usage)
        }
        let path = try StatePath.resolve(values, environment: environment)
        let now = MonotonicClock.wallClock() / 1_000_000_000
        do throws(CommandFailure) {
            if first == "admin" {
                try AdminCommands(values: values, path: path, now: now).run(second)
            } else {
                try TokenCommands(values: values, path: path, now: now).run(second)
            }
            return ExitCode.success.rawValue
        } catch {
            if !error.message.isEmpty { complain(error.message) }
            return error.exitStatus.rawValue
        }
    }
}
