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
/// {"event":"errored","worker":1,"why":"...","time":"..."}  it is not started any more: a word of PM2
/// ```
final class WorkerLives {
    var ring = LineRing(
        lineLimit: MasterLimits.eventLines, byteLimit: MasterLimits.eventBytes)
    private var text = ByteBuffer(capacity: 256)
    /// How the last process ended that did not get as far as to take connections.
    private(set) var lastWords: String?
    /// Whom the master has killed for their silence, until they have ended.
    private var silent: Set<Int32> = []

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
            lastWords = silent.remove(pid) == nil ? how.text : "no heartbeat for 5 s"
            add("exit", number, pid) { line in
                line.add("how", how.text)
                line.add("lost", Int64(clamping: lost))
            }
        case .workerNotStarted(let number, let why):
            lastWords = why
            add("exit", number, 0) { $0.add("how", "it could not be started: \(why)") }
        case .workerGivenUp(let number, let deaths, let minUptime):
            add("errored", number, 0) {
                $0.add("why", Self.words(forDeaths: deaths, within: minUptime))
            }
        case .workerUnresponsive(_, let pid): silent.insert(pid)
        case .workerOverMemory, .workerCorrupt, .workerSaid, .originsRefused,
            .connectionsRefused, .changeEnded, .connectionsMoved:
            break
        }
    }

    /// Why a worker is not started any more.
    static func words(forDeaths deaths: Int, within minUptime: Int64) -> String {
        let time =
            minUptime % 1_000_000_000 == 0
            ? "\(minUptime / 1_000_000_000) s" : "\(minUptime / 1_000_000) ms"
        let often = deaths == 1 ? "" : "\(deaths) times in a row "
        return "it ended \(often)within \(time) of its start"
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
