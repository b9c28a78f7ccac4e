import HTTPWire

/// How often one stream may say whom its viewer looks at: a burst, as somebody goes through a list, and then
/// one in a while.
struct LookAllowance {
    private var left = Limits.lookBurst
    private var refilledAt = Int64.min

    /// Takes one; false where none is left. `now` is CLOCK_MONOTONIC in nanoseconds.
    mutating func take(now: Int64) -> Bool {
        if refilledAt == .min { refilledAt = now }
        let gained = (now - refilledAt) / Limits.lookNanoseconds
        if gained > 0 {
            left = Int(min(Int64(Limits.lookBurst), Int64(left) + gained))
            refilledAt += gained * Limits.lookNanoseconds
        }
        guard left > 0 else { return false }
        left -= 1
        return true
    }
}

/// Why it was not heard whom somebody looks at.
enum LookRefusal: Int, CaseIterable {
    /// It cannot be read.
    case malformed
    /// It came from a page that is not of this server, or without the code of its session.
    case forged
    /// No stream of whoever says it has that name.
    case noStream
    /// Too often.
    case tooOften

    /// The value of the metric's label.
    var word: StaticString {
        switch self {
        case .malformed: "malformed"
        case .forged: "forged"
        case .noStream: "no-stream"
        case .tooOften: "too-often"
        }
    }

    /// What whoever said it is told.
    var reply: Reply {
        switch self {
        case .malformed:
            return Reply(
                .badRequest, line: #"a look is {"viewer":"...","id":"..."}, with null for nobody's id"#)
        case .forged:
            return Reply(
                .forbidden, line: "this comes from elsewhere, or without the token of /api/session")
        case .noStream:
            return Reply(
                .notFound, line: "no stream of yours has this name: it is given with ?viewer=")
        case .tooOften:
            var reply = Reply(.tooManyRequests, line: "whom you look at is heard five times a second")
            reply.retryAfter = 1
            return reply
        }
    }
}
