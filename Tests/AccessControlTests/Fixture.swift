import ByteCore
import PointerEvents
import Secrets
import TestSupport

@testable import AccessControl

/// What the tests of this room make up: people, secrets and moments.
enum Fixture {
    /// A day in 2027, at which most tests begin.
    static let epoch: Int64 = 1_800_000_000

    static func name(_ text: String) -> AccountName { AccountName(text.utf8)! }

    /// The hash of password number `number`, as far as this room can tell.
    static func hash(_ number: Int) -> PasswordHashText {
        PasswordHashText("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$H\(number)".utf8)!
    }

    static func admin(
        _ name: String, role: Role = .operator, scope: String? = nil, password: Int = 1
    ) -> Admin {
        Admin(
            name: Self.name(name), role: role, scope: scope.flatMap { PageScope(parsing: $0.utf8) },
            passwordHash: hash(password), createdAt: epoch - 1_000)
    }

    static func secret(_ number: UInt64) -> SecretBytes {
        SecretBytes(SHA256Digest(of: "secret \(number)".utf8).bytes)!
    }

    /// So many seconds after the tests' beginning, on both clocks.
    static func at(_ seconds: Double) -> Instant {
        Instant(
            epochSeconds: epoch + Int64(seconds.rounded(.down)),
            monotonicNanoseconds: Int64(seconds * 1e9))
    }

    static func client(_ part: UInt32 = 1) -> Client { Client(address: v4(part), agent: "Tester/1".utf8) }

    static func v4(_ part: UInt32) -> PeerAddress { .ip(IPAddress(v4: 0xC000_0200 + part)) }

    static func v6(network: UInt64, host: UInt64) -> PeerAddress {
        .ip(IPAddress(high: 0x2001_0DB8_0000_0000 + network, low: host))
    }

    static func authority(_ admins: [Admin], sessionsPerAdmin: Int = 1) -> Authority {
        var authority = Authority(
            settings: AuthoritySettings(sessionsPerAdmin: sessionsPerAdmin), key: secret(999_999))
        _ = authority.adminsChanged(to: admins)
        return authority
    }
}

/// How a try ended that was made in one go.
enum TryOutcome {
    case throttled(Int, SignInRefusal)
    case refused(Int)
    case occupied(Occupied)
    case signedIn(NewSession)

    var session: NewSession? {
        if case .signedIn(let session) = self { session } else { nil }
    }

    var occupied: Occupied? {
        if case .occupied(let occupied) = self { occupied } else { nil }
    }

    var isHashed: Bool {
        if case .throttled = self { false } else { true }
    }
}

extension Authority {
    /// Begins a sign-in and ends it at once.
    mutating func tryPassword(
        _ name: String, right: Bool = true, address: PeerAddress? = Fixture.v4(1), device: [UInt8]? = nil,
        takesOver: Bool = false, replacing: SessionKey? = nil, draw: UInt64 = 1, at now: Instant
    ) -> TryOutcome {
        switch beginSignIn(name: Array(name.utf8), address: address, device: device, now: now) {
        case .throttled(let seconds, let reason): return .throttled(seconds, reason)
        case .hash(let attempt):
            let end = endSignIn(
                attempt, passwordMatches: right, takesOver: takesOver,
                client: Client(address: address, agent: "Tester/1".utf8), replacing: replacing,
                random: Fixture.secret(draw), now: now)
            switch end {
            case .signedIn(let session): return .signedIn(session)
            case .occupied(let occupied): return .occupied(occupied)
            case .refused(let seconds): return .refused(seconds)
            }
        }
    }
}

extension SplitMix64 {
    /// The same bytes with one or two of them changed, doubled or left out.
    mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...below(2) where !bytes.isEmpty {
            let index = below(bytes.count)
            switch below(4) {
            case 0: bytes[index] ^= 1 << UInt8(below(8))
            case 1: bytes[index] = UInt8(below(256))
            case 2: bytes.insert(bytes[index], at: below(bytes.count))
            default: bytes.remove(at: index)
            }
        }
        return bytes
    }
}
