import AccessControl
import Secrets

/// JWTs that were looked at: a signature takes as long to check as ten requests to answer, so that strangers
/// could have the loop do nothing else. Those that were good are known again, and of others so many a second
/// are looked at.
struct JWTDesk {
    /// What was found.
    enum Finding {
        case claims(JWTVerifier.Claims)
        case refused(JWTFault)
        /// Not looked at: too many were, in this second.
        case later
    }

    private static let limit = 1_024
    private let verifier: JWTVerifier
    private var known: [SHA256Digest: JWTVerifier.Claims] = [:]
    private var order: [SHA256Digest] = []
    private var second: Int64 = .min
    private var checks = 0

    init(_ verifier: JWTVerifier) { self.verifier = verifier }

    mutating func look(at text: [UInt8], now: Instant) -> Finding {
        let digest = SHA256Digest(of: text)
        if let claims = known[digest] {
            if claims.endsAt > now.epochSeconds { return .claims(claims) }
            known[digest] = nil
        }
        let current = now.monotonicNanoseconds / 1_000_000_000
        if current != second {
            second = current
            checks = 0
        }
        guard checks < Limits.jwtChecksPerSecond else { return .later }
        checks += 1
        switch verifier.verify(text, now: now.epochSeconds) {
        case .success(let claims):
            keep(claims, as: digest)
            return .claims(claims)
        case .failure(let fault): return .refused(fault)
        }
    }

    private mutating func keep(_ claims: JWTVerifier.Claims, as digest: SHA256Digest) {
        if known[digest] == nil {
            if order.count >= Self.limit { known[order.removeFirst()] = nil }
            order.append(digest)
        }
        known[digest] = claims
    }
}
