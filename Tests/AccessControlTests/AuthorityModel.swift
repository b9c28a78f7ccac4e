import ByteCore

@testable import AccessControl

/// What should be true of people, written down as simply as it can be: lists, and every rule where it is
/// asked.
struct AuthorityModel {
    struct Person: Equatable {
        var role: Role
        var scope: String?
        var password: Int
    }

    struct Session {
        var cookie: [UInt8]
        var key: SessionKey
        var name: String
        var person: Person
        var signedIn: Instant
        var used: Instant
    }

    struct Ticket {
        var text: [UInt8]
        var name: String
        var person: Person
        var until: Int64
    }

    struct Device {
        var cookie: [UInt8]
        var name: String
        var password: Int
        var madeAt: Int64
    }

    /// What a try was charged to: rows of the ledger below.
    struct Charge {
        var rows: [String]
        var name: String?
        var at: Int64
    }

    static let second: Int64 = 1_000_000_000

    let sessionsPerAdmin: Int
    var people: [String: Person] = [:]
    var sessions: [Session] = []
    var tickets: [Ticket] = []
    var devices: [Device] = []
    /// Failures in a row, and the moment of the last, of `address name` and `device N`.
    var failures: [String: (count: Int, last: Int64)] = [:]
    var tries: [String: [Int64]] = [:]

    init(sessionsPerAdmin: Int) { self.sessionsPerAdmin = sessionsPerAdmin }

    // What time does to a session

    func end(of session: Session, at now: Instant) -> Ended.Reason? {
        func hasPassed(_ seconds: Int64, since then: Instant) -> Bool {
            now.epochSeconds - then.epochSeconds >= seconds
                || now.monotonicNanoseconds - then.monotonicNanoseconds >= seconds * Self.second
        }
        if hasPassed(7 * 24 * 3_600, since: session.signedIn) { return .expired }
        return hasPassed(12 * 3_600, since: session.used) ? .idle : nil
    }

    mutating func takeOut(_ why: (Session) -> Ended.Reason?) -> [Ended] {
        var ended: [Ended] = []
        sessions.removeAll { session in
            guard let reason = why(session) else { return false }
            ended.append(
                Ended(source: .session(session.key), name: Fixture.name(session.name), why: reason))
            return true
        }
        return ended
    }

    /// Sessions in the way of another one of that name, the one that goes first in front.
    func others(_ name: String, besides replaced: SessionKey?, at now: Instant) -> [Session] {
        sessions.filter { $0.name == name && $0.key != replaced && end(of: $0, at: now) == nil }
            .sorted { $0.used.monotonicNanoseconds < $1.used.monotonicNanoseconds }
    }

    mutating func restart(at now: Instant, _ later: Instant) {
        func moment(_ then: Instant) -> Instant {
            let calendar = now.epochSeconds - then.epochSeconds
            let steady = (now.monotonicNanoseconds - then.monotonicNanoseconds) / Self.second
            let written = now.epochSeconds - max(0, calendar, steady)
            let age = max(0, later.epochSeconds - written)
            return Instant(
                epochSeconds: later.epochSeconds - age,
                monotonicNanoseconds: later.monotonicNanoseconds - age * Self.second)
        }
        sessions = sessions.filter { end(of: $0, at: now) == nil }
        for index in sessions.indices {
            sessions[index].signedIn = moment(sessions[index].signedIn)
            sessions[index].used = moment(sessions[index].used)
        }
        sessions = sessions.filter { end(of: $0, at: later) == nil }
        tickets = []
        failures = [:]
        tries = [:]
    }

    // Budgets

    func device(_ cookie: [UInt8], _ name: String, at now: Instant) -> Int? {
        devices.firstIndex { device in
            let age = now.epochSeconds - device.madeAt
            return device.cookie == cookie && device.name == name
                && people[name] != nil
                && age >= -60 && age < 90 * 24 * 3_600
        }
    }

    func charge(_ name: String, _ address: PeerAddress?, _ device: Int?, at now: Instant) -> Charge {
        if let device { return Charge(rows: ["device \(device)"], name: nil, at: now.monotonicNanoseconds) }
        guard case .ip(let ip) = address else {
            return Charge(rows: [], name: name, at: now.monotonicNanoseconds)
        }
        let place = ip.v4.map { "v4 \($0)" } ?? "v6 \(ip.high)"
        return Charge(rows: ["\(place) \(name)"], name: name, at: now.monotonicNanoseconds)
    }

    /// Nanoseconds that each budget asks for.
    func waits(_ charge: Charge, at now: Int64) -> (row: Int64, name: Int64) {
        let row = charge.rows.first.flatMap { failures[$0] }.map { count, last -> Int64 in
            guard now - last < 900 * Self.second, count >= 5 else { return 0 }
            let table: [Int64] = [1, 2, 4, 8, 16, 32]
            let seconds = count - 5 < table.count ? table[count - 5] : 60
            return max(0, last + seconds * Self.second - now)
        }
        let recent =
            charge.name.map { name in (tries[name] ?? []).filter { now - $0 < 900 * Self.second } } ?? []
        let name = recent.count < 20 ? 0 : recent.sorted()[recent.count - 20] + 900 * Self.second - now
        return (row ?? 0, name)
    }

    mutating func take(_ charge: Charge) {
        for row in charge.rows {
            let known = failures[row].flatMap { charge.at - $0.last < 900 * Self.second ? $0.count : nil }
            failures[row] = ((known ?? 0) + 1, charge.at)
        }
        if let name = charge.name { tries[name, default: []].append(charge.at) }
    }

    mutating func forgive(_ charge: Charge) {
        for row in charge.rows { failures[row] = nil }
        giveBackName(charge)
    }

    mutating func giveBack(_ charge: Charge) {
        for row in charge.rows {
            guard let known = failures[row] else { continue }
            failures[row] = known.count > 1 ? (known.count - 1, known.last) : nil
        }
        giveBackName(charge)
    }

    private mutating func giveBackName(_ charge: Charge) {
        guard let name = charge.name, let index = tries[name]?.firstIndex(of: charge.at) else { return }
        tries[name]?.remove(at: index)
    }
}
