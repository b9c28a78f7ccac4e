/// The tokens of programs as a server knows them, found by id in the time that one takes.
public struct TokenTable: Sendable {
    /// Why a token is none.
    public enum Refusal: UInt8, Error, Sendable {
        /// There is none of this id, or another secret: it does not say which.
        case unknown
        /// It was one.
        case expired
    }

    private var byID: [TokenID: ProgramToken] = [:]
    private var order: [TokenID] = []

    /// Whether a use was noted that is not written down.
    public private(set) var isDirty = false

    /// No tokens.
    public init() {}

    /// All of them in the order of their file, with when they were last used.
    public var tokens: [ProgramToken] { order.compactMap { byID[$0] } }

    /// Takes the tokens of a file that was read, and returns those of before that are gone or grant something else now.
    ///
    /// A use that was noted and not written is kept.
    public mutating func replace(with tokens: [ProgramToken]) -> [ProgramToken] {
        let before = byID
        byID = [:]
        order = tokens.map(\.id)
        isDirty = false
        for var token in tokens {
            if let known = before[token.id], known.grantsTheSame(as: token),
                let used = known.lastUsedAt, used > token.lastUsedAt ?? .min
            {
                token.lastUsedAt = used
                isDirty = true
            }
            byID[token.id] = token
        }
        return before.values.filter { old in !(byID[old.id]?.grantsTheSame(as: old) ?? false) }
    }

    /// All uses that were noted are written down.
    public mutating func wasWritten() { isDirty = false }

    /// What somebody may do who shows `text`, which is noted as a use.
    public mutating func grant(for text: BearerText, now: Int64) -> Result<Grant, Refusal> {
        // An unknown id is told by the table in the time that it takes to find one: ids are no secret.
        guard let token = byID[text.id], token.secretDigest.matches(text.secret.digest) else {
            return .failure(.unknown)
        }
        guard !token.hasExpired(at: now) else { return .failure(.expired) }
        if token.lastUsedAt.map({ now - $0 >= Limits.unwrittenUseSeconds }) ?? true {
            byID[text.id]?.lastUsedAt = now
            isDirty = true
        }
        return .success(token.grant)
    }
}
