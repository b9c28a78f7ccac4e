public import ByteCore
import PointerEvents
import Secrets

/// On what somebody was let in, left to a successor.
///
/// ```
/// [ name: bytes ][ role u8 ][ scope: bytes, none for all pages ][ source u8 ][ of the source: bytes ]
/// [ ends i64 or never ]
/// ```
extension Grant: Carriable {
    private static let longest = 1024

    /// One to be read into; it lets nobody in.
    public init() {
        guard let name = AccountName([UInt8(ascii: "-")]) else { preconditionFailure("a dash is a name") }
        self.init(name: name, role: .viewer, source: .open)
    }

    /// Carries it.
    public mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        var name = self.name.bytes
        try carrier.carry(&name, limit: Self.longest)
        var role = self.role.rawValue
        try carrier.carry(&role)
        var scope = Array((self.scope?.text ?? "").utf8)
        try carrier.carry(&scope, limit: Self.longest)
        var (kind, bytes) = carriedSource
        try carrier.carry(&kind)
        try carrier.carry(&bytes, limit: Self.longest)
        try carrier.carry(&endsAt)
        guard carrier.isReading else { return }
        guard let name = AccountName(name), let role = Role(rawValue: role),
            let source = Self.source(kind, bytes)
        else { throw .malformed }
        self.name = name
        self.role = role
        self.source = source
        self.scope = nil
        guard !scope.isEmpty else { return }
        guard let pages = PageScope(parsing: scope) else { throw .malformed }
        self.scope = pages
    }

    private var carriedSource: (UInt8, [UInt8]) {
        switch source {
        case .open: (0, [])
        case .session(let key): (1, key.digest.bytes)
        case .token(let id): (2, id)
        case .jwt: (3, [])
        case .header: (4, [])
        }
    }

    private static func source(_ kind: UInt8, _ bytes: [UInt8]) -> Source? {
        switch kind {
        case 0 where bytes.isEmpty: .open
        case 1: SHA256Digest(bytes).map { .session(SessionKey(digest: $0)) }
        case 2: .token(id: bytes)
        case 3 where bytes.isEmpty: .jwt
        case 4 where bytes.isEmpty: .header
        default: nil
        }
    }
}
