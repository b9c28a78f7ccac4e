import ByteCore
import ClusterSupervisor
import ControlWire
import Glibc
import PosixIO
import SupervisorCore
import Telemetry

/// Workers that are replaced, added, drained and stopped while the server goes on.
extension Master {
    /// What an operator asks of one worker, or of their number.
    enum WorkerWish {
        case restart(Int)
        case scale(Int)
        case stop(Int)
        case drain(Int)

        /// Which worker it is about.
        var number: Int? {
            switch self {
            case .restart(let number), .stop(let number), .drain(let number): number
            case .scale: nil
            }
        }
    }

    func change(_ wish: WorkerWish, _ text: inout ByteBuffer) -> ControlDesk.Answer {
        let before = cluster.numbers.count
        do throws(WorkerRefusal) {
            if case .leaving = life { throw .stopping }
            switch wish {
            case .restart(let number):
                try cluster.restart(number, poller, now: now)
                return .later(changes.begin("restart \(number)"))
            case .scale(let count):
                guard DescriptorBudget(limit: DescriptorLimit.raise(), workers: count) != nil else {
                    return .refused(
                        ControlRefusal(
                            "the limit of descriptors is too low for \(count) workers (ulimit -n)",
                            status: ExitCode.system.rawValue))
                }
                if count == before {
                    text.appendControlNote("there are \(count) workers already")
                    return .done
                }
                try cluster.scale(to: count, poller, now: now)
                guard count < before else { return .later(changes.begin("scale \(count)")) }
                text.appendControlNote(
                    "\(before - count) \(before - count == 1 ? "worker drains" : "workers drain")\(drainWords)"
                )
            case .stop(let number):
                try cluster.stop(number, poller, now: now)
                text.appendControlNote("worker \(number) drains\(drainWords), and stays stopped")
                if cluster.runningCount == 0 { text.appendControlNote("no worker runs now") }
            case .drain(let number):
                try cluster.drain(number, poller, now: now)
                text.appendControlNote(
                    "worker \(number) gets no more connections, and is stopped when those it has are gone")
                if cluster.runningCount == 0 { text.appendControlNote("no worker runs now") }
            }
            return .done
        } catch {
            return .refused(refusal(error, wish))
        }
    }

    private var drainWords: String {
        let time = settings.drainMilliseconds
        return time % 1000 == 0 ? " within \(time / 1000) s" : " within \(time) ms"
    }

    func refusal(_ why: WorkerRefusal, _ wish: WorkerWish?) -> ControlRefusal {
        let busy = ExitCode.temporaryFailure.rawValue
        switch why {
        case .unknown:
            let name = wish?.number.map { "worker \($0)" } ?? "such worker"
            return ControlRefusal("there is no \(name)", status: ExitCode.noUser.rawValue)
        case .changing:
            return ControlRefusal("\(changes.name ?? "another change") is under way", status: busy)
        case .starting: return ControlRefusal("the server is not ready yet", status: busy)
        case .stopping: return ControlRefusal("the server is stopping", status: busy)
        case .draining(let count):
            return ControlRefusal("\(count) workers of before still drain\(drainWords)", status: busy)
        case .givenUp:
            let name = wish?.number.map { "worker \($0)" } ?? "it"
            let mend = wish?.number.map { " (pointerscope ctl restart \($0) brings it back)" } ?? ""
            return ControlRefusal(
                "\(name) was given up and has no connections\(mend)", status: busy)
        case .already:
            return ControlRefusal("it is so already", status: ExitCode.temporaryFailure.rawValue)
        }
    }

    /// Tells who waits, and the log, what came of a change; every turn of the loop.
    func tellOfChange() {
        guard let outcome = changes.outcome else { return }
        let name = changes.name ?? "a change"
        var notes: [String] = []
        var refusal: ControlRefusal?
        let left = changes.reload?.plan[.withWorkers] ?? []
        switch outcome {
        case .done:
            if let reload = changes.reload { takeWithWorkers(reload) }
            notes.append("\(name): done, \(cluster.runningCount) workers run")
        case .failed(let number):
            refusal = ControlRefusal(
                "worker \(number) ended before it was ready\(lastWords); \(whoGoesOn)",
                status: ExitCode.software.rawValue)
        case .late(let number):
            refusal = ControlRefusal(
                "worker \(number) was not ready within 10 s\(lastWords); \(whoGoesOn)",
                status: ExitCode.software.rawValue)
        case .abandoned:
            refusal = ControlRefusal("the server is stopping", status: ExitCode.temporaryFailure.rawValue)
        }
        log.write(refusal == nil ? "workers_changed" : "workers_not_changed") { line in
            line.add("what", name)
            if let refusal { line.add("why", refusal.reason) }
            if refusal != nil, !left.isEmpty { line.add("options_not_taken", left.joined(separator: " ")) }
        }
        if refusal != nil, !left.isEmpty { notes.append("not taken: \(left.joined(separator: ", "))") }
        let number = changes.number
        changes.end(outcome)
        service.reloaded(serviceStatus, now: now)
        control?.finish(number, refusal, notes: notes, poller, now: now)
    }

    private var whoGoesOn: String {
        cluster.runningCount > 0 ? "the workers of before go on" : "no worker runs"
    }

    private var lastWords: String { lives.lastWords.map { ": \($0)" } ?? "" }
}
