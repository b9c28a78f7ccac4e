import AccessControl
import ByteCore
import ClusterSupervisor
import ControlWire
import Glibc
import PosixIO
import SupervisorCore
import Telemetry
import ViewerGateway

/// A configuration that was read again and is in order, and what of it is still to be taken.
struct Reload {
    let settings: MasterSettings
    let plan: ReloadPlan
    /// Nil where nobody signs in.
    let belief: JWTBelief?
}

/// Reading the configuration again, and having it hold.
///
/// ```
///   read everything ──▶ check it ──▶ take what holds at once ──▶ new workers ──▶ take what holds with them
///         └─ a fault ──────┴──▶ refused, nothing was changed          └─ none ──▶ refused, the rest stays
/// ```
extension Master {
    /// Reads the configuration again, takes what holds at once, and begins to replace every worker by one of
    /// the program that now lies where this one was started from; appends what was taken.
    func reload(because why: String, _ text: inout ByteBuffer) -> ControlDesk.Answer {
        log.write("reloading") { $0.add("why", why) }
        // What changes from here on is for another reload.
        let known = watch?.reading()
        defer { followFiles() }
        service.reloading(now: now)
        do throws(ControlRefusal) {
            guard case .running = life else { throw refusal(.stopping, nil) }
            let reload = try reread()
            if let reload { takeAtOnce(reload, &text) }
            let image = try freshExecutable()
            var next = settings
            if let reload { next.takeWithWorkers(from: reload.settings) }
            do throws(WorkerRefusal) {
                try cluster.reload(
                    from: image, arguments: next.workerArguments, workersAccept: next.balance.isOfWorkers,
                    poller, now: now)
            } catch {
                throw refusal(error, nil)
            }
            changes.reload = reload
            return .later(changes.begin("reload"))
        } catch {
            changes.refuse()
            // Another time it is done.
            if error.status == ExitCode.temporaryFailure.rawValue, let known {
                watch?.forgetReading(known, now: now)
            }
            // Where another reload is under way, that one's end is this one's too.
            if changes.name != "reload" { service.reloaded(serviceStatus, now: now) }
            log.write("reload_refused") { $0.add("why", error.reason) }
            return .refused(error)
        }
    }

    /// What the configuration says now; nil where it cannot have changed. Nothing is taken of it before all
    /// of it is in order, the files that it names among it.
    private func reread() throws(ControlRefusal) -> Reload? {
        switch settings.reread?() {
        case nil: return nil
        case .refused(let why):
            throw ControlRefusal(why, status: ExitCode.configuration.rawValue)
        case .settings(let fresh, let plan):
            do throws(StartError) {
                refusedFiles = access?.examinedFiles(fresh.people) ?? []
                let belief = try access?.examine(fresh.people)
                refusedFiles = []
                return Reload(settings: fresh, plan: plan, belief: belief)
            } catch {
                throw ControlRefusal(error.message, status: error.exitStatus.rawValue)
            }
        }
    }

    /// The program on disk, under the path that this one was started from.
    func freshExecutable() throws(ControlRefusal) -> Descriptor {
        let path = executablePath
        let file: Descriptor
        do throws(SystemError) {
            // A pipe in its place would be waited for otherwise (open(2)).
            file = try Descriptor.opening(path, flags: O_RDONLY | O_NONBLOCK)
        } catch {
            throw ControlRefusal(
                "the program \(path) cannot be started: \(error.text)", status: ExitCode.system.rawValue)
        }
        // It is started by its descriptor, and an interpreter would look for the script under a name that is
        // gone by then (fexecve(3)).
        guard !ChildProcess.isScript(file) else {
            throw ControlRefusal(
                "\(path) is a script (#!): put the program itself in its place",
                status: ExitCode.system.rawValue)
        }
        return file
    }

    private func takeAtOnce(_ reload: Reload, _ text: inout ByteBuffer) {
        let before = settings.sampling
        settings.takeAtOnce(from: reload.settings)
        takeOfIngest()
        if settings.sampling != before { takeSampling() }
        var names = reload.plan[.atOnce]
        if let access, let people = settings.people {
            gateway.take(sessionsPerAdmin: people.sessionsPerAdmin)
            gateway.take(showsSamplePage: people.gate.showsSamplePage)
            names += access.take(people, reload.belief, besides: names, gateway, poller, now: now)
        }
        reload.plan.holds(.atOnce)
        tell(names, .atOnce, &text)
        tell(reload.plan[.withWorkers], .withWorkers, &text)
        tell(reload.plan[.nextStart], .nextStart, &text)
        log.level = settings.logLevel
        let isNew = watch == nil
        takeWatch()
        // What lies there now is what is being read, whatever program this process is.
        if isNew { watch?.reading() }
    }

    /// Has the master's own part of the ingest port be as the settings say.
    private func takeOfIngest() {
        cluster.take(
            door: settings.network.ingestDoor, balance: settings.balance,
            drainMilliseconds: settings.drainMilliseconds, poller, now: now)
    }

    /// The new workers serve.
    func takeWithWorkers(_ reload: Reload) {
        settings.takeWithWorkers(from: reload.settings)
        takeOfIngest()
        gateway.take(settings.network.trust, identityHeader: settings.people?.gate.identityHeader)
        reload.plan.holds(.withWorkers)
        let names = reload.plan[.withWorkers]
        if !names.isEmpty { logOptions(names, .withWorkers) }
    }

    /// Says which options are taken when; of those of the new workers the log says it when they are.
    private func tell(_ names: [String], _ reach: ReloadReach, _ text: inout ByteBuffer) {
        guard !names.isEmpty else { return }
        text.appendControlNote("\(reach.words): \(names.joined(separator: ", "))")
        switch reach {
        case .atOnce: logOptions(names, reach)
        case .withWorkers: break
        case .nextStart:
            log.write("restart_needed") { $0.add("options", names.joined(separator: " ")) }
        }
    }

    private func logOptions(_ names: [String], _ reach: ReloadReach) {
        // Whoever has less written from now on is told so.
        log.write("options_changed", isUrgent: names.contains("log-level")) { line in
            line.add("options", names.joined(separator: " "))
            line.add("taken", "\(reach.words)")
        }
    }
}
