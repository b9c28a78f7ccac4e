import ByteCore
import ClusterSupervisor
import ControlWire
import Glibc
import HelperProcesses
import PosixIO
import Telemetry
import ViewerGateway

/// A new program takes this one's place: asked for, checked, and done when nothing is under way.
extension Master {
    /// Begins an upgrade; returns the number under which its end is told, or why it is none.
    func upgrade(because why: String) -> Result<UInt64, ControlRefusal> {
        log.write("upgrade_asked") { $0.add("why", why) }
        do throws(ControlRefusal) {
            try admitUpgrade()
            let image = try freshExecutable()
            upgradeNumber += 1
            let desk: UpgradeDesk
            do throws(SystemError) {
                desk = try UpgradeDesk(
                    image, role: settings.roles.check, commandLine: settings.commandLine, why: why,
                    number: upgradeNumber, now: now)
                // What it says has room in its pipe; its end says the rest.
                try poller.add(desk.raw, for: .readable, token: Token(kind: Kind.upgrade))
            } catch {
                throw ControlRefusal(
                    "the program \(executablePath) cannot be started: \(error.text)",
                    status: ExitCode.system.rawValue)
            }
            upgrade = desk
            return .success(desk.number)
        } catch {
            noteRefused(error)
            return .failure(error)
        }
    }

    private func admitUpgrade() throws(ControlRefusal) {
        let busy = ExitCode.temporaryFailure.rawValue
        guard case .running = life else { throw ControlRefusal("the server is stopping", status: busy) }
        guard isAnnounced else { throw ControlRefusal("the server is not ready yet", status: busy) }
        guard upgrade == nil else { throw ControlRefusal("an upgrade is under way", status: busy) }
        if let name = changes.name { throw ControlRefusal("\(name) is under way", status: busy) }
        switch settings.reread?() {
        case nil: break
        case .refused(let why): throw ControlRefusal(why, status: ExitCode.configuration.rawValue)
        case .settings(_, let plan):
            let restart = plan[.nextStart]
            guard !restart.isEmpty else { break }
            throw ControlRefusal(
                "these options have changed and need a new start: \(restart.joined(separator: " "))",
                status: ExitCode.configuration.rawValue)
        }
        if let why = access?.unreadable() {
            throw ControlRefusal(why, status: ExitCode.configuration.rawValue)
        }
    }

    private func noteRefused(_ refusal: ControlRefusal) {
        upgrades.refused += 1
        log.write("upgrade_refused") { $0.add("why", refusal.reason) }
    }

    /// The check has ended.
    func upgradeChecked() {
        guard let desk = upgrade, let status = desk.ended() else { return }
        poller.remove(desk.raw)
        if let why = desk.refusal(status) { return refuseUpgrade("\(executablePath): \(why)") }
        desk.phase = .settling
        desk.deadline = now + MasterLimits.upgradeSettleNanoseconds
    }

    /// Everything goes on as it was.
    private func refuseUpgrade(_ why: String, status: ExitCode = .software) {
        guard let desk = upgrade else { return }
        upgrade = nil
        let refusal = ControlRefusal("\(why); the program of before goes on", status: status.rawValue)
        noteRefused(refusal)
        control?.finish(desk.number, refusal, poller, now: now)
    }

    /// Goes on with an upgrade; to be called at the end of every turn of the loop.
    func advanceUpgrade() {
        guard let desk = upgrade else { return }
        switch desk.phase {
        case .checking:
            guard now >= desk.deadline else { return }
            poller.remove(desk.raw)
            desk.child.killAndReap()
            refuseUpgrade("\(executablePath): it did not say in time what it can take over")
        case .settling:
            guard case .running = life else {
                return refuseUpgrade("the server is stopping", status: .temporaryFailure)
            }
            if cluster.isAtRest, gateway.isSettled, access?.isSettled ?? true { return giveWay(desk) }
            guard now >= desk.deadline else { return }
            refuseUpgrade(
                cluster.isMoving ? drainingWords : "something is under way that takes too long",
                status: .temporaryFailure)
        }
    }

    private var drainingWords: String {
        let words =
            "a worker that is replaced still has connections that cannot be handed over, a post that "
            + "is not whole or one that is closing"
        guard let until = cluster.drainsUntil else { return words }
        return
            "\(words); come again in \(max(1, (until - now + 999_999_999) / 1_000_000_000)) s at the latest"
    }

    /// Puts the new program in this one's place; returns where that fails.
    private func giveWay(_ desk: UpgradeDesk) {
        log.write("upgrading") { line in
            line.add("why", desk.why)
            line.add("path", executablePath)
        }
        sendVerdicts()
        gateway.settle(poller, now: now)
        access?.rest(poller)
        guard var left = carried(desk) else {
            return refuseUpgrade("what is there cannot be left to another program", status: .temporaryFailure)
        }
        do throws(CarryFault) {
            let state = try UpgradeState.write(&left, hub)
            do throws(SystemError) {
                let file = try unsafe MemoryFile.make("pointerscope-state", of: state.bytes.readable)
                NonblockingOutput.settle(withinMilliseconds: MasterLimits.lastWordsMilliseconds)
                NonblockingOutput.giveBack(STDERR_FILENO)
                let failure = Succession.execute(
                    desk.image, arguments: settings.commandLine, state: file, old: executable,
                    kept: state.descriptors)
                refuseUpgrade("\(executablePath) cannot be started: \(failure.text)", status: .system)
            } catch {
                refuseUpgrade("there is no room for what is to be left: \(error.text)", status: .system)
            }
        } catch {
            refuseUpgrade("what is there cannot be written down: \(error)")
        }
    }

    /// All that the next program needs; nil where something is under way.
    private func carried(_ desk: UpgradeDesk) -> CarriedMaster? {
        guard let cluster = cluster.carried, let gateway = gateway.carried else { return nil }
        var left = CarriedMaster()
        left.version = settings.version
        left.executablePath = executablePath
        left.startedAt = startedAt
        left.clockNow = startClocks.now
        left.wallClockOffset = startClocks.wallClockOffset
        left.slept = startClocks.slept
        left.logsNowhere = log.output == nil
        left.dependsOnFront = dependsOnFront
        left.refusedVisitors = refusedVisitors
        left.refusedForMemory = refusedForMemory
        left.changesDone = changes.done
        left.changesFailed = changes.failed
        left.isReloadOwed = watch?.hasMissed() ?? false
        left.upgrades = upgrades
        left.why = desk.why
        left.number = desk.number
        left.lives = lives.ring.carried
        left.slots = sampling.carried
        left.cluster = cluster
        left.gateway = gateway
        left.access = access?.carried
        left.control = control?.carried
        left.demo = demo.map { CarriedDemo($0) }
        log.flush()
        left.log = log.carried
        return left
    }

    func appendUpgradeMetrics(to text: inout ByteBuffer) {
        let all = "pointerscope_upgrades_total" as StaticString
        text.appendMetricFamily(
            all, .counter, help: "Times that another program was to take over, by result.")
        text.appendMetric(all, label: ("result", "done"), upgrades.done)
        text.appendMetric(all, label: ("result", "refused"), upgrades.refused)
        text.appendMetric(all, label: ("result", "returned"), upgrades.returned)
    }
}

extension SamplingDesk {
    /// On which connection each slot speaks, by channel.
    var carried: [CarriedSlots] {
        connections.map { slots in
            var carried = CarriedSlots()
            carried.connections = Array(slots)
            return carried
        }
    }

    /// Knows what another desk knew.
    func take(_ carried: [CarriedSlots]) {
        connections = carried.map { ContiguousArray($0.connections) }
    }
}

extension AccessKeeper {
    /// Lets both helpers go, which have nothing to do; they come back when they are needed.
    func rest(_ poller: borrowing Poller) {
        hash.rest(poller: poller)
        keep.rest(poller: poller)
    }
}
