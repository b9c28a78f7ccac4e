import ClusterSupervisor
import Glibc
import HTTPWire
import PosixIO
import Telemetry
import ViewerGateway

/// What the service manager is told, and the time between being told to stop and stopping.
extension Master {
    /// Says that every worker serves, the first time that they do.
    func announceOnce() {
        guard !isAnnounced, cluster.isReady else { return }
        isAnnounced = true
        log.write("ready") { line in
            line.add("ingest", cluster.address.text)
            line.add("http", gateway.address.text)
            if let publicURL = settings.publicURL { line.add("url", publicURL.text) }
            line.add("workers", settings.workerCount)
            line.add("pid", Int(getpid()))
            line.add("capacity", cluster.capacity)
        }
        service.ready(serviceStatus, now: now)
        access?.prepare(poller, now: now)
        announceInvite()
        gateway.refreshStatus()
        if settings.demoVisitors > 0 { startDemo() }
    }

    /// How the server is, in a line.
    var serviceStatus: String {
        switch readiness {
        case .ready:
            let all = cluster.numbers.count
            return "Ready: \(cluster.runningCount) of \(all) \(all == 1 ? "worker" : "workers"), "
                + "ingest \(cluster.address.text), http \(gateway.address.text)"
        case .unready(let why): return "Not ready: \(why)"
        }
    }

    /// Whether it has not begun to stop.
    var isServing: Bool {
        switch life {
        case .running, .leaving: true
        case .stoppingWorkers, .drainingViewers, .ended: false
        }
    }

    /// Gives signs of life while the server does what it is there for: not where no worker runs and nobody
    /// wished that. A stop has deadlines of its own.
    func tickService() {
        service.tick(isWell: !isServing || cluster.runningCount > 0 || cluster.isHalted, now: now)
    }

    /// Says that it is not ready any more and serves everything on, so that whoever sends it clients has time
    /// to notice; false where that was not asked for.
    func beginLeaving(because reason: String) -> Bool {
        guard settings.leaveNanoseconds > 0, isAnnounced else { return false }
        life = .leaving(deadline: now + settings.leaveNanoseconds)
        log.write("leaving") { line in
            line.add("why", reason)
            line.add("seconds", Int(settings.leaveNanoseconds / 1_000_000_000))
        }
        service.stopping(
            "Not ready, and about to stop", within: settings.leaveNanoseconds + Self.stopAllowance, now: now)
        gateway.refreshStatus()
        return true
    }

    /// Longer than a stop ever takes.
    static var stopAllowance: Int64 { 2 * MasterLimits.stopNanoseconds }
}
