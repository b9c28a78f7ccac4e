public import AccessControl
public import PosixIO
public import ProxyWire

/// What of the HTTP port an operator changes while it runs. Who was let in by what does not hold any more is
/// let out at once.
extension ViewerGateway {
    /// Believes these about their clients from now on, and, where people sign in, the one header in which
    /// they name who they have signed in.
    public func take(_ trust: ProxyTrust, identityHeader: [UInt8]?) {
        let isSame = trust == settings.trust && identityHeader == gate?.settings.identityHeader
        settings.trust = trust
        gate?.settings.identityHeader = identityHeader
        // Who was behind which proxy is not known any more; those who are believed still come back.
        if !isSame { end { $0.source == .header ? .changed : nil } }
    }

    /// What lies where the file of its Unix socket was made.
    public var socketFile: ListenerFileState { door?.listener.fileState ?? .own }

    /// Shows the sample page to everybody, or not.
    public func take(showsSamplePage: Bool) { gate?.settings.showsSamplePage = showsSamplePage }

    /// Lets one admin be signed in in so many browsers; whoever is stays.
    public func take(sessionsPerAdmin: Int) {
        guard let gate else { return }
        let old = gate.authority.settings
        gate.authority.take(
            AuthoritySettings(
                sessionsPerAdmin: sessionsPerAdmin, idleSeconds: old.idleSeconds,
                sessionSeconds: old.sessionSeconds))
    }

    /// Believes JWTs by another key, by other rules, or none.
    public func take(_ verifier: JWTVerifier?) {
        guard let gate else { return }
        gate.desk = verifier.map(JWTDesk.init)
        end { $0.source == .jwt ? .changed : nil }
    }
}
