import AccessControl
import ByteCore
import HTTPWire
public import PosixIO

/// Hashes that somebody waits for.
extension ViewerGateway {
    /// Takes the answer to `AccessKeeping.compare` or `makeHash`.
    public func hashed(_ id: UInt64, _ result: HashResult, _ poller: borrowing Poller, now: Int64) {
        guard let gate, let waiting = gate.hashing.removeValue(forKey: id) else { return }
        switch (waiting.purpose, result) {
        case (.signIn(let attempt, let typed, let replacing, let takesOver), .matches),
            (.signIn(let attempt, let typed, let replacing, let takesOver), .differs):
            var matches = false
            if case .matches = result { matches = true }
            let instant = AccessGate.instant()
            let end = gate.authority.endSignIn(
                attempt, passwordMatches: matches, takesOver: takesOver, client: waiting.asker.client,
                replacing: replacing, random: drawSecret(gate), now: instant)
            switch end {
            case .refused: gate.keeper?.note(.refused(.credentials, name: typed, from: waiting.asker.source))
            case .occupied: gate.keeper?.note(.occupied(AccountName(typed), from: waiting.asker.source))
            case .signedIn: break
            }
            let took = Int((now - waiting.since) / 1_000_000)
            answer(waiting, with: reply(to: end, waiting.asker, gate, took: took), poller)
        case (.signIn(let attempt, _, _, _), _):
            gate.authority.abandonSignIn(attempt, now: AccessGate.instant())
            answer(waiting, with: failed(waiting.asker, gate), poller)
        case (.firstAdmin(let name, let invite), .made(let hash)):
            keepFirstAdmin(name, hash, invite: invite, id, waiting, gate, poller)
        case (.firstAdmin, _), (.keeping, _):
            answer(waiting, with: failed(waiting.asker, gate), poller)
        }
    }

    private func failed(_ asker: Asker, _ gate: AccessGate) -> Reply {
        gate.counters[.overloaded] += 1
        return turnedAway(after: 1, .serviceUnavailable, asker)
    }

    /// Gives somebody who waited their answer, if they are still there.
    func answer(_ waiting: HashedRequest, with reply: Reply, _ poller: borrowing Poller) {
        guard let connection = unsafe connections.find(waiting.connection),
            unsafe connection.pointee.exchange.awaitedHash != nil
        else { return }
        unsafe connection.pointee.exchange.awaitedHash = nil
        unsafe connection.pointee.exchange.closesAfterOutput = true
        unsafe send(reply, connection, withBody: true)
        enqueue(waiting.connection)
    }

    /// Forgets that somebody who has gone waits for a hash. What is under way is finished, and counts.
    func forgetHash(_ id: UInt64) {
        guard let gate, gate.keeper?.cancelHash(id) == true else { return }
        gate.hashing[id] = nil
    }
}
