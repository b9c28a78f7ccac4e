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
    /// Which JWTs of another issuer are believed.
    public var jwt: JWTSettings?

    /// Takes the decisions.
    public init(
        statePath: String, sessionsPerAdmin: Int, gate: AccessSettings,
        jwt: JWTSettings?
    ) {
        self.statePath = statePath
        self.sessionsPerAdmin = sessionsPerAdmin
        self.gate = gate
        self.jwt = jwt
    }
}

/// By which key JWTs of another issuer are believed.
public struct JWTSettings: Sendable {
    /// The file of the key.
    public let keyPath: String
    /// Who named it, for a person: `--jwt-key`, or `FILE:3: jwt-key`.
    public let keyOrigin: String
    /// What they must say.
    public let rules: JWTRules

    /// Takes them.
    public init(keyPath: String, keyOrigin: String, rules: JWTRules) {
        self.keyPath = keyPath
        self.keyOrigin = keyOrigin
        self.rules = rules
    }
}
