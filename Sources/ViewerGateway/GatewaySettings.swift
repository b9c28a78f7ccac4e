public import ProxyWire

/// What the operator decides about the HTTP port.
public struct GatewaySettings: Sendable {
    /// Answer only requests whose Host is a loopback name, others 421: with `--auth none` a page of another
    /// site must not reach the port by a name that it makes point here (DNS rebinding).
    public var requiresLoopbackHost = true
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
