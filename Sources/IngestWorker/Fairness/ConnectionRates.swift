/// What one connection has brought lately, against what one may; made when it is first of interest.
struct ConnectionRates: BitwiseCopyable {
    /// Both rates; nil where any is allowed.
    struct Rules: Equatable {
        var events: TokenBucket.Rule?
        var bytes: TokenBucket.Rule?
        /// How long it may be over them on end, in nanoseconds.
        var patience: Int64
    }

    /// What follows from what was read.
    enum Verdict: Equatable {
        case allowed
        /// It has to wait until then, in nanoseconds of CLOCK_MONOTONIC.
        case held(until: Int64)
        /// It would be over a rate for longer than that is borne: of events, or else of bytes.
        case refused(isOfEvents: Bool)
    }

    private var events: TokenBucket
    private var bytes: TokenBucket
    /// Since when there was always something owed; `never` while nothing is.
    private var overSince = never

    private static let never = Int64.max

    /// Those of a connection that has just come.
    init(_ rules: Rules, now: Int64) {
        events = rules.events.map { TokenBucket(fresh: $0, now: now) } ?? TokenBucket()
        bytes = rules.bytes.map { TokenBucket(fresh: $0, now: now) } ?? TokenBucket()
    }

    /// Those of a connection that another worker had.
    init(moved: MovedConnection.Rates) {
        events = TokenBucket(fullAt: moved.eventsFullAt)
        bytes = TokenBucket(fullAt: moved.bytesFullAt)
        overSince = moved.overSince
    }

    /// What goes along to another worker.
    var moved: MovedConnection.Rates {
        MovedConnection.Rates(
            eventsFullAt: events.fullAt, bytesFullAt: bytes.fullAt, overSince: overSince)
    }

    /// Counts what was read of it.
    mutating func judge(events count: Int, bytes size: Int, _ rules: Rules, now: Int64) -> Verdict {
        var owed: Int64 = 0
        var isOfEvents = false
        if let rule = rules.events {
            events.take(count, rule, now: now)
            owed = events.debt(rule, now: now)
            isOfEvents = owed > 0
        }
        if let rule = rules.bytes {
            bytes.take(size, rule, now: now)
            let debt = bytes.debt(rule, now: now)
            if debt > owed { (owed, isOfEvents) = (debt, false) }
        }
        guard owed > 0 else {
            overSince = Self.never
            return .allowed
        }
        overSince = min(overSince, now)
        return now + owed - overSince > rules.patience
            ? .refused(isOfEvents: isOfEvents) : .held(until: now + owed)
    }

    /// It had nothing more to say when it was asked: what it was over is behind it.
    mutating func hasCaughtUp() { overSince = Self.never }
}
