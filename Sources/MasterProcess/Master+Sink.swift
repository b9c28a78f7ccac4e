import BroadcastHub
import ClusterSupervisor
import PointerEvents
import PosixIO
import RelayWire
import Telemetry

/// What workers say goes to the hub; what happens to them goes to the log.
extension Master: RelaySink {
    func channelOpened(pid: Int32) -> Int { hub.openChannel(pid: pid) }

    func channelClosed(_ channel: Int, now: Int64) {
        sampling.closed(channel: channel)
        hub.closeChannel(channel, now: now)
    }

    func joined(_ join: RelayJoin, on channel: Int, now: Int64) {
        if join.isMoved { return joinedAgain(join, on: channel, now: now) }
        let isSigned = join.instance != 0
        let claim = isSigned ? IdentityClaim(stamp: join.stamp, instance: join.instance) : nil
        let refusal = unsafe hub.joined(
            channel: channel, slot: join.slot, id: join.id, claim: claim, now: now)
        switch refusal {
        case nil: break
        case .claim: return verdicts.append((channel, .refuse(connection: join.connection)))
        case .noPlace:
            return verdicts.append((channel, .noPlace(connection: join.connection, slot: join.slot)))
        }
        // Only pages that speak `pointerscope.v1` can be told how often to sample.
        guard isSigned else { return }
        if join.stamp != 0 { verdicts.append((channel, .admit(connection: join.connection))) }
        unsafe sampling.joined(join.id, channel: channel, slot: join.slot, connection: join.connection)
    }

    /// A visitor came along with its connection.
    private func joinedAgain(_ join: RelayJoin, on channel: Int, now: Int64) {
        let refusal = unsafe hub.joined(
            channel: channel, slot: join.slot, id: join.id, movedWith: join.connection, now: now)
        if refusal != nil {
            return verdicts.append((channel, .noPlace(connection: join.connection, slot: join.slot)))
        }
        unsafe sampling.joined(join.id, channel: channel, slot: join.slot, connection: join.connection)
    }

    func moving(slot: UInt32, with connection: UInt64, on channel: Int, now: Int64) {
        sampling.left(channel: channel, slot: slot)
        hub.moving(channel: channel, slot: slot, connection: connection, now: now)
    }

    func connectionMoved(_ connection: UInt64, from channel: Int) {
        hub.moved(connection: connection, from: channel)
    }

    func connectionAdopted(_ connection: UInt64, by channel: Int) {
        hub.adopted(connection: connection, by: channel)
    }

    func connectionEnded(_ connection: UInt64, now: Int64) { hub.connectionEnded(connection, now: now) }

    func left(slot: UInt32, mayReturn: Bool, on channel: Int, now: Int64) {
        sampling.left(channel: channel, slot: slot)
        hub.left(channel: channel, slot: slot, mayReturn: mayReturn, now: now)
    }

    func told(_ kind: RelayText, index: UInt32, _ bytes: UnsafeRawBufferPointer?, on channel: Int) {
        guard let bytes = unsafe bytes else {
            switch kind {
            case .page: return hub.noPage(channel: channel, index: index)
            case .name: return hub.noName(channel: channel, index: index)
            case .element: return hub.noElement(channel: channel, index: index)
            }
        }
        switch kind {
        case .page: unsafe hub.page(channel: channel, index: index, bytes: bytes)
        case .name: unsafe hub.name(channel: channel, index: index, bytes: bytes)
        case .element: unsafe hub.element(channel: channel, index: index, bytes: bytes)
        }
    }

    func received(
        _ sample: UnsafePointer<PointerSample>, tail: UnsafePointer<SampleTail>, on channel: Int, now: Int64
    ) {
        unsafe hub.received(channel: channel, sample.pointee, tail: tail.pointee, now: now)
    }

    @inline(__always)
    func received(_ samples: UnsafePointer<PointerSample>, count: Int, on channel: Int, now: Int64) {
        unsafe hub.received(channel: channel, samples, count: count, now: now)
    }

    func noted(_ event: ClusterEvent) {
        lives.note(event)
        switch event {
        case .workerStarted(let number, let pid): logWorker("worker_started", number, pid)
        case .workerOnline: break
        case .changeEnded(let outcome): changes.outcome = outcome
        case .connectionsMoved(let number, let pid, let count, let milliseconds):
            logWorker(
                "connections_moved", number, pid, figure: ("count", Int64(clamping: count)),
                ("milliseconds", milliseconds))
        case .workerReady(let number, let pid, let capacity):
            logWorker("worker_ready", number, pid, figure: ("capacity", Int64(capacity)))
        case .workerStopping(let number, let pid, let why):
            // When the whole server stops the log says that in one line.
            if isServing { logWorker("worker_stopping", number, pid, text: ("why", "\(why)")) }
        case .workerExited(let number, let pid, let how, let lost):
            logWorker(
                "worker_exited", number, pid, text: ("how", how.text),
                figure: ("events_lost", Int64(clamping: lost)), isUrgent: how != .exited(0))
            // What a process says when the operating system refuses something that should work.
            if how == .exited(ExitCode.system.rawValue) { failStart("a worker could not start") }
        case .workerNotStarted(let number, let why):
            logWorker("worker_not_started", number, 0, text: ("why", why))
            failStart("a worker could not be started: \(why)")
        case .workerGivenUp(let number, let deaths, let minUptime):
            log.write("worker_errored") { line in
                line.add("worker", number)
                line.add("why", WorkerLives.words(forDeaths: deaths, within: minUptime))
                if let lastWords = lives.lastWords { line.add("how", lastWords) }
                line.add("mend", "once that is mended, pointerscope ctl restart \(number) brings it back")
            }
        case .workerOverMemory(let number, let pid, let bytes, let limit):
            log.write("worker_over_memory") { line in
                line.add("worker", number)
                line.add("worker_pid", Int(pid))
                line.add("bytes", Int64(clamping: bytes))
                line.add("limit", Int64(clamping: limit))
            }
            // Nobody waits for its end, but others learn what is under way, and the log what came of it.
            _ = changes.begin("restart \(number) for its memory")
        case .workerUnresponsive(let number, let pid): logWorker("worker_unresponsive", number, pid)
        case .workerCorrupt(let number, let pid, let why):
            logWorker("worker_corrupt", number, pid, text: ("why", why))
        case .workerSaid(let number, let pid, let text, let omitted):
            if !isAnnounced { wordsAtStart = text }
            logWorker(
                "worker_said", number, pid, text: ("text", text),
                figure: omitted > 0 ? ("omitted", omitted) : nil)
        case .originsRefused(let newest, let count): logRefusedOrigins(newest, count)
        case .connectionsRefused(let reason, let count):
            log.write("connections_refused") { line in
                line.add("reason", reason)
                line.add("count", Int64(clamping: count))
            }
        }
    }

    /// Names the option that would admit the page: whoever wrote its snippet sees no more than a refusal.
    private func logRefusedOrigins(_ newest: [UInt8], _ count: UInt64) {
        let isReadable = !newest.isEmpty && newest.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        let origin = isReadable ? String(decoding: newest, as: UTF8.self) : ""
        // A worker tells no more of it, and half an origin admits nobody.
        let isCut = newest.count >= ControlRecord.originBytes
        log.write("origin_refused") { line in
            line.add("origin", isCut ? origin + "…" : origin)
            line.add("count", Int64(clamping: count))
            if origin == "null" {
                line.add("mend", "--origin null admits pages opened from a file")
            } else if isReadable, !isCut {
                line.add("mend", "--origin \(origin) admits it")
            }
        }
    }

    private func logWorker(
        _ event: StaticString, _ number: Int, _ pid: Int32, text: (StaticString, String)? = nil,
        figure: (StaticString, Int64)? = nil, _ another: (StaticString, Int64)? = nil, isUrgent: Bool = false
    ) {
        log.write(event, isUrgent: isUrgent) { line in
            line.add("worker", number)
            if pid != 0 { line.add("worker_pid", Int(pid)) }
            if let text { line.add(text.0, text.1) }
            if let figure { line.add(figure.0, figure.1) }
            if let another { line.add(another.0, another.1) }
        }
    }
}
