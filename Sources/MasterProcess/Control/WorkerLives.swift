import ByteCore
import ClusterSupervisor
import PosixIO
import Telemetry

/// What has happened to workers, for those who follow it: the words of Node's `cluster`.
///
/// ```
/// {"event":"fork","worker":1,"pid":123,"time":"..."}       started
/// {"event":"online", ...}                                  it has said its first word
/// {"event":"listening", ...,"capacity":20000}              it takes connections
/// {"event":"disconnect", ...,"why":"..."}                  it takes no more of them
/// {"event":"exit", ...,"how":"exit status 0","lost":0}     it is gone
/// ```
final class WorkerLives {
    var ring = LineRing(
        lineLimit: MasterLimits.eventLines, byteLimit: MasterLimits.eventBytes)
    private var text = ByteBuffer(capacity: 256)
    /// How the last process ended that did not get as far as to take connections.
    private(set) var lastWords: String?

    /// Takes down what this is about; nothing of what does not change a life.
    func note(_ event: ClusterEvent) {
        switch event {
        case .workerStarted(let number, let pid): add("fork", number, pid)
        case .workerOnline(let number, let pid): add("online", number, pid)
        case .workerReady(let number, let pid, let capacity):
            add("listening", number, pid) { $0.add("capacity", capacity) }
        case .workerStopping(let number, let pid, let why):
            add("disconnect", number, pid) { $0.add("why", "\(why)") }
        case .workerExited(let number, let pid, let how, let lost):
            lastWords = how.text
            add("exit", number, pid) { line in
                line.add("how", how.text)
                line.add("lost", Int64(clamping: lost))
            }
        case .workerNotStarted(let number, let why):
            lastWords = why
            add("exit", number, 0) { $0.add("how", "it could not be started: \(why)") }
        case .workerUnresponsive, .workerCorrupt, .workerSaid, .originsRefused, .connectionsRefused,
            .changeEnded:
            break
        }
    }

    private func add(
        _ event: StaticString, _ number: Int, _ pid: Int32, _ body: (inout LogLine) -> Void = { _ in }
    ) {
        var line = LogLine(event)
        line.add("worker", number)
        if pid != 0 { line.add("pid", Int(pid)) }
        body(&line)
        text.removeAll()
        line.finish(epochNanoseconds: MonotonicClock.wallClock(), into: &text)
        unsafe ring.add(UnsafeRawBufferPointer(rebasing: text.readable.dropLast()))
    }
}
