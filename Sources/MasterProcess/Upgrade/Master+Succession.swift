import BroadcastHub
import ByteCore
import ClusterSupervisor
import ControlWire
import FramesShape
import Glibc
import PosixIO
import Telemetry
import ViewerGateway

/// Goes on with what the program before in this process has left; returns the exit status.
///
/// Until `Master.begin` nothing is read, written or accepted, so that the program before can come back to
/// what it has left.
func goOn(
    _ settings: MasterSettings, _ inheritance: Succession.Inheritance, _ budget: DescriptorBudget,
    standardError: NonblockingOutput
) -> Int32 {
    let held = ByteBudget(limit: MasterLimits.heldBytes)
    let left: CarriedMaster
    let hub: BroadcastHub
    do throws(SystemError) {
        let bytes = try MemoryFile.read(inheritance.state)
        do throws(CarryFault) {
            let state = unsafe try UpgradeState.read(bytes.readable)
            left = unsafe state.master
            do throws(SnapshotFault) {
                hub = unsafe try HubSnapshot.read(
                    state.hub, limits: settings.hubLimits, budget: held,
                    hashSeed: .random(in: .min ... .max))
            } catch {
                Succession.giveUp(because: "the hub that was left to it cannot be read: \(error)")
            }
        } catch {
            Succession.giveUp(because: "what was left to it cannot be read: \(error)")
        }
    } catch {
        Succession.giveUp(because: "what was left to it cannot be read: \(error.text)")
    }
    let log = EventLog(taking: left.log, standardError: left.logsNowhere ? nil : standardError)
    let master = Master(settings, taking: left, inheritance, hub: hub, held: held, log: log, budget: budget)
    return master.run()
}

extension Master {
    /// Makes what listens on both ports.
    func makePorts(
        ingest: consuming Listener, http: consuming Listener, _ budget: DescriptorBudget
    ) throws(SystemError) {
        gateway = ViewerGateway(
            listener: http, hub: hub, budget: held, source: self,
            settings: GatewaySettings(settings, budget), gate: access?.gate, kind: Kind.gateway)
        cluster = try ClusterSupervisor(
            listener: ingest, sink: self, executable: executable.duplicated(),
            workerArguments: settings.workerArguments,
            workerCount: settings.workerCount, balance: settings.balance, policy: settings.restartPolicy,
            waitingLimit: budget.waitingPerWorker, drainMilliseconds: settings.drainMilliseconds,
            door: settings.network.ingestDoor, kind: Kind.cluster)
    }

    /// Takes over all that has an owner of its own; the listeners are known by then.
    func take(_ left: CarriedMaster) {
        cluster.take(left.cluster, poller)
        cluster.sampling = samplingRecord
        gateway.take(left.gateway, poller, now: now)
        sampling.take(left.slots)
        lives.ring.take(left.lives)
        changes.done = left.changesDone
        changes.failed = left.changesFailed
        upgrades = left.upgrades
        upgradeNumber = left.number
        refusedVisitors = left.refusedVisitors
        refusedForMemory = left.refusedForMemory
        isAnnounced = true
        do throws(SystemError) {
            try gateway.start(poller)
            if let carried = left.demo {
                let demo = DemoProcess(taking: carried)
                self.demo = demo
                try poller.add(demo.child.raw, for: .readable, token: Token(kind: Kind.demo))
                try poller.add(demo.errors.raw, for: .readable, token: Token(kind: Kind.demoErrors))
            }
        } catch {
            Succession.giveUp(because: error.text)
        }
        guard let desk = left.control else { return }
        control = ControlDesk(taking: desk, version: settings.version, kind: Kind.control, poller)
        openControl(terminal: nil)
    }

    /// From here on this program is the server, and tells who waits for that.
    func begin(_ inheritance: Succession.Inheritance, _ from: String, _ why: String) {
        Succession.begun(inheritance)
        let number = upgradeNumber
        if let reason = inheritance.refusal {
            upgrades.returned += 1
            log.write("upgrade_returned") { $0.add("why", reason) }
            let refusal = ControlRefusal(
                "the new program did not begin: \(reason); the program of before goes on",
                status: ExitCode.software.rawValue)
            control?.finish(number, refusal, poller, now: now)
        } else {
            upgrades.done += 1
            log.write("upgraded") { line in
                line.add("why", why)
                line.add("from", from)
                line.add("version", settings.version)
                line.add("pid", Int(getpid()))
            }
            let note = "upgrade: done, \(settings.version) goes on where \(from) was"
            control?.finish(number, nil, notes: [note], poller, now: now)
        }
        cluster.resume(poller, now: now)
        // What pages were told last was found out by another governor.
        tickSampling()
        cluster.tellEveryone(samplingRecord, poller)
        service.ready(serviceStatus, now: now)
        access?.prepare(poller, now: now)
        gateway.refreshStatus()
    }
}

extension GatewaySettings {
    /// What of the server's settings is the HTTP port's.
    init(_ settings: MasterSettings, _ budget: DescriptorBudget) {
        self.init()
        connectionLimit = budget.httpConnections
        viewerLimit = budget.viewers
        trust = settings.network.trust
        expectsProxyHeader = settings.network.expectsProxyHeaders.http
        publicURL = settings.publicURL
    }
}
