import BroadcastHub
import ByteCore
import ClusterSupervisor
import ControlWire
import Glibc
import HTTPWire
public import PosixIO
import Telemetry
import ViewerGateway

/// Where operators reach the server.
public enum ControlPlace: Sendable, Equatable {
    case nowhere
    /// Where it was asked for: a server that cannot listen there does not start.
    case named(SocketAddress)
    /// Where nobody asked for it: without it the server starts all the same.
    case standard(SocketAddress)
}

/// What an operator asks for over the control socket.
extension Master {
    /// Listens for operators; nil where nobody may ask, not even at a terminal of the server's own.
    static func controlDesk(
        _ place: ControlPlace, hasFront: Bool, version: String, _ poller: borrowing Poller, _ log: EventLog
    ) throws(StartError) -> ControlDesk? {
        let address: SocketAddress
        switch place {
        case .nowhere: return hasFront ? deskWithoutSocket(version, poller) : nil
        case .named(let named): address = named
        case .standard(let standard): address = standard
        }
        do throws(SystemError) {
            return try ControlDesk(at: address, version: version, kind: Kind.control, poller)
        } catch {
            let path = address.path ?? ""
            var why = words(about: error, at: address)
            if error.code == EADDRINUSE { why = holderWords(address) }
            guard place == .named(address) else {
                log.write("control_unavailable") { line in
                    line.add("path", path)
                    line.add("why", why)
                    line.add("mend", "--control PATH gives this server one of its own")
                }
                return hasFront ? deskWithoutSocket(version, poller) : nil
            }
            throw StartError(message: "--control \(path): \(why)", exitStatus: .unavailable)
        }
    }

    private static func deskWithoutSocket(_ version: String, _ poller: borrowing Poller) -> ControlDesk? {
        try? ControlDesk(at: nil, version: version, kind: Kind.control, poller)
    }

    private static func holderWords(_ address: SocketAddress) -> String {
        guard let pid = PortHolder(of: address)?.process?.pid else { return "somebody listens there" }
        return "another server listens there, process \(pid); give each a --control PATH of its own"
    }

    /// Has the desk ask this master, also for whoever sits at `terminal`, a socket of the server's own one.
    func openControl(terminal: Int32?) {
        guard let control else { return }
        defer { if let terminal { control.adopt(Descriptor(owning: terminal), poller, now: now) } }
        control.answer = { [unowned self] in answer($0, &$1) }
        control.bounds = { [unowned self] source in
            switch source {
            case .log: (log.tail.oldest, log.tail.next)
            case .events: (lives.ring.oldest, lives.ring.next)
            }
        }
        control.line = { [unowned self] source, number in
            source == .log ? log.tail[number] : lives.ring[number]
        }
    }

    /// Appends what was asked for, or does it.
    private func answer(_ request: ControlRequest, _ text: inout ByteBuffer) -> ControlDesk.Answer {
        switch request {
        case .status: text.appendControlItem("status") { appendControlStatus(to: &$0) }
        case .workers:
            for worker in cluster.statuses() { appendControlWorker(worker, to: &text) }
        case .info(let number):
            let workers = cluster.statuses().filter { $0.number == number }
            guard !workers.isEmpty else { return noWorker(number) }
            for worker in workers { appendControlWorker(worker, to: &text) }
        case .logs(let lines):
            return .lines(.log, from: firstLine(of: lines), end: log.tail.next)
        case .follow(let lines): return .lines(.log, from: firstLine(of: lines), end: nil)
        case .events: return .lines(.events, from: lives.ring.next, end: nil)
        case .reopen:
            do throws(SystemError) {
                text.appendControlNote(try reopenLog(because: "ctl"))
            } catch {
                return .refused(ControlRefusal(error.text, status: ExitCode.cannotCreate.rawValue))
            }
        case .shutdown:
            leave(because: "ctl shutdown")
            if case .leaving(let deadline) = life {
                text.appendControlItem("leaving") { $0.appendDecimal((deadline - now) / 1_000_000) }
            }
        case .upgrade:
            switch upgrade(because: "ctl") {
            case .success(let number): return .later(number)
            case .failure(let refusal): return .refused(refusal)
            }
        case .reload: return reload(because: "ctl", &text)
        case .restart(let number): return change(.restart(number), &text)
        case .scale(let count): return change(.scale(count), &text)
        case .stop(let number): return change(.stop(number), &text)
        case .drain(let number): return change(.drain(number), &text)
        }
        return .done
    }

    private func firstLine(of count: Int) -> UInt64 {
        max(log.tail.oldest, log.tail.next - min(log.tail.next, UInt64(count)))
    }

    func noWorker(_ number: Int) -> ControlDesk.Answer {
        .refused(
            ControlRefusal("there is no worker \(number)", status: ExitCode.noUser.rawValue))
    }

    private func appendControlWorker(
        _ worker: ClusterSupervisor<Master>.WorkerStatus, to text: inout ByteBuffer
    ) {
        text.appendControlItem("worker") { text in
            text.append("{\"worker\":")
            text.appendDecimal(worker.number)
            text.append(",\"uptime\":")
            let age = worker.startedAt.map { Double(max(0, now - $0) / 100_000_000) / 10 } ?? 0
            text.appendNumber(age)
            text.append(",")
            appendFigures(of: worker, to: &text)
            text.append("}")
        }
    }

    /// Opens the log's file anew; returns what there is to say.
    func reopenLog(because why: String) throws(SystemError) -> String {
        guard let path = log.path else {
            return "the log is in no file of the server's own, so there is nothing to reopen (--log FILE)"
        }
        do throws(SystemError) {
            try log.reopen()
        } catch {
            log.write("log_not_reopened") { line in
                line.add("file", path)
                line.add("why", error.text)
            }
            throw error
        }
        log.write("log_reopened") { line in
            line.add("file", path)
            line.add("why", why)
        }
        return "the log goes on in \(path)"
    }

    private func appendControlStatus(to text: inout ByteBuffer) {
        text.append("{\"state\":")
        text.appendControlText(stateWord)
        text.append(",\"version\":")
        text.appendControlText(settings.version)
        text.append(",\"pid\":")
        text.appendDecimal(Int64(ProcessMemory.ownPid))
        text.append(",\"uptime\":")
        text.appendNumber((uptimeSeconds * 10).rounded() / 10)
        text.append(",\"ingest\":")
        text.appendControlText(cluster.address.text)
        text.append(",\"http\":")
        text.appendControlText(gateway.address.text)
        if let publicURL = settings.publicURL {
            text.append(",\"url\":")
            text.appendControlText(publicURL.text)
        }
        text.append(",\"control\":")
        text.appendControlText(control?.address?.path ?? "")
        text.append(",\"log\":")
        text.appendControlText(log.path ?? "")
        text.append(",\"running\":")
        text.appendDecimal(cluster.runningCount)
        text.append(",\"errored\":")
        text.appendDecimal(cluster.givenUpCount)
        text.append(",\"connections\":")
        text.appendDecimal(cluster.sum(of: .connectionsOpen))
        text.append(",\"capacity\":")
        text.appendDecimal(cluster.capacity)
        text.append(",\"visitors\":")
        text.appendDecimal(hub.presentCount)
        text.append(",")
        gateway.appendServer(to: &text)
        text.append("}")
    }

    /// `ready`, or why it is not.
    private var stateWord: String {
        switch readiness {
        case .ready: "ready"
        case .unready(let why): "\(why)"
        }
    }

    func appendControlMetrics(to text: inout ByteBuffer) {
        let reloads = "pointerscope_worker_changes_total" as StaticString
        text.appendMetricFamily(
            reloads, .counter, help: "Times workers were replaced or added on request, by result.")
        text.appendMetric(reloads, label: ("result", "done"), changes.done)
        text.appendMetric(reloads, label: ("result", "failed"), changes.failed)
        appendUpgradeMetrics(to: &text)
        guard let control else { return }
        text.appendMetric(
            "pointerscope_control_clients", .gauge, help: "Clients of the control socket.",
            UInt64(control.clientCount))
        let requests = "pointerscope_control_requests_total" as StaticString
        text.appendMetricFamily(requests, .counter, help: "Requests of operators, by their first word.")
        for (place, word) in ControlRequest.Word.allCases.enumerated() {
            text.appendMetric(requests, label: ("request", word.rawValue), control.requests[place])
        }
        let refused = "pointerscope_control_refused_total" as StaticString
        text.appendMetricFamily(
            refused, .counter, help: "Clients of the control socket turned away or cut, by reason.")
        for cut in ControlCut.allCases {
            text.appendMetric(refused, label: ("reason", "\(cut.label)"), control.cuts[cut.rawValue])
        }
    }
}
