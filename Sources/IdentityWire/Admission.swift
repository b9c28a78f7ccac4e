/// Who a visitor is from now on, for the token that its page showed.
public struct Admission: Sendable {
    /// Where the identity is from.
    public enum Source: Hashable, Sendable {
        /// The page showed no token.
        case new
        /// The page showed one that holds.
        case resumed
        /// It showed one that does not hold, so it is somebody new.
        case expired
        case forged
        case malformed
    }

    public let source: Source
    /// The identity, with the token that its page is given now.
    public let token: IdentityToken
    /// The stamp of the token that the page showed, where it holds; 0 otherwise.
    public let redeemedStamp: UInt64
}

extension IdentityKey {
    /// Judges what a page has shown at `now`, in milliseconds since the epoch; empty is no token.
    ///
    /// A new identity is drawn from `chance`.
    public func admit(
        _ shown: UnsafeRawBufferPointer, now: UInt64, using chance: inout some RandomNumberGenerator
    ) -> Admission {
        let source: Admission.Source
        if unsafe shown.isEmpty {
            source = .new
        } else {
            switch unsafe IdentityToken.judge(shown, key: self, now: now) {
            case .holds(let token):
                return Admission(
                    source: .resumed, token: token.successor(at: now), redeemedStamp: token.stamp)
            case .expired: source = .expired
            case .forged: source = .forged
            case .malformed: source = .malformed
            }
        }
        let random = (0..<SignedID.randomCount).map { _ in UInt8.random(in: .min ... .max, using: &chance) }
        let token = IdentityToken(id: SignedID(random: random, key: self), stamp: now)
        return Admission(source: source, token: token, redeemedStamp: 0)
    }
}
