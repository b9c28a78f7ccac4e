import ByteCore
import PosixIO

extension CommandSpecification {
    static let config = [
        CommandSpecification(
            name: "config check",
            summary: "whether a configuration is right, and else where it is wrong",
            description: """
                Reads --config and the environment as serve, top, load and the others do, and starts nothing.
                Says how many settings hold, or in one line what is wrong, where, and how to mend it. Ports
                and folders are not tried. Exit status: 0 all is well; 64 the environment is wrong; 78 the
                configuration is.
                """,
            options: [.config], examples: ["config check --config /etc/pointerscope"]),
        CommandSpecification(
            name: "config show",
            summary: "what holds for serve, defaults included, and who said so",
            description: """
                Prints every setting that serve would run with as the lines of a configuration file. With
                --origin each has a line above that says where it comes from.
                """,
            options: [
                OptionSpecification(
                    name: "origin", argument: .none, defaultValue: "",
                    help: "say where each value comes from: FILE:LINE, the environment, or default",
                    complaint: Complaint.flag),
                OptionSpecification(
                    name: "json", argument: .none, defaultValue: "", help: "print one JSON object",
                    complaint: Complaint.flag),
                .config,
            ],
            examples: ["config show", "config show --origin --config /etc/pointerscope"]),
    ]
}

/// Runs `config ...`; returns the exit status.
func runConfigCommand(_ arguments: [String]) -> Int32 {
    guard let second = arguments.first else {
        writeText(HelpText.family("config"), to: 2)
        return ExitCode.usage.rawValue
    }
    guard let command = CommandSpecification.config.first(where: { $0.name == "config \(second)" }) else {
        if ["--help", "-h", "help"].contains(second) { return answer(HelpText.family("config")) }
        return unknown("config \(second)")
    }
    let environment = ProcessEnvironment.variables()
    do throws(UsageError) {
        // Its own flags only: what the file and the environment name is meant for the commands they are
        // read for.
        let outcome = try OptionParser(command: command).parse(
            arguments: Array(arguments.dropFirst()), environment: [:], listFiles: { _ in [] },
            readFile: { _ in "" })
        switch outcome {
        case .help: return answer(HelpText.page(of: command))
        case .version: return answer("pointerscope \(productVersion)\n")
        case .run(let flags):
            let path = flags["config"] ?? environment["POINTERSCOPE_CONFIG"]
            let held = try settings(.serve, path: path, environment)
            guard second == "show" else { return try check(held, path: path, environment) }
            let isJSON = flags["json"] != nil
            return answer(isJSON ? shownAsJSON(held) : shown(held, saysOrigins: flags["origin"] != nil))
        }
    } catch {
        complain(error.message)
        return error.exitStatus.rawValue
    }
}

/// What holds for a command that is given `path` and the environment, and no flag.
private func settings(
    _ command: CommandSpecification, path: String?, _ environment: [String: String]
) throws(UsageError) -> OptionValues {
    let outcome = try OptionParser(command: command).parse(
        arguments: path.map { ["--config=\($0)"] } ?? [], environment: environment,
        listFiles: { path throws(UnreadableFile) in try ConfigurationFiles.list(path) },
        readFile: { path throws(UnreadableFile) in try ConfigurationFiles.read(path) })
    guard case .run(let values) = outcome else { return OptionValues() }
    return values
}

private func check(
    _ held: OptionValues, path: String?, _ environment: [String: String]
) throws(UsageError) -> Int32 {
    do throws(UsageError) {
        _ = try ServeSettings(held, environment: environment)
    } catch {
        // As a whole it does not hold together; no flag said any of it.
        let isOfFile = CommandSpecification.serve.settable.contains { held.isFromFile($0.name) }
        throw UsageError(message: error.message, exitStatus: isOfFile ? .configuration : error.exitStatus)
    }
    // What is for others has no effect on serve, and must be right all the same.
    for other in CommandSpecification.all where other.options.contains(where: { $0.name == "config" }) {
        guard !other.name.hasPrefix("config ") else { continue }
        _ = try settings(other, path: path, environment)
    }
    let given = CommandSpecification.serve.settable.count { held.isGiven($0.name) && $0.name != "config" }
    let files = path.map { " of \($0)" } ?? ""
    return answer(
        "the configuration\(files) is well: \(given) \(given == 1 ? "setting" : "settings") for serve\n")
}

/// Lines that a configuration file may have.
private func shown(_ values: OptionValues, saysOrigins: Bool) -> String {
    var text = ""
    for option in CommandSpecification.serve.settable where option.name != "config" {
        let all = values.all(option.name)
        guard !all.isEmpty else { continue }
        if saysOrigins { text += "# \(origin(of: option, values))\n" }
        for value in all { text += "\(option.name) = \(value)\n" }
    }
    return text
}

private func origin(of option: OptionSpecification, _ values: OptionValues) -> String {
    guard values.isGiven(option.name) else { return "default" }
    let origin = values.origin(of: option.name)
    // `FILE:3: workers`
    let name = ": \(option.name)"
    // A file's name may have anything in it, and this is one line.
    return oneLine(origin.hasSuffix(name) ? String(origin.dropLast(name.count)) : origin)
}

private func shownAsJSON(_ values: OptionValues) -> String {
    var buffer = ByteBuffer()
    func append(_ text: String) {
        var text = text
        text.withUTF8 { unsafe buffer.appendJSONString(UnsafeRawBufferPointer($0)) }
    }
    buffer.append("{")
    var isFirst = true
    for option in CommandSpecification.serve.settable where option.name != "config" {
        let all = values.all(option.name)
        guard !all.isEmpty else { continue }
        buffer.append(isFirst ? "\n  " : ",\n  ")
        isFirst = false
        append(option.name)
        buffer.append(": {\"value\": ")
        if option.isRepeatable {
            buffer.append("[")
            for (index, value) in all.enumerated() {
                if index > 0 { buffer.append(", ") }
                append(value)
            }
            buffer.append("]")
        } else {
            append(all[0])
        }
        buffer.append(", \"origin\": ")
        append(origin(of: option, values))
        buffer.append("}")
    }
    buffer.append("\n}\n")
    return unsafe String(decoding: buffer.readable, as: UTF8.self)
}
