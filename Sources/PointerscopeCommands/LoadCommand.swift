import Glibc
import LoadGenerator
import MonitorClient
import PosixIO
import TerminalGraph

/// `pointerscope load`: starts the generator's processes, shows the run, and prints the report.
///
/// `arguments` are given to the processes again, so that they read the same plan.
func load(_ settings: LoadSettings, arguments: [String]) -> Int32 {
    if case .recording(let path) = settings.plan.motion, let complaint = LoadPlan.recordingComplaint(path) {
        complain("--motion \(complaint)")
        return ExitCode.noInput.rawValue
    }
    if let path = settings.reportPath {
        // Whether there will be a page is known now, not behind an hour of load.
        do throws(SystemError) {
            _ = try Descriptor.opening(path, flags: O_WRONLY | O_CREAT)
        } catch {
            complain("--report \(path): \(error.reason)")
            return ExitCode.cannotCreate.rawValue
        }
    }
    // This process's own and those that its children are given, at numbers of their own.
    let descriptors = DescriptorLimit.raise()
    guard descriptors >= 128 else {
        complain("no more than \(descriptors) files may be open (ulimit -n): load needs 128 at least")
        return ExitCode.system.rawValue
    }
    do throws(SystemError) {
        return try LoadSession(settings, arguments: arguments).run()
    } catch {
        complain(error.text)
        return ExitCode.system.rawValue
    }
}

/// One process of the generator: which of how many, then the arguments of `load`.
func runLoadRole(_ arguments: [String], _ settings: LoadSettings) -> Int32 {
    guard arguments.count >= 3, let index = Int(arguments[0]), let count = Int(arguments[1]),
        let name = RunName(arguments[2])
    else { return ExitCode.usage.rawValue }
    return runLoadProcess(
        settings.plan, share: LoadShare(of: settings.plan, index: index, count: count), name: name,
        channel: Descriptor(owning: InheritedDescriptor.load))
}

/// The parent of the generator's processes.
private final class LoadSession {
    private let settings: LoadSettings
    private var children = Slab<ChildProcess>()
    private let loadRun: LoadRun
    private let screen: LoadScreen?
    private let lines: LoadLines?
    /// How it was called, for the page.
    private let command: String

    private static let endings = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
    /// How long processes may take to close their connections and go.
    private static let leaveNanoseconds: Int64 = 2_000_000_000

    init(_ settings: LoadSettings, arguments: [String]) throws(SystemError) {
        self.settings = settings
        command = (["pointerscope", "load"] + arguments.map(ShellWord.quoted)).joined(separator: " ")
        ChildProcess.closeInheritedOnExec()
        // The processes start with it ignored: on a terminal Ctrl-C is meant for this one.
        SignalSource.ignore(SIGINT)
        let isOnTerminal = isatty(STDOUT_FILENO) == 1
        let wantsScreen = isOnTerminal && !settings.isJSON && !settings.drawing.isPlain
        screen = wantsScreen ? LoadScreen(settings) : nil
        lines = screen == nil ? LoadLines() : nil
        guard let face: any LoadFace = screen ?? lines else {
            preconditionFailure("one of two is there")
        }
        var signals = Self.endings
        if screen != nil { signals.append(SIGWINCH) }
        loadRun = try LoadRun(settings.plan, signals: try SignalSource(signals), face: face)
        let count = settings.plan.processCount(descriptors: DescriptorLimit.raise())
        let executable = try ChildProcess.ownExecutable()
        let null = try Descriptor.opening("/dev/null", flags: O_RDWR)
        let name = RunName().description
        for index in 0..<count {
            let pair = try SocketPair(bufferBytes: 1 << 20)
            let child = try ChildProcess(
                executable: executable,
                arguments: [
                    ProgramName.title(of: "load \(index + 1)"), Role.load.rawValue, String(index),
                    String(count), name,
                ] + arguments,
                inherited: [
                    .init(null.raw, as: 0), .init(null.raw, as: 1), .init(STDERR_FILENO, as: 2),
                    .init(pair.second.raw, as: InheritedDescriptor.load),
                ])
            _ = children.insert(child)
            try loadRun.add(channel: pair.first)
        }
    }

    func run() -> Int32 {
        let outcome = loadRun.run()
        // The terminal comes first: nobody reads its keys any more.
        screen?.close()
        dismiss()
        loadRun.releaseSignals(Self.endings)
        lines?.close()
        switch outcome {
        case .finished(let report):
            let status = show(report)
            if status != .success { return status.rawValue }
            return report.meetsRequirements ? ExitCode.success.rawValue : ExitCode.unmet.rawValue
        case .failed(let failure, let report):
            if let report { _ = show(report) }
            complain(failure.text)
            return failure.exitStatus
        }
    }

    private func show(_ report: LoadReport) -> ExitCode {
        let isColored = isatty(STDOUT_FILENO) == 1 && settings.drawing.traits.deepestColor != .none
        let text =
            settings.isJSON
            ? report.json + "\n" : report.text(isColored: isColored, columns: Self.columns)
        let said = ExitCode(rawValue: answer(text)) ?? .inputOutput
        guard let path = settings.reportPath else { return said }
        let page = report.html(
            version: productVersion, command: command, machine: MachineDescription.text,
            writtenAt: Self.date())
        do throws(SystemError) {
            let file = try Descriptor.opening(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
            guard writeText(page, to: file.raw) else { throw SystemError("write") }
        } catch {
            complain("--report \(path): \(error.reason)")
            return .cannotCreate
        }
        return said
    }

    /// Columns of the terminal that the report goes to; as many as there are where it goes elsewhere.
    private static var columns: Int {
        var window = winsize()
        let isKnown = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0 && window.ws_col > 0
        return isKnown ? Int(window.ws_col) : .max
    }

    /// Date and time of day in UTC: a report may be read elsewhere.
    private static func date() -> String {
        var now = time(nil)
        var parts = unsafe tm()
        unsafe gmtime_r(&now, &parts)
        var text = [CChar](repeating: 0, count: 64)
        let count = unsafe strftime(&text, text.count, "%Y-%m-%d %H:%M:%S UTC", &parts)
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func dismiss() {
        let deadline = MonotonicClock.now() + Self.leaveNanoseconds
        for index in 0..<children.slotCount {
            guard let child = unsafe children.at(index)?.element else { continue }
            while unsafe child.pointee.reap() == nil {
                if MonotonicClock.now() > deadline { unsafe child.pointee.signal(SIGKILL) }
                usleep(2000)
            }
        }
    }
}

/// A plain line a second on standard error, for a pipe or a log: standard output is the report's alone.
private final class LoadLines: LoadFace {
    private let output: NonblockingOutput

    /// A reader that lags so far behind has its next lines left out: the run does not wait for it.
    private static let pendingBytes = 64 * 1024

    init() { output = NonblockingOutput(sharing: STDERR_FILENO) }

    var descriptor: Int32? { nil }
    func show(_ status: LoadStatus) {}
    func readInput() -> LoadInput { .nothing }

    func secondPassed(_ status: LoadStatus) {
        if output.pendingCount < Self.pendingBytes { output.append(text: status.line + "\n") }
        _ = output.pump()
    }

    /// Writes what waits: the report stands behind it. Whoever wants that reads this first.
    func close() { output.finish(withinMilliseconds: .max) }
}
