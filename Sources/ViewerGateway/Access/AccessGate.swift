public import AccessControl
import Glibc
import PosixIO
import ProxyWire
import Secrets

/// Who is let in under `--auth password`: what is decided about people and programs, and who waits for it.
public final class AccessGate {
    /// What is decided about people.
    public var authority: Authority
    /// What programs show.
    public var tokens = TokenTable()
    var settings: AccessSettings
    var desk: JWTDesk?
    weak var keeper: (any AccessKeeping)?
    var counters = AccessCounters()
    /// Why sessions ended lately, for whoever still shows their cookies.
    var recentEnds = RecentEnds()
    /// Who waits for a hash.
    var hashing: [UInt64: HashedRequest] = [:]
    private var lastID: UInt64 = 0

    /// Makes the gate; `keeper` is not kept alive.
    public init(
        authority: Authority, settings: AccessSettings, verifier: JWTVerifier?, keeper: any AccessKeeping
    ) {
        self.authority = authority
        self.settings = settings
        desk = verifier.map(JWTDesk.init)
        self.keeper = keeper
    }

    /// A number for somebody who waits.
    func nextID() -> UInt64 {
        lastID += 1
        return lastID
    }

    /// What the clocks say; the one that does not jump goes on while the machine sleeps.
    public static func instant() -> Instant {
        var steady = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &steady)
        return Instant(
            epochSeconds: Int64(time(nil)),
            monotonicNanoseconds: Int64(steady.tv_sec) * 1_000_000_000 + Int64(steady.tv_nsec))
    }
}

/// A request whose answer needs a hash.
struct HashedRequest {
    /// What the hash is for.
    enum Purpose {
        case signIn(SignInAttempt, typed: [UInt8], replacing: SessionKey?, takesOver: Bool)
        case firstAdmin(AccountName, invite: [UInt8])
        /// The first admin is being written down.
        case keeping(Admin)
    }

    let connection: Token
    let purpose: Purpose
    let asker: Asker
    /// Monotonic nanoseconds.
    let since: Int64
}

/// Who sends a form, and what they want to see.
struct Asker {
    let source: ClientAddress
    let client: Client
    /// Whether they are answered with JSON instead of a page.
    let wantsJSON: Bool
    /// Where they want to go on.
    let path: OwnPath?
    /// What their browser has that codes of forms belong to.
    let browser: SecretBytes?
}

/// The last sessions that ended, bounded.
struct RecentEnds {
    private static let limit = 256
    private var reasons: [SessionKey: Ended.Reason] = [:]
    private var order: [SessionKey] = []

    subscript(key: SessionKey) -> Ended.Reason? { reasons[key] }

    mutating func add(_ ended: Ended) {
        guard case .session(let key) = ended.source, reasons[key] == nil else { return }
        if order.count == Self.limit { reasons[order.removeFirst()] = nil }
        order.append(key)
        reasons[key] = ended.why
    }
}
