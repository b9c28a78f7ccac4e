import AccessControl
import HTTPWire

/// How often it may be said whom somebody looks at: a burst, and then one in a while.
struct LookAllowance {
    private let burst: Int
    private let interval: Int64
    private var left: Int
    private var refilledAt = Int64.min

    /// One that is full: so many at once, and then one more each `intervalNanoseconds`.
    init(burst: Int, intervalNanoseconds: Int64) {
        self.burst = burst
        interval = intervalNanoseconds
        left = burst
    }

    /// That of one stream.
    static var ofStream: LookAllowance {
        LookAllowance(burst: Limits.lookBurst, intervalNanoseconds: Limits.lookNanoseconds)
    }

    /// Takes one; false where none is left. `now` is CLOCK_MONOTONIC in nanoseconds.
    mutating func take(now: Int64) -> Bool {
        refill(now: now)
        guard left > 0 else { return false }
        left -= 1
        return true
    }

    /// Whether it is as if none had been taken.
    mutating func isFull(now: Int64) -> Bool {
        refill(now: now)
        return left == burst
    }

    private mutating func refill(now: Int64) {
        if refilledAt == .min { refilledAt = now }
        let gained = (now - refilledAt) / interval
        guard gained > 0 else { return }
        left = Int(min(Int64(burst), Int64(left) + gained))
        refilledAt += gained * interval
    }
}

/// How often people may have something done over all of their streams, and all of them together.
///
/// A stream has an allowance of its own; without these whoever opens many would have as many.
struct PeopleAllowances {
    /// Whose allowance has none left.
    enum Shortage {
        case ofPerson, ofEveryone
    }

    private let ofPerson: LookAllowance
    private var everyone: LookAllowance
    private var people: [AccountName?: LookAllowance] = [:]

    /// Allowances that are full: that of each person, and that of all together.
    init(ofPerson: LookAllowance, ofEveryone: LookAllowance) {
        self.ofPerson = ofPerson
        everyone = ofEveryone
    }

    /// Saying whom they look at.
    static var ofLooks: PeopleAllowances {
        PeopleAllowances(
            ofPerson: LookAllowance(
                burst: Limits.looksOfNameBurst, intervalNanoseconds: Limits.looksOfNameNanoseconds),
            ofEveryone: LookAllowance(
                burst: Limits.looksOfEveryoneBurst, intervalNanoseconds: Limits.looksOfEveryoneNanoseconds))
    }

    /// Asking for filters that nobody else has.
    static var ofNewFilters: PeopleAllowances {
        PeopleAllowances(
            ofPerson: LookAllowance(
                burst: Limits.newFiltersOfNameBurst, intervalNanoseconds: Limits.newFiltersOfNameNanoseconds),
            ofEveryone: LookAllowance(
                burst: Limits.newFiltersBurst, intervalNanoseconds: Limits.newFiltersNanoseconds))
    }

    /// People remembered.
    var count: Int { people.count }

    /// Takes one for somebody, nil where nobody signs in; says whose allowance has none left.
    mutating func take(for name: AccountName?, now: Int64) -> Shortage? {
        var own = people[name] ?? ofPerson
        guard own.take(now: now) else { return .ofPerson }
        if people.count >= Limits.lookersRemembered, people[name] == nil { forgetTheIdle(now: now) }
        people[name] = own
        return everyone.take(now: now) ? nil : .ofEveryone
    }

    /// Who has all of it back needs no place.
    private mutating func forgetTheIdle(now: Int64) {
        for (name, allowance) in people {
            var allowance = allowance
            if allowance.isFull(now: now) { people[name] = nil }
        }
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
    /// Too often on one stream, by one person over all of theirs, and by all together.
    case tooOften
    case tooOftenByName
    case tooOftenByEveryone
    /// The same person looks at as many already, by other streams.
    case tooMany

    init(_ shortage: PeopleAllowances.Shortage) {
        self =
            switch shortage {
            case .ofPerson: .tooOftenByName
            case .ofEveryone: .tooOftenByEveryone
            }
    }

    /// The value of the metric's label.
    var word: StaticString {
        switch self {
        case .malformed: "malformed"
        case .forged: "forged"
        case .noStream: "no-stream"
        case .tooOften: "too-often"
        case .tooOftenByName: "too-often-by-name"
        case .tooOftenByEveryone: "too-often-by-everyone"
        case .tooMany: "too-many"
        }
    }

    /// What whoever said it is told.
    var reply: Reply {
        switch self {
        case .malformed:
            Reply(
                .badRequest, line: #"a look is {"viewer":"...","id":"..."}, with null for nobody's id"#)
        case .forged:
            Reply(
                .forbidden, line: "this comes from elsewhere, or without the token of /api/session")
        case .noStream:
            Reply(
                .notFound, line: "no stream of yours has this name: it is given with ?viewer=")
        case .tooOften: Self.later("whom you look at is heard five times a second")
        case .tooOftenByName: Self.later("whom you look at is heard ten times a second, of all your streams")
        case .tooOftenByEveryone: Self.later("too many say whom they look at")
        case .tooMany: Self.later("your streams look at four visitors already")
        }
    }

    private static func later(_ line: StaticString) -> Reply {
        var reply = Reply(.tooManyRequests, line: line)
        reply.retryAfter = 1
        return reply
    }
}
