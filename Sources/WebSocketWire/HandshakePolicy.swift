public import HTTPWire

/// Whose opening handshakes a server accepts; made once from the options.
public struct HandshakePolicy: Sendable {
    /// Which pages are served; what is no page of a browser names no origin (RFC 6454).
    public enum Origins: Sendable {
        /// Every page, and whoever names no origin.
        case any
        /// Pages of this machine (`http` or `https`, a loopback name, any port), and whoever names no origin:
        /// a page of any website that is open in a browser here could else reach a server that only listens
        /// here.
        case loopback
        /// Those on the list, compared byte by byte, and nobody who names no origin: the list says who may.
        case listed([[UInt8]])
    }

    private let origins: Origins
    /// Whether only requests for a loopback host are served, as without authentication (DNS rebinding).
    public let requiresLoopbackHost: Bool
    /// Where the server is reached from outside: requests for its host and pages of its own are served too.
    public let publicURL: PublicURL?
    /// Whether clients that offer it may compress what they send (RFC 7692).
    public let deflates: Bool

    /// Makes a policy.
    public init(
        origins: Origins = .any, requiresLoopbackHost: Bool = false, publicURL: PublicURL? = nil,
        deflates: Bool = false
    ) {
        self.origins = origins
        self.requiresLoopbackHost = requiresLoopbackHost
        self.publicURL = publicURL
        self.deflates = deflates
    }

    /// Why a request that names `origin` is not served; nil means that it names none.
    func refusal(origin: UnsafeRawBufferPointer?) -> HandshakeRefusal? {
        if let publicURL, let origin = unsafe origin, unsafe publicURL.isOrigin(origin) { return nil }
        switch origins {
        case .any: return nil
        case .loopback:
            guard let origin = unsafe origin, unsafe !Self.isLoopback(origin) else { return nil }
            return unsafe Self.isFile(origin) ? .fileOriginNotAllowed : .originNotLoopback
        case .listed(let list):
            guard let origin = unsafe origin else { return .originNotAllowed }
            if list.contains(where: { unsafe $0.elementsEqual(origin) }) { return nil }
            return unsafe Self.isFile(origin) ? .fileOriginNotAllowed : .originNotAllowed
        }
    }

    /// What a browser sends for a page that was opened from a file (RFC 6454 section 6.1).
    private static func isFile(_ origin: UnsafeRawBufferPointer) -> Bool { unsafe origin.isEqual(to: "null") }

    private static func isLoopback(_ origin: UnsafeRawBufferPointer) -> Bool {
        for scheme: StaticString in ["http://", "https://"] {
            let count = scheme.utf8CodeUnitCount
            guard origin.count > count,
                unsafe UnsafeRawBufferPointer(rebasing: origin[..<count]).isEqualIgnoringCase(to: scheme)
            else { continue }
            return unsafe HTTPAuthority.isLoopback(UnsafeRawBufferPointer(rebasing: origin[count...]))
        }
        return false
    }
}
