import AccessControl
import ByteCore
import HTTPWire
import PointerEvents
import PosixIO
import ProxyWire
import Secrets
import Testing

@testable import ViewerGateway

/// What the master would do for the gate, told when it is done.
final class FakeKeeper: AccessKeeping {
    /// Hashes that were taken on and not given up, oldest first.
    private(set) var waiting: [UInt64] = []
    private(set) var cancelled: [UInt64] = []
    private(set) var compared: [(password: [UInt8], hash: PasswordHashText)] = []
    private(set) var kept: [Admin] = []
    private(set) var notes: [AccessEvent] = []
    /// When to come again; nil takes everything on.
    var isFullFor: Int?
    /// Whether a hash is no more than asked for, and can be given up.
    var canCancel = true
    private var drawn: UInt8 = 0

    func compare(
        password: [UInt8], with hash: PasswordHashText, id: UInt64, from network: IPAddress?, isKnown: Bool,
        _ poller: borrowing Poller
    ) -> Int? {
        compared.append((password, hash))
        return takeOn(id)
    }

    func makeHash(of password: [UInt8], id: UInt64, from network: IPAddress?, _ poller: borrowing Poller)
        -> Int?
    {
        takeOn(id)
    }

    private func takeOn(_ id: UInt64) -> Int? {
        if let isFullFor { return isFullFor }
        waiting.append(id)
        return nil
    }

    func cancelHash(_ id: UInt64) -> Bool {
        cancelled.append(id)
        return canCancel
    }

    func keepFirstAdmin(_ admin: Admin, _ poller: borrowing Poller) { kept.append(admin) }

    func note(_ event: AccessEvent) { notes.append(event) }

    func drawSecret() -> SecretBytes {
        drawn += 1
        return SecretBytes([UInt8](repeating: drawn, count: 32))!
    }

    /// Takes the oldest hash that somebody waits for.
    func next() -> UInt64? { waiting.isEmpty ? nil : waiting.removeFirst() }

    /// The first words of what was noted.
    var words: [String] { notes.map { String("\($0)".prefix { $0 != "(" }) } }
}

/// A gateway with a gate, an operator ann, a viewer ben, and cy, who may watch the shop.
final class GateFixture {
    let keeper = FakeKeeper()
    let gate: AccessGate
    let fixture: Fixture

    static let token = BearerText(id: TokenID(7), secret: SecretBytes([UInt8](repeating: 0xAB, count: 32))!)
    static let shop = PageScope(parsing: Array("page:/shop/*".utf8))!

    static func name(_ text: String) -> AccountName { AccountName(text.utf8)! }

    static func admin(_ name: String, _ role: Role, _ scope: PageScope? = nil) -> Admin {
        Admin(name: Self.name(name), role: role, scope: scope, passwordHash: .decoy, createdAt: 0)
    }

    static let admins = [admin("ann", .operator), admin("ben", .viewer), admin("cy", .viewer, shop)]

    init(
        settings: AccessSettings = AccessSettings(), gateway: GatewaySettings = GatewaySettings(),
        admins: [Admin] = GateFixture.admins, verifier: JWTVerifier? = nil
    ) throws {
        var authority = Authority(
            settings: AuthoritySettings(), key: SecretBytes([UInt8](repeating: 0x5A, count: 32))!)
        _ = authority.adminsChanged(to: admins)
        gate = AccessGate(authority: authority, settings: settings, verifier: verifier, keeper: keeper)
        _ = gate.tokens.tokensChanged(to: [Self.programToken()])
        fixture = try Fixture(settings: gateway, gate: gate)
    }

    static func programToken(expiresAt: Int64? = nil) -> ProgramToken {
        ProgramToken(
            id: token.id, name: name("scraper"), role: .viewer, secretDigest: token.secret.digest,
            createdAt: 0,
            expiresAt: expiresAt)
    }

    static var bearer: String { "Authorization: Bearer \(String(decoding: token.text, as: UTF8.self))\r\n" }

    /// Signs somebody in without a form, and returns the field that their browser sends.
    func cookie(of name: String) throws -> String {
        let client = AccessControl.Client(address: nil, agent: "test".utf8)
        guard
            case .hash(let attempt) = gate.authority.beginSignIn(
                name: Array(name.utf8), address: nil, device: nil, now: AccessGate.instant()),
            case .signedIn(let session) = gate.authority.endSignIn(
                attempt, passwordMatches: true, client: client, random: keeper.drawSecret(),
                now: AccessGate.instant())
        else {
            Issue.record("\(name) is not let in")
            return ""
        }
        return "Cookie: pointerscope=\(String(decoding: session.cookie, as: UTF8.self))\r\n"
    }

    /// Sends what a program says to sign in, and waits until it waits.
    func signIn(
        _ body: String = #"{"name":"ann","password":"correct horse"}"#, _ fields: String = "",
        by client: Client
    ) -> UInt64? {
        client.send(
            "POST /api/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)")
        var id: UInt64?
        _ = fixture.run {
            client.receive()
            id = keeper.next()
            return id != nil || !client.received.isEmpty
        }
        return id
    }

    /// Answers a hash, and waits for what comes of it.
    func answer(_ id: UInt64, _ result: HashResult, to client: Client) throws -> Response {
        fixture.gateway.hashed(id, result, fixture.poller, now: fixture.now)
        var answers: [Response] = []
        _ = fixture.run {
            client.receive()
            answers = Response.parse(client.received, isHead: false, ended: client.hasEnded)
            return !answers.isEmpty
        }
        return try #require(answers.first)
    }
}
