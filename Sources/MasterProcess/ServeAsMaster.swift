import Glibc
import PosixIO
import Telemetry

/// Why the server did not start.
struct StartError: Error {
    let message: String
    let exitStatus: ExitCode
}

/// The master's ends of the sockets between it and the front that started it.
public struct FrontSockets {
    let stream: Int32
    /// Nil where nobody at the front can ask for anything.
    let control: Int32?

    /// Names both descriptors, which the master takes over.
    public init(stream: Int32, control: Int32?) {
        self.stream = stream
        self.control = control
    }
}

/// Runs the server in this process; `front` are the sockets of the front that started it.
public func serveAsMaster(_ settings: MasterSettings, front: FrontSockets?) -> Int32 {
    let inheritance = Succession.inheritance()
    // What was left stays open until this program has begun: the one before may come back to it.
    if inheritance == nil { ChildProcess.closeInheritedOnExec() }
    MemoryPrivacy.waiveForChildren(settings.isDebuggable)
    var memoryRefused: SystemError?
    if !settings.isDebuggable {
        do throws(SystemError) { try MemoryPrivacy.keep() } catch { memoryRefused = error }
    }
    ProcessMemory.keepLargeBlocksApart()
    // Whoever reads it may stall: nothing that is said there holds up this process, a crash's last words
    // included.
    let standardError = NonblockingOutput.takingOver(STDERR_FILENO)
    var limitRefused: SystemError?
    let limit = DescriptorLimit.raise { limitRefused = $0 }
    guard let budget = DescriptorBudget(limit: limit, workers: settings.workerCount) else {
        let least = DescriptorBudget.least(workers: settings.workerCount)
        complain(
            "the limit of \(limit) descriptors is too low for \(settings.workerCount) workers; "
                + "raise it to at least \(least) (ulimit -n)")
        return ExitCode.system.rawValue
    }
    guard ProcessMemory.isAvailable(MasterLimits.memoryBytes) else {
        let least = MasterLimits.memoryBytes >> 20
        complain(
            "the server needs \(least) MiB of memory, and the system refuses them (ulimit -v, ulimit -d)")
        return ExitCode.system.rawValue
    }
    if let inheritance { return goOn(settings, inheritance, budget, standardError: standardError) }
    let log: EventLog
    do throws(SystemError) {
        if let path = settings.logPath {
            log = try EventLog.open(path: path)
        } else {
            log = EventLog(to: front == nil ? standardError : nil)
        }
    } catch {
        complain("--log \(settings.logPath ?? ""): \(error.text)")
        return ExitCode.cannotCreate.rawValue
    }
    log.level = settings.logLevel
    do throws(StartError) {
        let master = try Master(settings, front: front, log: log, budget: budget)
        log.write("starting") { line in
            line.add("version", settings.version)
            line.add("descriptor_limit", limit)
        }
        if let limitRefused {
            log.write("descriptor_limit_not_raised") { line in
                line.add("why", limitRefused.text)
                line.add("limit", limit)
            }
        }
        if let memoryRefused { log.write("memory_not_private") { $0.add("why", memoryRefused.text) } }
        return master.run()
    } catch {
        complain(error.message)
        return error.exitStatus.rawValue
    }
}
