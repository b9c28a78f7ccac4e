public import ByteCore
import Secrets

/// Who may sign in and who is signed in, left to a successor; who tries again and again is not.
///
/// ```
/// [ key: bytes ][ admins: bytes of their file ][ unwritten u8 ][ sessions: bytes of theirs ][ unwritten u8 ]
/// [ tokens: bytes of theirs ][ unwritten u8 ]
/// [ invite u8: 0 none, 1 offered, 2 redeemed ][ its digest: bytes ][ ends i64 ]
/// [ sign-ins u64 ][ occupied u64 ][ reasons u32 ] n x [ refused u64 ]
/// ```
public struct CarriedAuthority: Carriable, Equatable, Sendable {
    var key: [UInt8] = []
    var admins: [UInt8] = []
    var areAdminsUnwritten = false
    var sessions: [UInt8] = []
    var areSessionsUnwritten = false
    var tokens: [UInt8] = []
    var areTokensUnwritten = false
    var invite: UInt8 = 0
    var inviteDigest: [UInt8] = []
    var inviteEnds: Int64 = 0
    var succeeded: UInt64 = 0
    var occupied: UInt64 = 0
    var refused: [UInt64] = []

    private static let fileBytes = 16 << 20

    /// One to be read into.
    public init() {}

    /// What a successor needs to go on with both of them.
    public init(_ authority: Authority, _ tokens: TokenTable, now: Instant) {
        key = authority.key.bytes
        admins = AdminFile.bytes(of: authority.admins)
        areAdminsUnwritten = authority.areAdminsUnwritten
        sessions = authority.sessionFile(now: now)
        areSessionsUnwritten = authority.areSessionsUnwritten
        self.tokens = TokenFile.bytes(of: tokens.tokens)
        areTokensUnwritten = tokens.isUnwritten
        switch authority.invite {
        case .none: break
        case .offered(let digest, let ends): (invite, inviteDigest, inviteEnds) = (1, digest.bytes, ends)
        case .redeemed(let digest, let ends): (invite, inviteDigest, inviteEnds) = (2, digest.bytes, ends)
        }
        succeeded = authority.counters.succeeded
        occupied = authority.counters.occupied
        refused = SignInRefusal.allCases.map { authority.counters[$0] }
    }

    /// Carries it.
    public mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(&key, limit: SecretBytes.count)
        try carrier.carry(&admins, limit: Self.fileBytes)
        try carrier.carry(&areAdminsUnwritten)
        try carrier.carry(&sessions, limit: Self.fileBytes)
        try carrier.carry(&areSessionsUnwritten)
        try carrier.carry(&tokens, limit: Self.fileBytes)
        try carrier.carry(&areTokensUnwritten)
        try carrier.carry(&invite)
        try carrier.require(invite <= 2)
        try carrier.carry(&inviteDigest, limit: SHA256Digest.count)
        try carrier.require(inviteDigest.count == (invite == 0 ? 0 : SHA256Digest.count))
        try carrier.carry(&inviteEnds)
        try carrier.carry(&succeeded)
        try carrier.carry(&occupied)
        try carrier.carry(&refused, limit: SignInRefusal.allCases.count)
        try carrier.require(refused.count == SignInRefusal.allCases.count)
    }
}

extension Authority {
    /// Decides on where another one did, at `now`; nil where something of it cannot be read.
    public init?(_ carried: CarriedAuthority, settings: AuthoritySettings, now: Instant) {
        guard let key = SecretBytes(carried.key), let admins = try? AdminFile.parse(carried.admins) else {
            return nil
        }
        self.init(settings: settings, key: key)
        _ = adminsChanged(to: admins)
        areAdminsUnwritten = carried.areAdminsUnwritten
        guard (try? restoreSessions(from: carried.sessions, now: now)) != nil else { return nil }
        areSessionsUnwritten = areSessionsUnwritten || carried.areSessionsUnwritten
        if let digest = SHA256Digest(carried.inviteDigest) {
            invite =
                carried.invite == 1
                ? .offered(digest, expiresAt: carried.inviteEnds)
                : .redeemed(digest, expiresAt: carried.inviteEnds)
        }
        counters.succeeded = carried.succeeded
        counters.occupied = carried.occupied
        for (reason, count) in zip(SignInRefusal.allCases, carried.refused) { counters[reason] = count }
    }
}

extension TokenTable {
    /// Knows the tokens that another one did; nil where they cannot be read.
    public init?(_ carried: CarriedAuthority) {
        guard let tokens = try? TokenFile.parse(carried.tokens) else { return nil }
        self.init()
        _ = tokensChanged(to: tokens)
        if carried.areTokensUnwritten { tokensNotWritten() }
    }
}
