import ByteCore
import PointerEvents
import Secrets

/// An admin's session: from a sign-in until it is left alone for too long, is old, or is ended.
///
/// Times are kept on both clocks. A span has passed as soon as one of them says so: the calendar knows of
/// the time that a machine was switched off, and the other one does not jump back.
struct Session: Equatable, Sendable {
    let key: SessionKey
    let name: AccountName
    /// What the admin was when it was granted.
    let stamp: SHA256Digest
    let client: Client
    let signedIn: Instant
    var lastUsed: Instant
    /// The last use that the file knows of.
    var lastWritten: Instant

    /// Why it is over at `now`; nil while it is not.
    func end(at now: Instant, settings: AuthoritySettings) -> Ended.Reason? {
        if Self.seconds(from: signedIn, to: now) >= settings.sessionSeconds { return .expired }
        if Self.seconds(from: lastUsed, to: now) >= settings.idleSeconds { return .idle }
        return nil
    }

    /// The first readings of the clocks at which it could be over, if it is not used any more.
    func earliestEnd(settings: AuthoritySettings) -> Instant {
        let old = signedIn.advanced(bySeconds: settings.sessionSeconds)
        let idle = lastUsed.advanced(bySeconds: settings.idleSeconds)
        return Instant(
            epochSeconds: min(old.epochSeconds, idle.epochSeconds),
            monotonicNanoseconds: min(old.monotonicNanoseconds, idle.monotonicNanoseconds))
    }

    /// What is told of it to whoever wants its place.
    var glance: SessionGlance {
        SessionGlance(
            address: client.address, agent: client.agent, signedInAt: signedIn.epochSeconds,
            lastUsedAt: lastUsed.epochSeconds)
    }

    /// Whole seconds that have passed, by the clock that says more; none where both went back.
    static func seconds(from earlier: Instant, to later: Instant) -> Int64 {
        let calendar = later.epochSeconds - earlier.epochSeconds
        let steady =
            (later.monotonicNanoseconds - earlier.monotonicNanoseconds) / Nanoseconds.perSecond
        return max(0, calendar, steady)
    }
}

extension Instant {
    /// The same moment so much later on both clocks.
    func advanced(bySeconds seconds: Int64) -> Instant {
        Instant(
            epochSeconds: epochSeconds + seconds,
            monotonicNanoseconds: monotonicNanoseconds + seconds * Nanoseconds.perSecond)
    }
}
