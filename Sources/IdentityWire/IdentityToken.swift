import Secrets

/// What a visitor shows to be who it was: an id with the time of its issue, signed, good for a day.
///
/// ```
/// ID . STAMP . MAC      STAMP: epoch milliseconds to the base 36, in lower case, without zeros in front
///                       MAC: 22 characters, 128 bits of HMAC-SHA-256 over ID . STAMP
/// ```
public struct IdentityToken: Hashable, Sendable {
    private static let dot = UInt8(ascii: ".")
    private static let macBytes = 16
    private static let macCount = 22

    public let id: SignedID
    /// When it was issued, in milliseconds since the epoch; of one id no two have the same.
    public let stamp: UInt64

    /// What became of a token that was shown.
    public enum Verdict: Hashable, Sendable {
        case holds(IdentityToken)
        /// Ours, and more than a day away from now.
        case expired
        /// It looks like one, and this server did not sign it.
        case forged
        /// It does not look like one.
        case malformed
    }

    /// Names an id at a time.
    public init(id: SignedID, stamp: UInt64) {
        precondition(stamp <= IdentityLimits.greatestStamp)
        self.id = id
        self.stamp = stamp
    }

    /// The one that replaces it at `now`: later than it in any case, also where the clock was set back.
    public func successor(at now: UInt64) -> IdentityToken {
        IdentityToken(id: id, stamp: min(max(now, stamp + 1), IdentityLimits.greatestStamp))
    }

    /// The text, signed.
    public func text(key: IdentityKey) -> [UInt8] {
        let signed = id.bytes + [Self.dot] + Self.digits(of: stamp)
        return signed + [Self.dot] + Self.mac(of: signed, key)
    }

    /// Judges what was shown at `now`, in milliseconds since the epoch.
    ///
    /// A clock that was set back makes no token last longer: one from so far ahead has expired as well.
    public static func judge(_ text: UnsafeRawBufferPointer, key: IdentityKey, now: UInt64) -> Verdict {
        let parts = unsafe Array(text).split(separator: dot, omittingEmptySubsequences: false)
        guard parts.count == 3, let id = SignedID(vouchedFor: parts[0]), let stamp = stamp(of: parts[1]),
            parts[2].count == macCount, Base64URL.decode(parts[2]) != nil
        else { return .malformed }
        let mac = mac(of: parts[0] + [dot] + parts[1], key)
        guard ConstantTime.areEqual(mac, Array(parts[2])) else { return .forged }
        let age = now > stamp ? now - stamp : stamp - now
        guard age < IdentityLimits.tokenLifetime else { return .expired }
        return .holds(IdentityToken(id: id, stamp: stamp))
    }

    private static func mac(of signed: some Collection<UInt8>, _ key: IdentityKey) -> [UInt8] {
        key.code("token", signed, count: macBytes)
    }

    private static func digits(of stamp: UInt64) -> [UInt8] { Array(String(stamp, radix: 36).utf8) }

    /// Each number has one text; nil of any other.
    private static func stamp(of digits: some Collection<UInt8>) -> UInt64? {
        guard (1...IdentityLimits.stampDigits).contains(digits.count) else { return nil }
        var stamp: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): stamp = stamp * 36 + UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"):
                stamp = stamp * 36 + 10 + UInt64(digit - UInt8(ascii: "a"))
            default: return nil
            }
        }
        guard stamp <= IdentityLimits.greatestStamp, Self.digits(of: stamp).elementsEqual(digits) else {
            return nil
        }
        return stamp
    }
}
