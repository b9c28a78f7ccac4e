/// Whose opening handshakes a server accepts; made once from the options.
public struct HandshakePolicy: Sendable {
    private let origins: [[UInt8]]
    /// Whether only requests for a loopback host are served, as without authentication (DNS rebinding).
    public let requiresLoopbackHost: Bool

    /// Makes a policy; without `allowedOrigins` every origin is served, and so is a request without one.
    ///
    /// With a list an Origin is compared byte by byte, and a request without one is refused: the list says
    /// who may.
    public init(allowedOrigins: [String] = [], requiresLoopbackHost: Bool = false) {
        origins = allowedOrigins.map { Array($0.utf8) }
        self.requiresLoopbackHost = requiresLoopbackHost
    }

    /// Whether a request from `origin` is served; nil means that it names none, or more than one.
    func allows(origin: UnsafeRawBufferPointer?) -> Bool {
        if origins.isEmpty { return true }
        guard let origin else { return false }
        return origins.contains { $0.elementsEqual(origin) }
    }
}
