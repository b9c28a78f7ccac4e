import PosixIO
import Telemetry

/// Why the server did not start.
struct StartError: Error {
    let message: String
    let exitStatus: ExitCode
}

/// Runs the server in this process; `front` is the socket of the front that started it.
public func serveAsMaster(_ settings: MasterSettings, front: Int32?) -> Int32 {
    ChildProcess.closeInheritedOnExec()
    let limit = DescriptorLimit.raise()
    guard let budget = DescriptorBudget(limit: limit, workers: settings.workerCount) else {
        let least = DescriptorBudget.least(workers: settings.workerCount)
        complain(
            "the limit of \(limit) descriptors is too low for \(settings.workerCount) workers; "
                + "raise it to at least \(least) (ulimit -n)")
        return ExitCode.system.rawValue
    }
    let log: EventLog
    do throws(SystemError) {
        log = try EventLog.open(path: settings.logPath, isQuiet: front != nil)
    } catch {
        complain("--log \(settings.logPath ?? ""): \(error.text)")
        return ExitCode.cannotCreate.rawValue
    }
    do throws(StartError) {
        let master = try Master(settings, front: front, log: log, budget: budget)
        log.write("starting") { line in
            line.add("version", settings.version)
            line.add("descriptor_limit", limit)
        }
        return master.run()
    } catch {
        complain(error.message)
        return error.exitStatus.rawValue
    }
}
