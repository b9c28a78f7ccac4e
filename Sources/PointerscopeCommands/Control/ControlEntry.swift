import ByteCore
import ControlWire
import Glibc
import PosixIO

/// Runs `ctl ...`; returns the exit status.
func runControlCommand(_ arguments: [String]) -> Int32 {
    guard let second = arguments.first else {
        writeText(HelpText.family("ctl"), to: STDERR_FILENO)
        return ExitCode.usage.rawValue
    }
    guard let command = CommandSpecification.control.first(where: { $0.name == "ctl \(second)" }) else {
        if ["--help", "-h", "help"].contains(second) { return answer(HelpText.family("ctl")) }
        return unknown("ctl \(second)")
    }
    let environment = ProcessEnvironment.variables()
    // Two letters that fingers know from tail and from journalctl.
    let short = second == "logs" ? ["-f": "--follow", "-n": "--lines"] : [:]
    let rest = arguments.dropFirst().map { short[$0] ?? $0 }
    return parse(command, rest, environment: environment) { values throws(UsageError) in
        if let wanted = command.positional, values[wanted.name] == nil {
            throw UsageError(
                message: "\(wanted.placeholder) is missing: \(HelpText.usage(of: command))",
                exitStatus: .usage)
        }
        let candidates = try ControlPath.candidates(values, environment: environment)
        do throws(CommandFailure) {
            return try ControlCommand(values: values, environment: environment).run(second, candidates)
        } catch {
            complain(error.message)
            return error.exitStatus.rawValue
        }
    }
}

/// A command to a server that runs, and what is printed of its answer.
struct ControlCommand {
    let values: OptionValues
    let environment: [String: String]

    private var isJSON: Bool { truth("json") }

    private func truth(_ name: String) -> Bool { values[name].flatMap { Complaint.truth(of: $0) } ?? false }

    private func number(_ name: String) -> Int { values[name].flatMap { Int($0) } ?? 0 }

    /// Asks, prints, and returns the exit status.
    func run(_ word: String, _ candidates: [SocketAddress]) throws(CommandFailure) -> Int32 {
        let request = request(word)
        var link = try ControlLink.opening(
            candidates, areNamed: values["control"] != nil || values.isGiven("state"))
        link.send(request)
        switch request {
        case .follow, .events: return try stream(&link)
        case .logs: return try print(lines: &link)
        case .shutdown: return try awaitEnd(&link)
        case .status, .workers, .info, .reopen, .reload, .scale, .stop, .restart, .drain, .upgrade:
            return try show(request, &link)
        }
    }

    private func request(_ word: String) -> ControlRequest {
        switch word {
        case "status": .status
        case "workers": .workers
        case "info": .info(number("worker"))
        case "logs": truth("follow") ? .follow(lines: number("lines")) : .logs(lines: number("lines"))
        case "events": .events
        case "reopen": .reopen
        case "reload": .reload
        case "upgrade": .upgrade
        case "scale": .scale(number("worker-count"))
        case "stop": .stop(number("worker"))
        case "restart": .restart(number("worker"))
        case "drain": .drain(number("worker"))
        default: .shutdown
        }
    }

    /// Everything up to the end of an answer.
    private func whole(_ link: inout ControlLink) throws(CommandFailure) -> [(kind: String, value: [UInt8])] {
        var items: [(kind: String, value: [UInt8])] = []
        while true {
            switch try link.next(withinMilliseconds: ControlLink.answerMilliseconds) {
            case .item(let kind, let value): items.append((kind, value))
            case .done: return items
            case .error(let refusal):
                // What was done before something else was refused is done.
                writeText(notes(of: items), to: STDOUT_FILENO)
                throw CommandFailure(refusal)
            case .greeting: continue
            case nil: throw CommandFailure("the server ended in the middle of its answer", .unavailable)
            }
        }
    }

    private func show(_ request: ControlRequest, _ link: inout ControlLink) throws(CommandFailure) -> Int32 {
        let items = try whole(&link)
        func values(_ kind: String) -> [ControlValue] {
            items.filter { $0.kind == kind }.compactMap { item in
                unsafe item.value.withUnsafeBytes { unsafe ControlValue($0) }
            }
        }
        let paint = ControlPaint(environment)
        switch request {
        case .status:
            guard let status = items.first(where: { $0.kind == "status" }),
                let value = values("status").first
            else { throw CommandFailure("the server told no status", .software) }
            let written = answer(
                isJSON ? text(status.value) + "\n" : ControlSheet.status(value, paint))
            guard written == ExitCode.success.rawValue else { return written }
            return value["state"]?.text == "ready"
                ? ExitCode.success.rawValue : ExitCode.temporaryFailure.rawValue
        case .workers, .info:
            let workers = items.filter { $0.kind == "worker" }
            if isJSON {
                let objects = workers.map { text($0.value) }.joined(separator: ",\n")
                guard request != .workers else { return answer("[\n\(objects)\n]\n") }
                return answer("\(objects)\n")
            }
            return answer(
                request == .workers
                    ? ControlSheet.workers(values("worker"), paint)
                    : ControlSheet.info(values("worker"), paint))
        default: return answer(notes(of: items))
        }
    }

    /// What is told on the way, a line each.
    private func notes(of items: [(kind: String, value: [UInt8])]) -> String {
        items.filter { $0.kind == "note" }.compactMap { item in
            unsafe item.value.withUnsafeBytes { unsafe ControlValue($0)?.text }.map { oneLine($0) + "\n" }
        }.joined()
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// Lines that there are.
    private func print(lines link: inout ControlLink) throws(CommandFailure) -> Int32 {
        let lines = try whole(&link)
        return answer(lines.map { line($0.value) }.joined())
    }

    /// Lines as they come, until somebody ends this or the server goes.
    private func stream(_ link: inout ControlLink) throws(CommandFailure) -> Int32 {
        while true {
            switch try link.next(withinMilliseconds: -1) {
            case .item(_, let value):
                guard !writeText(line(value), to: STDOUT_FILENO) else { continue }
                // Where whoever read it has gone, that is no fault.
                return unwritten()
            case .error(let refusal): throw CommandFailure(refusal)
            case .greeting, .done: continue
            case nil where link.isReaderGone: return ExitCode.success.rawValue
            case nil where link.isServerThere():
                throw CommandFailure(
                    "what was followed was not read in time: the server goes on, and what it said is missing",
                    .temporaryFailure)
            case nil: throw CommandFailure("the server has ended", .unavailable)
            }
        }
    }

    private func line(_ bytes: [UInt8]) -> String {
        guard !isJSON, let value = unsafe bytes.withUnsafeBytes({ unsafe ControlValue($0) }) else {
            return text(bytes) + "\n"
        }
        return ControlSheet.line(value, ControlPaint(environment))
    }

    /// Waits until a server that was told to stop is gone, as far as it closes its end.
    private func awaitEnd(_ link: inout ControlLink) throws(CommandFailure) -> Int32 {
        let leaving = try whole(&link).first { $0.kind == "leaving" }.flatMap { item in
            unsafe item.value.withUnsafeBytes { unsafe ControlValue($0)?.count }
        }
        if let leaving {
            let seconds = (leaving + 999) / 1000
            let told = answer(
                "it serves on for \(seconds) s (--drain-seconds); asked again, it stops at once\n")
            guard told == ExitCode.success.rawValue else { return told }
        }
        let patience = Int32(clamping: leaving ?? 0) + Self.endMilliseconds
        while try link.next(withinMilliseconds: patience) != nil {}
        return ExitCode.success.rawValue
    }

    /// A server stops within 5 s.
    private static let endMilliseconds: Int32 = 15_000
}
