import PosixIO
import Telemetry

/// Tells the service manager that started this server how it is: ready, reloading, stopping, and that its
/// loop still turns.
final class ServiceReporter {
    private let notifier: ServiceNotifier?
    private let log: EventLog
    /// Between two signs of life: half of the time that the service manager gives.
    private let beatPeriod: Int64?
    private var nextBeat = Int64.max
    private var nextRetry = Int64.max
    /// Whether the log was told that messages do not arrive; it is told again once one has.
    private var isFailureTold = false
    /// The last status that was told.
    private var status = ""
    /// Whether it was told that a reload has begun, and not that it is over.
    private(set) var isReloading = false

    init(_ environment: ServiceEnvironment, _ log: EventLog) {
        self.log = log
        for fault in environment.faults { log.write("service_manager_unclear") { $0.add("why", fault) } }
        var notifier: ServiceNotifier?
        if let socket = environment.socket {
            do throws(ServiceNotifier.Fault) {
                notifier = try ServiceNotifier(to: socket)
            } catch {
                let why = "NOTIFY_SOCKET \(oneLine(socket)) \(error.reason)"
                log.write("service_manager_unclear") { $0.add("why", why) }
            }
        }
        self.notifier = notifier
        let period = environment.watchdogNanoseconds.map { max(MasterLimits.leastBeatNanoseconds, $0 / 2) }
        beatPeriod = notifier == nil ? nil : period
    }

    /// The server serves; what it is like is told with it, and from now on that its loop turns.
    func ready(_ status: String, now: Int64) {
        self.status = status
        if beatPeriod != nil { nextBeat = now }
        send(["READY=1", "STATUS=\(status)"], now: now)
    }

    /// A reload has begun; the service manager waits for its end.
    func reloading(now: Int64) {
        isReloading = true
        send(["RELOADING=1", "MONOTONIC_USEC=\(now / 1000)", "STATUS=Reloading"], now: now)
        status = "Reloading"
    }

    /// The reload is over, whatever came of it.
    func reloaded(_ status: String, now: Int64) {
        guard isReloading else { return }
        isReloading = false
        self.status = status
        send(["READY=1", "STATUS=\(status)"], now: now)
    }

    /// The server stops, within `nanoseconds`, which may be more than the service manager would wait.
    func stopping(_ status: String, within nanoseconds: Int64, now: Int64) {
        isReloading = false
        self.status = status
        send(
            ["STOPPING=1", "STATUS=\(status)", "EXTEND_TIMEOUT_USEC=\(nanoseconds / 1000)"], now: now)
    }

    /// Tells how it is, if that has changed.
    func tell(_ status: String, now: Int64) {
        guard notifier != nil, status != self.status, !isReloading else { return }
        self.status = status
        send(["STATUS=\(status)"], now: now)
    }

    private func send(_ lines: [String], now: Int64) {
        guard let notifier else { return }
        notifier.send(lines)
        heedFailure(now: now)
    }

    /// When it wants a turn of the loop at the latest.
    var nextDeadline: Int64? {
        let next = min(nextBeat, nextRetry)
        return next == .max ? nil : next
    }

    /// Gives the sign of life when it is due and `isWell`; where it is not, it is looked again soon, so that
    /// a worker which is being replaced costs nothing.
    func tick(isWell: Bool, now: Int64) {
        guard let notifier else { return }
        if now >= nextRetry {
            notifier.retry()
            heedFailure(now: now)
        }
        guard let beatPeriod, now >= nextBeat else { return }
        guard isWell else {
            nextBeat = now + max(1_000_000, min(beatPeriod / 8, MasterLimits.serviceRetryNanoseconds))
            return
        }
        nextBeat = now + beatPeriod
        notifier.sendNow("WATCHDOG=1")
        heedFailure(now: now)
    }

    private func heedFailure(now: Int64) {
        guard let notifier else { return }
        nextRetry = notifier.hasWaiting ? now + MasterLimits.serviceRetryNanoseconds : .max
        guard let failure = notifier.failure else {
            isFailureTold = false
            return
        }
        guard !isFailureTold else { return }
        isFailureTold = true
        log.write("service_manager_not_told") { $0.add("why", failure.text) }
    }
}
