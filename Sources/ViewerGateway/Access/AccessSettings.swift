/// What the operator decides about who is let in, beyond names and passwords.
public struct AccessSettings: Sendable {
    /// The field in which a trusted proxy names who it has signed in, in small letters; nil believes none.
    public var identityHeader: [UInt8]?
    /// Whether `/` is the sample page for everybody.
    public var showsSamplePage: Bool

    /// Takes the decisions.
    public init(identityHeader: [UInt8]? = nil, showsSamplePage: Bool = false) {
        self.identityHeader = identityHeader
        self.showsSamplePage = showsSamplePage
    }
}
