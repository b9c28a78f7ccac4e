import BroadcastHub
import ByteCore
import ClusterSupervisor
import Glibc
import PosixIO
import Telemetry
import ViewerGateway

/// Signals, and the end.
extension Master {
    /// Does what a signal asks for.
    func heed(_ signal: Int32) {
        switch signal {
        case SIGUSR1: _ = try? reopenLog(because: "SIGUSR1")
        case SIGUSR2: _ = upgrade(because: "SIGUSR2")
        case SIGHUP:
            var unheard = ByteBuffer()
            _ = reload(because: "SIGHUP", &unheard)
        // Whoever presses Ctrl-C waits for the end.
        case SIGINT: stop(because: "SIGINT")
        default: leave(because: "SIGTERM")
        }
    }

    /// Gives up the start because a worker ended during it; after the start such a worker is replaced.
    func failStart(_ why: String) {
        guard !isAnnounced, startFailure == nil else { return }
        startFailure = wordsAtStart.isEmpty ? why : "\(why): \(wordsAtStart)"
        stop(because: "a worker cannot be started")
    }

    /// Stops after the time that whoever sends clients here has to notice; asked for once more, at once.
    func leave(because reason: String) {
        if case .running = life, beginLeaving(because: reason) { return }
        stop(because: reason)
    }

    func stop(because reason: String) {
        guard isServing else { return }
        log.write("stopping") { $0.add("why", reason) }
        service.stopping("Stopping", within: Self.stopAllowance, now: now)
        life = .stoppingWorkers(deadline: now + Self.workersDeadline)
        stopsBy = now + MasterLimits.stopNanoseconds
        demo?.child.signal(SIGTERM)
        cluster.stop(poller, now: now)
    }

    func advanceLife() {
        switch life {
        case .running:
            followFront()
        case .leaving(let deadline):
            followFront()
            guard now >= deadline else { return }
            stop(because: "the time of --drain-seconds is over")
            advanceLife()
        case .ended: return
        case .stoppingWorkers(let deadline):
            guard cluster.isStopped || now >= deadline else { return }
            hub.endEveryGrace(now: now)
            hub.endTurn(now: now)
            gateway.beginStop(poller, now: now)
            life = .drainingViewers(deadline: now + Self.viewersDeadline)
            gateway.serve(poller, now: now)
            advanceLife()
        case .drainingViewers(let deadline):
            guard gateway.isDrained || now >= deadline else { return }
            life = .ended
        }
    }

    func finish() -> Int32 {
        demo?.child.signal(SIGKILL)
        let deadline = max(stopsBy, now + MasterLimits.leastLastWritesNanoseconds)
        access?.stop(poller, now: now, deadline: deadline)
        keepClaims(by: deadline)
        log.write("stopped") { line in
            line.add("uptime_seconds", (now - startedAt) / 1_000_000_000)
            line.add("events_received", Int64(clamping: totals().received))
        }
        control?.end()
        log.finish(withinMilliseconds: MasterLimits.lastWordsMilliseconds)
        guard let startFailure else { return ExitCode.success.rawValue }
        complain(startFailure)
        return ExitCode.system.rawValue
    }

    /// Decides what each signal means here, and returns those that the loop hears.
    static func takeSignals() throws(SystemError) -> SignalSource {
        let signals = try SignalSource([SIGTERM, SIGINT, SIGUSR1, SIGUSR2, SIGHUP])
        // Ctrl-C reaches the children as well. They inherit that it is ignored, and leave it to the
        // master, to whom it is still reported, because it is blocked too.
        SignalSource.ignore(SIGINT)
        SignalSource.ignore(SIGPIPE)
        SignalSource.ignore(SIGHUP)
        // A log file that reaches its size limit loses lines; the server goes on.
        SignalSource.ignore(SIGXFSZ)
        // A parent may have left it ignored; then the kernel would reap the workers, and how they ended
        // would be lost.
        SignalSource.restoreDefault(SIGCHLD)
        return signals
    }
}
