import Secrets

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

    /// Whether a use was noted that the file does not say; `tokensWritten` ends it.
    public private(set) var isUnwritten = false

    /// No tokens.
    public init() {}

    /// All of them in the order of their file, with when they were last used.
    public var tokens: [ProgramToken] { order.compactMap { byID[$0] } }

    /// Takes the tokens of a file that was read; what was granted on those that are gone, or grant something
    /// else now, ends.
    ///
    /// A use that was noted and not written is kept.
    public mutating func tokensChanged(to tokens: [ProgramToken]) -> [Ended] {
        let before = self.tokens
        var byID: [TokenID: ProgramToken] = [:]
        isUnwritten = false
        for var token in tokens {
            if let used = self.byID[token.id]?.lastUsedAt, used > token.lastUsedAt ?? .min {
                token.lastUsedAt = used
                isUnwritten = true
            }
            byID[token.id] = token
        }
        self.byID = byID
        order = tokens.map(\.id)
        return before.compactMap { old in
            let now = byID[old.id]
            if let now, now.grantsTheSame(as: old) { return nil }
            return Ended(source: old.grant.source, name: old.name, why: now == nil ? .revoked : .changed)
        }
    }

    /// The file of tokens was written as they are.
    public mutating func tokensWritten() { isUnwritten = false }

    /// It could not be: it is to be written again.
    public mutating func tokensNotWritten() { isUnwritten = true }

    /// What somebody may do who shows `text`, which is noted as a use.
    public mutating func grant(for text: BearerText, now: Int64) -> Result<Grant, Refusal> {
        // An unknown id is told by the table in the time that it takes to find one: ids are no secret.
        guard let token = byID[text.id], token.secretDigest.matches(text.secret.digest) else {
            return .failure(.unknown)
        }
        guard !token.hasExpired(at: now) else { return .failure(.expired) }
        if token.lastUsedAt.map({ now - $0 >= Limits.unwrittenUseSeconds }) ?? true {
            byID[text.id]?.lastUsedAt = now
            isUnwritten = true
        }
        return .success(token.grant)
    }
}
