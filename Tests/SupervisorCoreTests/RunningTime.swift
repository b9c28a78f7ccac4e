@testable import SupervisorCore

extension Supervisor {
    /// Lets time pass as for a master that never stands still and workers that answer; all that it wants
    /// done.
    mutating func pass(from now: Int64, to end: Int64) -> [SupervisorAction] {
        var actions: [SupervisorAction] = []
        var time = now
        while time < end {
            time = min(end, time + 100 * millisecond)
            actions += timerFired(now: time)
            for index in 0..<placeCount { _ = pongReceived(index, sequence: 0, now: time) }
        }
        return actions
    }
}
