import PosixIO

/// Why a command line, environment or configuration file is not usable.
struct UsageError: Error, Equatable {
    /// One line for a person: which option, what is wrong, the mend.
    let message: String
    /// EX_USAGE for the command line and the environment, EX_CONFIG for the file.
    let exitStatus: ExitCode
}

/// The values of a command's options, and where each came from.
struct OptionValues: Equatable {
    private var values: [String: [String]] = [:]
    private var origins: [String: String] = [:]
    fileprivate var defaults: Set<String> = []

    /// The value of a single option, or nil when it is off.
    subscript(name: String) -> String? { values[name]?.last }

    /// All values of a repeatable option.
    func all(_ name: String) -> [String] { values[name] ?? [] }

    /// How a person finds the place that set it: `--workers`, `POINTERSCOPE_WORKERS` or `FILE:3: workers`.
    func origin(of name: String) -> String { origins[name] ?? "--\(name)" }

    /// Whether somebody said so; else it is the default.
    func isGiven(_ name: String) -> Bool { values[name] != nil && !defaults.contains(name) }

    /// Whether it came from a configuration file, or from a service manager's.
    func isFromFile(_ name: String) -> Bool {
        origins[name].map { $0.contains(":") || $0.hasPrefix("LISTEN_FDS ") } ?? false
    }

    /// The values as arguments that mean the same, wherever they came from; defaults among them, those of
    /// `others` not.
    func arguments(of command: CommandSpecification, without others: [String] = []) -> [String] {
        command.options.filter { $0.name != "config" && !others.contains($0.name) }.flatMap { option in
            all(option.name).compactMap { value in
                guard option.argument == .none else { return "--\(option.name)=\(value)" }
                return Complaint.truth(of: value) == true ? "--\(option.name)" : nil
            }
        }
    }

    /// Sets a value in the place of all others.
    mutating func put(_ value: String, in name: String, from origin: String) {
        values[name] = [value]
        origins[name] = origin
        defaults.remove(name)
    }

    /// Where a value came from says the last of them, where there are several.
    fileprivate mutating func add(_ value: String, to option: OptionSpecification, from origin: String) {
        if option.isRepeatable {
            values[option.name, default: []].append(value)
        } else {
            values[option.name] = [value]
        }
        origins[option.name] = origin
    }
}

/// Reads options from the command line, the environment, a file and the defaults, in this order of weight.
struct OptionParser {
    let command: CommandSpecification

    private static let nameBytes = 64

    /// What the arguments ask for.
    enum Outcome: Equatable {
        case run(OptionValues)
        case help
        case version
    }

    /// Parses; `readFile` returns a file's text, so that tests need no file, and `listFiles` which files
    /// stand for the path that was named: several for a directory. `isThere` says whether a file is.
    func parse(
        arguments: [String], environment: [String: String],
        listFiles: (String) throws(UnreadableFile) -> [String] = { [$0] },
        readFile: (String) throws(UnreadableFile) -> String,
        isThere: (String) -> Bool = { _ in false }
    ) throws(UsageError) -> Outcome {
        var fromFlags = OptionValues()
        if let question = try readFlags(arguments, into: &fromFlags) { return question }
        var fromEnvironment = OptionValues()
        for option in command.settable {
            guard let text = environment[option.environmentName] else { continue }
            try addParts(
                of: trimmed(text[...]), to: option, origin: option.environmentName, status: .usage,
                &fromEnvironment)
        }
        var fromFile = OptionValues()
        if let source = [fromFlags, fromEnvironment].first(where: { $0["config"] != nil }),
            let path = source["config"]
        {
            var reading = path
            var texts: [(path: String, text: String)] = []
            do throws(UnreadableFile) {
                for file in try listFiles(path) {
                    reading = file
                    texts.append((file, try readFile(file)))
                }
            } catch {
                throw UsageError(
                    message: "\(source.origin(of: "config")) \(reading): \(error.reason)",
                    exitStatus: .configuration)
            }
            for (file, text) in texts { try readFileText(text, path: file, into: &fromFile) }
        }
        var result = OptionValues()
        for option in command.settable {
            let source = [fromFlags, fromEnvironment, fromFile].first { $0[option.name] != nil }
            if let source {
                for value in source.all(option.name) {
                    result.add(value, to: option, from: source.origin(of: option.name))
                }
            } else if let path = Credential.path(of: option, environment), isThere(path) {
                result.add(path, to: option, from: "credential \(option.name)")
            } else if !option.defaultValue.isEmpty {
                result.add(option.defaultValue, to: option, from: "--\(option.name)")
                result.defaults.insert(option.name)
            }
        }
        return .run(result)
    }

    /// Reads the command line; returns what it asks for instead of a run, if it does.
    private func readFlags(
        _ arguments: [String], into values: inout OptionValues
    ) throws(UsageError) -> Outcome? {
        var rest = arguments[...]
        // An option that could have had a value, and had none: what stands behind it may be meant for it.
        var bare: OptionSpecification?
        while let argument = rest.popFirst() {
            if argument == "--help" || argument == "-h" { return .help }
            if argument == "--version" || argument == "-V" { return .version }
            if argument == "--" {
                for argument in rest { try readPositional(argument, into: &values) }
                return nil
            }
            guard argument.hasPrefix("--"), argument.count > 2 else {
                try readPositional(argument, behind: bare, into: &values)
                continue
            }
            bare = nil
            let parts = argument.dropFirst(2).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard let option = command.options.first(where: { $0.name == name }) else {
                throw usage("unknown option --\(name)\(suggestion(for: name))")
            }
            var value = parts.count == 2 ? String(parts[1]) : nil
            switch option.argument {
            case .none:
                guard value == nil else { throw usage("--\(name) takes no value") }
                value = "yes"
            case .optional(_, let whenAlone):
                if value == nil { bare = option }
                value = value ?? whenAlone
            case .required(let placeholder):
                value = value ?? rest.popFirst()
                guard value != nil else { throw usage("--\(name) needs a value: --\(name) \(placeholder)") }
            }
            try add(value ?? "", to: option, origin: "--\(name)", status: .usage, &values)
        }
        return nil
    }

    private func readPositional(
        _ argument: String, behind bare: OptionSpecification? = nil, into values: inout OptionValues
    ) throws(UsageError) {
        let option = command.positionals.first { values[$0.name] == nil }
        guard let option, !argument.hasPrefix("-") else {
            throw usage("unexpected argument '\(argument)'\(mend(of: argument, behind: bare))")
        }
        try add(argument, to: option, origin: "", status: .usage, &values)
    }

    /// What somebody may have meant by an argument that has no place.
    private func mend(of argument: String, behind bare: OptionSpecification?) -> String {
        if let bare, !argument.hasPrefix("-") {
            guard bare.complaint(argument) != nil else { return "; did you mean --\(bare.name)=\(argument)?" }
            return "; a value goes behind an equals sign: \(bare.usage)"
        }
        let word = String(argument.drop { $0 == "-" }.prefix { $0 != "=" })
        let isKnown = command.options.contains { $0.name == word } || word == "help" || word == "version"
        return isKnown ? "; did you mean --\(word)?" : ""
    }

    private func readFileText(
        _ text: String, path: String, into values: inout OptionValues
    ) throws(UsageError) {
        var lines: [String: Int] = [:]
        // Some editors put a mark in front of a text (RFC 3629, section 6).
        let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated()
        {
            let content = trimmed(line)
            if content.isEmpty || content.hasPrefix("#") { continue }
            let place = "\(path):\(index + 1)"
            guard let equals = content.firstIndex(of: "=") else {
                throw UsageError(message: "\(place): must read name = value", exitStatus: .configuration)
            }
            let name = trimmed(content[..<equals])
            let value = trimmed(content[content.index(after: equals)...])
            guard name != "config", let option = command.settable.first(where: { $0.name == name }) else {
                // One file may serve every command that reads it; which worker is meant is typed each time.
                let isOthers = CommandSpecification.all.contains { other in
                    let names = other.name.hasPrefix("ctl ") ? other.options : other.settable
                    return other.options.contains { $0.name == "config" }
                        && names.contains { $0.name == name }
                }
                if isOthers, name != "config" { continue }
                throw UsageError(
                    message: "\(place): unknown option \(name)\(suggestion(for: name, dashes: ""))",
                    exitStatus: .configuration)
            }
            if let before = lines.updateValue(index + 1, forKey: name), !option.isRepeatable {
                throw UsageError(
                    message: "\(place): \(name) is set on line \(before) already; keep one of the two",
                    exitStatus: .configuration)
            }
            try addParts(of: value, to: option, origin: "\(place): \(name)", status: .configuration, &values)
        }
    }

    private func addParts(
        of text: String, to option: OptionSpecification, origin: String, status: ExitCode,
        _ values: inout OptionValues
    ) throws(UsageError) {
        guard option.isRepeatable else {
            return try add(text, to: option, origin: origin, status: status, &values)
        }
        for part in text.split(separator: ",") {
            try add(trimmed(part), to: option, origin: origin, status: status, &values)
        }
    }

    private func add(
        _ value: String, to option: OptionSpecification, origin: String, status: ExitCode,
        _ values: inout OptionValues
    ) throws(UsageError) {
        // None of them means anything, and each could make two lines of one.
        let hasControls = value.unicodeScalars.contains { $0.properties.generalCategory == .control }
        if let complaint = hasControls ? "must not have control characters" : option.complaint(value) {
            let place = origin.isEmpty ? value : "\(origin) \(value)"
            throw UsageError(message: "\(place): \(complaint)", exitStatus: status)
        }
        values.add(value, to: option, from: origin)
    }

    private func usage(_ message: String) -> UsageError {
        UsageError(
            message: "\(message) (\(ProgramName.shell) \(command.name) --help lists the options)",
            exitStatus: .usage)
    }

    /// `; did you mean --workers?` for a near miss; in a file options have no dashes, and what is an option
    /// elsewhere is not suggested for itself.
    private func suggestion(for name: String, dashes: String = "--") -> String {
        // What is longer than every option is near to none.
        guard name.utf8.count <= Self.nameBytes else { return "" }
        let near = command.options.map { ($0.name, editDistance($0.name, name)) }.filter { $0.1 > 0 }
            .min { $0.1 < $1.1 }
        guard let near, near.1 <= 2 else { return "" }
        return "; did you mean \(dashes)\(near.0)?"
    }
}

private func trimmed(_ text: some StringProtocol) -> String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
    let start = text.drop(while: isBlank)
    return String(start.reversed().drop(while: isBlank).reversed())
}

/// Levenshtein distance, for suggestions.
func editDistance(_ first: String, _ second: String) -> Int {
    let right = Array(second)
    var row = Array(0...right.count)
    for (index, left) in first.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for column in right.indices {
            let substituted = diagonal + (left == right[column] ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(substituted, row[column] + 1, diagonal + 1)
        }
    }
    return row[right.count]
}
