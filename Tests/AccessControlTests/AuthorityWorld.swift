import ByteCore
import PointerEvents
import Secrets
import TestSupport

@testable import AccessControl

/// People, strangers, an operator and two clocks around an authority, and the model beside it. What the two
/// say differently is a violation.
struct AuthorityWorld {
    struct Pending {
        var attempt: SignInAttempt
        var name: String
        var typed: Int
        var charge: AuthorityModel.Charge
        var address: PeerAddress?
    }

    var random: SplitMix64
    var authority: Authority
    var model: AuthorityModel
    var now: Instant
    var violation: String?
    var pending: [Pending] = []
    /// Everything that was ever handed out; people try old ones as well.
    var cookies: [[UInt8]] = []
    var keys: [SessionKey] = []
    var tickets: [[UInt8]] = []
    var signInForms: [(token: [UInt8], browser: SecretBytes, madeAt: Int64)] = []
    var invites: [[UInt8]] = []
    /// The one invite that is good, until when, and whether somebody is at it.
    var invite: (text: [UInt8], until: Int64, isRedeemed: Bool)?
    let fault: AuthorityFault

    static let names = ["ada", "eva", "kim", "nobody"]
    static let addresses: [PeerAddress?] = [
        Fixture.v4(1), Fixture.v4(2), Fixture.v6(network: 1, host: 1), Fixture.v6(network: 1, host: 2),
        Fixture.v6(network: 2, host: 1), nil, .unixSocket,
    ]

    init(seed: UInt64, fault: AuthorityFault = .none) {
        random = SplitMix64(seed: seed)
        self.fault = fault
        let count = random.pick([1, 1, 2, 3])
        model = AuthorityModel(sessionsPerAdmin: count)
        now = Instant(
            epochSeconds: Fixture.epoch, monotonicNanoseconds: Int64(random.below(1_000_000_000_000)))
        authority = Authority(settings: AuthoritySettings(sessionsPerAdmin: count), key: Fixture.secret(seed))
        authority.fault = fault
        if !random.once(in: 4) { changeAdmins() }
    }

    /// What went wrong first within so many steps; nil where nothing did.
    mutating func firstViolation(steps: Int) -> String? {
        for step in 0..<steps {
            turn()
            if let violation { return "step \(step): \(violation)" }
        }
        return nil
    }

    mutating func expect(_ isTrue: Bool, _ what: @autoclosure () -> String) {
        if !isTrue, violation == nil { violation = what() }
    }

    mutating func drawn() -> SecretBytes { Fixture.secret(random.next()) }

    /// Two things at one moment have no order that could be held against them.
    mutating func pass(seconds: Double) {
        now.monotonicNanoseconds += Int64(seconds * 1e9)
        now.epochSeconds += Int64(seconds.rounded())
    }

    private mutating func turn() {
        passSomeTime()
        switch random.below(100) {
        case ..<28: beginSignIn()
        case ..<60: endSignIn()
        case ..<68: takeOver()
        case ..<78: useSession()
        case ..<82: signOut()
        case ..<87: changeAdmins()
        case ..<90: tryForms()
        case ..<95: tryInvites()
        case ..<96: restart()
        case ..<99: burst()
        default: expire()
        }
    }

    private mutating func passSomeTime() {
        switch random.below(40) {
        case ..<20: pass(seconds: Double(random.below(1_500)) / 1_000)
        case ..<29: pass(seconds: Double(random.below(70)))
        case ..<34: pass(seconds: Double(random.below(1_000)))
        case ..<36: pass(seconds: Double(random.below(30_000)))
        case 36: pass(seconds: Double(random.below(130_000)))
        case 37: now.epochSeconds += Int64(random.below(60_000)) - 30_000
        case 39 where random.once(in: 4): pass(seconds: 700_000)
        case 38: pass(seconds: random.pick([60.0, 120, 900, 3_600, 43_200]))
        default: break
        }
        if random.once(in: 3) { expire() }
    }

    /// Many at once, from one place or from nowhere in particular.
    private mutating func burst() {
        let name = random.pick(["ada", "eva"])
        let address = random.pick([nil, nil] + Self.addresses)
        let cookie = random.once(in: 3) ? model.devices.last { $0.name == name }?.cookie : nil
        for _ in 0..<12 { beginSignIn(as: name, from: address, showing: cookie) }
    }

    mutating func expire() {
        let found = authority.expire(now: now)
        let model = self.model
        let now = self.now
        let expected = self.model.takeOut { model.end(of: $0, at: now) }
        compare(found, expected, "expiring")
    }

    mutating func compare(_ found: [Ended], _ expected: [Ended], _ what: String) {
        func order(_ ended: [Ended]) -> [String] { ended.map { "\($0)" }.sorted() }
        expect(order(found) == order(expected), "\(what) ended \(found), not \(expected)")
    }

    private mutating func changeAdmins() {
        for name in Self.names.dropLast() where random.happens(percent: 45) {
            switch random.below(7) {
            case 0: model.people[name] = nil
            case 1: model.people[name]?.role = random.pick([.viewer, .operator])
            case 2: model.people[name]?.scope = random.pick([nil, "page:/a", "page:/b/*"])
            case 3: model.people[name]?.password += 1
            case 4: break
            default:
                if model.people[name] == nil {
                    model.people[name] = AuthorityModel.Person(role: .operator, password: random.below(3))
                }
            }
        }
        if random.once(in: 12) { model.people = [:] }
        adminsChanged()
    }

    /// As they stand in the model, by way of the file.
    mutating func adminsChanged() {
        let admins = model.people.keys.sorted().map { name -> Admin in
            let person = model.people[name]!
            return Fixture.admin(name, role: person.role, scope: person.scope, password: person.password)
        }
        guard let read = try? AdminFile.parse(AdminFile.bytes(of: admins)) else {
            return expect(false, "a file that was written is not read")
        }
        let found = authority.adminsChanged(to: read)
        let people = model.people
        let expected = model.takeOut { session in
            guard let person = people[session.name] else { return .removed }
            return person == session.person ? nil : .changed
        }
        compare(found, expected, "a change of admins")
        model.tickets.removeAll { people[$0.name] != $0.person }
        if !people.isEmpty, invite?.isRedeemed == false { invite = nil }
    }
}
