import Glibc
import PosixIO
import SupervisorCore

/// The ingest port's door: each connection goes to the next worker.
extension ClusterSupervisor {
    func startAccepting(_ poller: borrowing Poller) {
        guard !isAccepting, acceptsAgainAt == nil, core.isAdmitting else { return }
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
            // When no worker takes any now, the kernel's queue is the place to wait in.
            guard workers.indices.contains(where: canTakeOneMore) else { return rest(poller, now: now) }
            switch listener.accept() {
            case .none: return
            case .exhausted: return rest(poller, now: now)
            case .connection(let connection):
                let raw = connection.raw
                switch core.place(isFull: { !canTakeOneMore($0) }) {
                case .worker(let index):
                    workers[index]?.waiting.append(
                        .init(number: nextConnection, descriptor: connection.release()))
                    nextConnection += 1
                case .refused(.capacity):
                    refusedAtCapacity += 1
                    turnAway(raw)
                case .refused(.noWorker):
                    refusedWithoutWorker += 1
                    turnAway(raw)
                }
            }
        }
    }

    private func canTakeOneMore(_ index: Int) -> Bool {
        guard let worker = workers[index] else { return false }
        return worker.waiting.count < waitingLimit
    }

    /// Tells a visitor that nobody has room; best effort, the connection closes right behind it.
    private func turnAway(_ raw: Int32) {
        let answer: StaticString = """
            HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\n\
            Connection: close\r\n\r\n
            """
        _ = send(raw, answer.utf8Start, answer.utf8CodeUnitCount, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }

    /// Hands on the connections that wait for a worker.
    func sendWaiting(to index: Int, _ poller: borrowing Poller) {
        guard let worker = workers[index], worker.isDataOpen else { return }
        let isDone = worker.sendWaiting()
        guard worker.isDataWatchedForWriting == isDone else { return }
        worker.isDataWatchedForWriting = !isDone
        let interest: Interest = isDone ? .readable : [.readable, .writable]
        try? poller.modify(worker.data.raw, for: interest, token: token(1, index))
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
}
