@testable import IdentityWire

extension FuzzTarget {
    /// A token that a page shows; where its code alone is wrong, it is put right, so that what lies behind is
    /// reached.
    static let identityToken = FuzzTarget(
        name: "identity-token", longestInput: 130,
        seeds: {
            Seed.texts([
                "", "~AAECAwQFBgcIcVOM", "~AAECAwQFBgcIcVOM.mx2ewpc0.WT4j7bqi2_XhNFDBskTvUg",
                "~____________lpXB.0.vCdbxNMvvLT0BoNZj4vHmA",
                "~AAECAwQFBgcIcVOM.2gosa7pa2gv.AAAAAAAAAAAAAAAAAAAAAA",
                "~AAECAwQFBgcIcVOM.00.AAAAAAAAAAAAAAAAAAAAAA", "..", "~AAECAwQFBgcIcVOM.zzzzzzzzzzzz.A",
            ])
        }
    ) { input in
        guard let key = IdentityKey(bytes: [UInt8](repeating: 5, count: 32)) else { return "no key" }
        let now: UInt64 = 1_795_991_400_000
        if case .holds = IdentityToken.judge(input, key: key, now: now) { return "a code was guessed" }
        if SignedID(input, key: key) != nil { return "an id was guessed" }
        let parts = Array(input).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let id = SignedID(vouchedFor: parts[0]) else { return nil }
        let signed = Array(parts[0] + [UInt8(ascii: ".")] + parts[1])
        let mended = signed + [UInt8(ascii: ".")] + key.code("token", signed, count: 16)
        switch mended.withUnsafeBytes({ IdentityToken.judge($0, key: key, now: now) }) {
        case .holds(let token):
            guard token.id == id, token.text(key: key) == mended else {
                return "read as \(token), which is another"
            }
            return token.successor(at: now).stamp > token.stamp ? nil : "its successor is no later"
        case .expired, .malformed: return nil
        case .forged: return "its own code is refused"
        }
    }
}
