import Glibc
import PosixIO
import RelayChannels
import SupervisorCore
import Telemetry

/// The ingest port's door: each connection goes to the next worker.
extension ClusterSupervisor {
    /// When connections that find no worker are answered instead of left to wait; nil while that is done, or
    /// a worker runs, or a stop was asked for.
    var refusesAt: Int64? {
        guard let workerlessSince, !isAccepting, acceptsAgainAt == nil, !core.isStopping else { return nil }
        return workerlessSince + ClusterLimits.workerlessNanoseconds
    }

    func startAccepting(_ poller: borrowing Poller, now: Int64) {
        guard !isAccepting, acceptsAgainAt == nil else { return }
        guard core.isAdmitting || refusesAt.map({ now >= $0 }) == true else { return }
        do throws(SystemError) {
            try poller.add(listener.raw, for: .readable, token: Token(kind: kind))
            isAccepting = true
        } catch {
            acceptsAgainAt = MonotonicClock.now() + ClusterLimits.acceptPauseNanoseconds
        }
    }

    func stopAccepting(_ poller: borrowing Poller) {
        guard isAccepting else { return }
        poller.remove(listener.raw)
        isAccepting = false
    }

    private func rest(_ poller: borrowing Poller, now: Int64) {
        stopAccepting(poller)
        acceptsAgainAt = now + ClusterLimits.acceptPauseNanoseconds
    }

    func acceptConnections(_ poller: borrowing Poller, now: Int64) {
        guard isAccepting else { return }
        defer { for index in workers.indices { sendWaiting(to: index, poller) } }
        for _ in 0..<ClusterLimits.acceptsPerWakeUp {
            // When no worker takes any now, the kernel's queue is the place to wait in: while one runs.
            guard core.runningCount == 0 || workers.indices.contains(where: canTakeOneMore) else {
                return rest(poller, now: now)
            }
            switch listener.accept() {
            case .none: return
            case .exhausted: return rest(poller, now: now)
            case .connection(let connection):
                switch core.place(isFull: { !canTakeOneMore($0) }) {
                case .worker(let index):
                    workers[index]?.waiting.append(
                        WaitingConnection(number: nextConnection, descriptor: connection))
                    nextConnection += 1
                case .refused(.capacity):
                    refusedAtCapacity += 1
                    turnAway(connection)
                case .refused(.noWorker):
                    refusedWithoutWorker += 1
                    turnAway(connection)
                }
            }
        }
    }

    private func canTakeOneMore(_ index: Int) -> Bool {
        guard let worker = workers[index] else { return false }
        return worker.waiting.count < waitingLimit
    }

    /// Tells a visitor that nobody has room; best effort, the connection closes right behind it.
    private func turnAway(_ connection: consuming Descriptor) {
        let answer: StaticString = """
            HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\n\
            Connection: close\r\n\r\n
            """
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        _ = unsafe send(connection.raw, answer.utf8Start, answer.utf8CodeUnitCount, flags)
        // What is unread when it closes would have the kernel reset it, and the answer might be lost.
        unsafe withUnsafeTemporaryAllocation(byteCount: ClusterLimits.turnAwayBytes, alignment: 8) {
            _ = unsafe recv(connection.raw, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
        }
    }

    /// Hands on the connections that wait for a worker.
    func sendWaiting(to index: Int, _ poller: borrowing Poller) {
        guard let worker = workers[index], worker.data.isOpen else { return }
        // A channel that is broken has nobody at its other end, or nobody could be told when it has room.
        if !worker.data.handOver(&worker.waiting, poller) { worker.child.signal(SIGKILL) }
    }

    func logRefusals(now: Int64) {
        guard now >= nextRefusalLog else { return }
        let capacity = refusedAtCapacity - refusalsLogged.capacity
        let withoutWorker = refusedWithoutWorker - refusalsLogged.withoutWorker
        guard capacity > 0 || withoutWorker > 0 else { return }
        nextRefusalLog = now + ClusterLimits.refusalLogNanoseconds
        refusalsLogged = (refusedAtCapacity, refusedWithoutWorker)
        if capacity > 0 { sink.noted(.connectionsRefused(reason: "capacity", count: capacity)) }
        if withoutWorker > 0 {
            sink.noted(.connectionsRefused(reason: "no_worker", count: withoutWorker))
        }
    }

    /// Tells whose pages are refused, the newest of them, at most once a second.
    func logRefusedOrigin(_ origin: [UInt8], now: Int64) {
        guard now >= nextOriginLog else { return }
        let count = sum(of: .originRefused) + sum(of: .postsRefusedOrigin)
        // A worker's count may be behind its record.
        guard count > originsRefusedLogged else { return }
        nextOriginLog = now + ClusterLimits.refusalLogNanoseconds
        sink.noted(.originsRefused(newest: origin, count: count - originsRefusedLogged))
        originsRefusedLogged = count
    }
}
