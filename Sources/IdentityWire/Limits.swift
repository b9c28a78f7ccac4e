/// Bounds of identities, each with its reason.
public enum IdentityLimits {
    /// How long a token can be redeemed, in milliseconds: a page that was left overnight comes back as the
    /// same visitor, and what somebody copied is worth nothing a day later.
    public static let tokenLifetime: UInt64 = 24 * 60 * 60 * 1000
    /// The greatest stamp there is: what JavaScript counts milliseconds with holds no greater whole number.
    static let greatestStamp: UInt64 = (1 << 53) - 1
    /// Its digits to the base 36.
    static let stampDigits = 11
}
