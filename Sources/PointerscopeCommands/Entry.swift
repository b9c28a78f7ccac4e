import Glibc
import HelperProcesses
import MasterProcess
import MonitorClient
import PosixIO
import ServerDoctor

/// What this executable was started as; the roles are between a master and its children and no command.
enum Role: String {
    /// `@master FRONT[,CONTROL][:COUNT] TYPED... ARGUMENTS...`: the master of a front process, whose sockets
    /// are the descriptors FRONT, from which it draws, and CONTROL, on which it asks for something. What was
    /// typed, COUNT words, is read again by a reload; the arguments are what came of it.
    case master = "@master"
    /// `@worker HOST-CHECK ORIGIN-CHECK PLACES PROXIES DEFLATE LIMITS ORIGINS...`
    case worker = "@worker"
    /// `@demo ADDRESS COUNT [ORIGIN]`
    case demo = "@demo"
    /// `@load INDEX COUNT NAME ARGUMENTS...`: one of COUNT processes of the load run NAME.
    case load = "@load"
    /// `@hash`: compares passwords for a master.
    case hash = "@hash"
    /// `@keep DIRECTORY`: writes files of the state directory for a master.
    case keep = "@keep"
    /// `@upgrade-check ARGUMENTS...`: says what this program can take over of a master with these arguments.
    case upgradeCheck = "@upgrade-check"

    /// What lists of processes show; nil for the name that its parent gave it, which may have a number.
    ///
    /// The first argument of a master is the name that its user calls it by.
    var title: String? { self == .master ? ProgramName.title(of: "master") : nil }
}

/// The version that `--version` and `/metrics` tell.
let productVersion = "0.1.0"

/// What C's main calls: runs what the command line asks for and returns the exit status.
///
/// The arguments are those that main was given. `CommandLine` looks for them in front of the environment, and
/// finds none where a library that was loaded before us has moved that (setenv(3)).
@c(pointerscope_main)
public func runPointerscope(_ count: Int32, _ arguments: UnsafePointer<UnsafePointer<CChar>?>) -> Int32 {
    guard ProcessMemory.isAvailable(leastMemoryBytes) else {
        // Without memory there is no String either.
        let complaint: StaticString =
            "pointerscope: the limit on memory is too low to start (ulimit -v, ulimit -d)\n"
        _ = unsafe write(STDERR_FILENO, complaint.utf8Start, complaint.utf8CodeUnitCount)
        return ExitCode.system.rawValue
    }
    let words = (0..<Int(count)).compactMap { unsafe arguments[$0].map { unsafe String(cString: $0) } }
    // What somebody typed stays as they typed it.
    if words.count > 1, let role = Role(rawValue: words[1]) {
        unsafe ProcessTitle.show(role.title, inPlaceOf: arguments, count: Int(count))
    }
    Succession.openWayBack(words)
    let status = runPointerscope(arguments: words)
    if Succession.hasWayBack { Succession.takeWayBack(because: "it ended before it had begun") }
    return status
}

/// What the smallest role, a worker without connections, needs to get by several times over: with less a
/// process would be ended somewhere in its start by the first allocation that fails.
private let leastMemoryBytes = 32 << 20

private func runPointerscope(arguments: [String]) -> Int32 {
    Descriptor.occupyStandardNumbers()
    // Whoever reads what a command says may go first; that is told by EPIPE, and no reason to die.
    SignalSource.ignore(SIGPIPE)
    let rest = Array(arguments.dropFirst(2))
    guard arguments.count > 1 else {
        writeText(HelpText.overview(), to: STDERR_FILENO)
        return ExitCode.usage.rawValue
    }
    if let role = Role(rawValue: arguments[1]) { return run(role, rest) }
    switch arguments[1] {
    case "help", "--help", "-h":
        return help(rest)
    case "version", "--version", "-V":
        return version(rest)
    case "serve":
        return serve(rest, words: Array(arguments.dropFirst()))
    case "top":
        return top(rest)
    case "load":
        return parse(.load, rest, environment: ProcessEnvironment.variables()) { values throws(UsageError) in
            load(try LoadSettings(values), arguments: rest)
        }
    case "config":
        return runConfigCommand(rest)
    case "completion", "man":
        guard let command = CommandSpecification.texts.first(where: { $0.name == arguments[1] }) else {
            return unknown(arguments[1])
        }
        // Nothing else is meant for them: a shell may have a SHELL and a COMMAND of its own.
        return parse(command, rest, environment: [:]) { values in printText(command, values) }
    case "admin", "token":
        return runPeopleCommand(arguments[1], rest)
    case "ctl":
        return runControlCommand(rest)
    case "doctor":
        return parse(.doctor, rest, environment: ProcessEnvironment.variables()) {
            values throws(UsageError) in
            examine(try DoctorSettings(values))
        }
    case "check":
        return parse(.check, rest, environment: ProcessEnvironment.variables()) { values throws(UsageError) in
            check(try PageCheckSettings(values))
        }
    default:
        return unknown(arguments[1])
    }
}

private let helpFlags = ["--help", "-h"]

/// Runs `help [COMMAND]`.
private func help(_ arguments: [String]) -> Int32 {
    let names = arguments.filter { !helpFlags.contains($0) }
    guard let name = names.first, name != "help", name != "version" else {
        return answer(HelpText.overview())
    }
    if names.count == 1, CommandSpecification.all.contains(where: { $0.name.hasPrefix("\(name) ") }) {
        return answer(HelpText.family(name))
    }
    let words = names.prefix(2).joined(separator: " ")
    if let command = CommandSpecification.all.first(where: { $0.name == words }), names.count == 2 {
        return answer(HelpText.page(of: command))
    }
    guard let command = CommandSpecification.all.first(where: { $0.name == name }) else {
        return unknown(words)
    }
    guard names.count == 1 else {
        complain("help takes one command: \(ProgramName.shell) help \(name)")
        return ExitCode.usage.rawValue
    }
    return answer(HelpText.page(of: command))
}

/// Runs `version`.
private func version(_ arguments: [String]) -> Int32 {
    guard let first = arguments.first else { return answer("pointerscope \(productVersion)\n") }
    if arguments == ["--json"] { return answer(VersionText.json) }
    if helpFlags.contains(first) { return answer(HelpText.overview()) }
    let surplus = first == "--json" ? arguments[1] : first
    complain("version takes no argument but --json, and this is one: '\(surplus)'")
    return ExitCode.usage.rawValue
}

/// Says that there is no such command, and which one may have been meant.
func unknown(_ name: String) -> Int32 {
    let known = CommandSpecification.all.map(\.name) + ["help", "version"]
    let word = String(name.drop { $0 == "-" })
    // Two letters are near to everything, and what is longer than every command to nothing.
    let isWord = (3...16).contains(word.utf8.count)
    let near = isWord ? known.map { ($0, editDistance($0, word)) }.min { $0.1 < $1.1 } : nil
    let isFlag = name.hasPrefix("-")
    let hint =
        switch near {
        case let near? where near.1 <= 2: "; did you mean \(near.0)?"
        default: name == "-v" ? "; did you mean version?" : ""
        }
    complain(
        "unknown \(isFlag ? "option" : "command") '\(name)'\(hint) (\(ProgramName.shell) help lists the commands)"
    )
    return ExitCode.usage.rawValue
}

private func run(_ role: Role, _ arguments: [String]) -> Int32 {
    switch role {
    case .worker: return runWorkerRole(arguments)
    case .demo: return runDemoRole(arguments)
    case .hash: return runHashRole()
    case .keep: return runKeepRole(path: arguments.first ?? "")
    case .upgradeCheck: return checkUpgrade(arguments)
    case .load:
        let own = Array(arguments.dropFirst(3))
        return parse(.load, own, environment: ProcessEnvironment.variables()) { values throws(UsageError) in
            runLoadRole(arguments, try LoadSettings(values))
        }
    case .master:
        let words = arguments.first?.split(separator: ":") ?? []
        let sockets = words.first?.split(separator: ",").map { Int32($0) } ?? []
        guard (1...2).contains(sockets.count), let front = sockets[0], let control = sockets.last else {
            return ExitCode.usage.rawValue
        }
        let typedCount = words.count > 1 ? Int(words[1]) ?? 0 : nil
        let rest = arguments.dropFirst()
        return serve(
            Array(rest.dropFirst(typedCount ?? 0)), words: [Role.master.rawValue] + arguments,
            front: FrontSockets(stream: front, control: sockets.count > 1 ? control : nil),
            typed: typedCount.map { Array(rest.prefix($0)) })
    }
}

/// Parses the arguments of a command and gives `run` what holds.
func parse(
    _ command: CommandSpecification, _ arguments: [String], environment: [String: String],
    _ run: (OptionValues) throws(UsageError) -> Int32
) -> Int32 {
    do throws(UsageError) {
        let outcome = try OptionParser(command: command).parse(
            arguments: arguments, environment: environment,
            listFiles: { path throws(UnreadableFile) in try ConfigurationFiles.list(path) },
            readFile: { path throws(UnreadableFile) in try ConfigurationFiles.read(path) },
            isThere: ConfigurationFiles.isThere)
        switch outcome {
        case .help:
            return answer(HelpText.page(of: command))
        case .version:
            return version([])
        case .run(let values): return try run(values)
        }
    } catch {
        complain(error.message)
        return error.exitStatus.rawValue
    }
}

/// Says which state this program can take over, and whether it takes these options, which are a master's.
private func checkUpgrade(_ words: [String]) -> Int32 {
    let said = answer("\(UpgradeState.formatPrefix)\(UpgradeState.format)\n")
    guard said == ExitCode.success.rawValue else { return said }
    // What a front was given stands between its sockets and the master's own options.
    let typed = words.dropFirst().first?.split(separator: ":").dropFirst().first.flatMap { Int($0) }
    let options = words.dropFirst(words.first == Role.master.rawValue ? 2 + (typed ?? 0) : 1)
    let environment = ProcessEnvironment.variables()
    return parse(.serve, Array(options), environment: environment) { values throws(UsageError) in
        _ = try ServeSettings(values, environment: environment)
        return ExitCode.success.rawValue
    }
}

/// Runs `serve`; `words` are all that it was started with, and `front` are the sockets of the front process
/// that started it, which was given what is `typed`.
private func serve(
    _ arguments: [String], words: [String], front: FrontSockets? = nil, typed: [String]? = nil
) -> Int32 {
    let environment = ProcessEnvironment.variables()
    return parse(.serve, arguments, environment: environment) { values throws(UsageError) in
        let passed = front == nil ? try passedSockets(environment) : .none
        let settings = try ServeSettings(values, environment: environment, passed: passed)
        var master = settings.master
        master.commandLine = [ProgramName.argument] + words
        if let front {
            let reading = typed.flatMap {
                RepeatedReading(typed: $0, environment, signsIn: master.people != nil)
            }
            if let reading { master.reads(again: reading) }
            return serveAsMaster(master, front: front)
        }
        let isOnTerminal = isatty(STDOUT_FILENO) == 1
        // Sockets are passed to the process that was started, and that is the master then.
        guard isOnTerminal, !settings.isHeadless, passed.isEmpty, Succession.inheritance() == nil else {
            master.service = ServiceEnvironment(environment, pid: ProcessMemory.ownPid)
            let reading = RepeatedReading(
                arguments, environment, values, passed, signsIn: master.people != nil)
            master.reads(again: reading)
            return serveAsMaster(master, front: nil)
        }
        // The master draws nothing; it only has to know how often the front does.
        let drawing = (OptionSpecification.drawing + OptionSpecification.firstLook).map(\.name)
            .filter { $0 != "fps" }
        return serveWithFront(
            settings.drawing,
            master: [
                Role.master.rawValue,
                "\(InheritedDescriptor.front),\(InheritedDescriptor.frontControl):\(arguments.count)",
            ] + arguments + values.arguments(of: .serve, without: drawing),
            environment: environment)
    }
}

/// What a service manager has bound for this process.
private func passedSockets(_ environment: [String: String]) throws(UsageError) -> PassedSockets {
    do throws(PassedSockets.Fault) {
        return try PassedSockets(environment, pid: ProcessMemory.ownPid)
    } catch {
        throw UsageError(message: error.reason, exitStatus: .configuration)
    }
}

/// Runs `top`.
private func top(_ arguments: [String]) -> Int32 {
    let environment = ProcessEnvironment.variables()
    return parse(.top, arguments, environment: environment) { values throws(UsageError) in
        watch(try TopSettings(values), environment: environment)
    }
}

/// Writes what was asked for to standard output; returns the exit status.
func answer(_ text: String) -> Int32 {
    writeText(text, to: STDOUT_FILENO) ? ExitCode.success.rawValue : unwritten()
}

/// The exit status of whoever could not write to standard output, by `errno`: no fault where its reader has
/// gone, else said.
func unwritten() -> Int32 {
    guard errno != EPIPE else { return ExitCode.success.rawValue }
    complain("standard output: \(SystemError("write").text)")
    return ExitCode.inputOutput.rawValue
}
