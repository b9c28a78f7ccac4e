public import AccessControl
public import ViewerGateway

/// What was decided about who is let in, under `--auth password`.
public struct PeopleSettings: Sendable {
    /// The state directory.
    public var statePath: String
    /// Sessions of one admin at a time.
    public var sessionsPerAdmin: Int
    /// What else the gate is told.
    public var gate: AccessSettings
    /// The file of the key by which JWTs of another issuer are believed, and what they must say.
    public var jwt: (keyPath: String, rules: JWTRules)?

    /// Takes the decisions.
    public init(
        statePath: String, sessionsPerAdmin: Int, gate: AccessSettings,
        jwt: (keyPath: String, rules: JWTRules)?
    ) {
        self.statePath = statePath
        self.sessionsPerAdmin = sessionsPerAdmin
        self.gate = gate
        self.jwt = jwt
    }
}
