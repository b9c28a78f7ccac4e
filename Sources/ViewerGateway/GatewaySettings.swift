public import HTTPWire
public import ProxyWire

/// What the operator decides about the HTTP port.
public struct GatewaySettings: Sendable {
    /// Answer only requests whose Host is a loopback name or that of `publicURL`, others 421: a page of
    /// another site must not reach the port by a name that it makes point here (DNS rebinding).
    public var requiresLoopbackHost = true
    /// Under which name and path people and pages reach the port; nil where they reach it as it is.
    public var publicURL: PublicURL?
    /// Connections at a time; one over it is told 503.
    public var connectionLimit = 8192
    /// Event streams at a time, fewer than connections so that health and metrics can always be asked for.
    public var viewerLimit = 8000

    /// Whose word about its clients is believed.
    public var trust = ProxyTrust()
    /// Whether every connection has to begin with a PROXY header.
    public var expectsProxyHeader = false

    /// The defaults.
    public init() {}
}
