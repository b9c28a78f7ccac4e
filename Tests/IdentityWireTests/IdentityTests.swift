import Secrets
import TestSupport
import Testing

@testable import IdentityWire

struct IdentityTests {
    private static let day: UInt64 = 24 * 60 * 60 * 1000
    private let key = IdentityTests.key((0..<32).map { UInt8($0) })
    private let now: UInt64 = 1_795_991_400_000

    private static func key(_ bytes: [UInt8]) -> IdentityKey {
        guard let key = IdentityKey(bytes: bytes) else { fatalError("a key has 32 bytes") }
        return key
    }

    private func judge(_ text: [UInt8], now: UInt64? = nil, key: IdentityKey? = nil) -> IdentityToken.Verdict
    {
        // In memory of exactly its size, so that a sanitizer sees whoever reads on.
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 1)
        defer { memory.deallocate() }
        memory.copyBytes(from: text)
        return IdentityToken.judge(
            UnsafeRawBufferPointer(memory), key: key ?? self.key, now: now ?? self.now)
    }

    private func isSigned(_ id: [UInt8], by key: IdentityKey? = nil) -> Bool {
        id.withUnsafeBytes { SignedID($0, key: key ?? self.key) } != nil
    }

    // MARK: Known answers

    /// Made by Python: `"~" + b64(r) + b64(hmac(key, "id\0" + b64(r))[:3])`, and of the token
    /// `s = id + "." + base36(stamp)`, `s + "." + b64(hmac(key, "token\0" + s)[:16])`.
    struct Known: CustomTestStringConvertible {
        let key: [UInt8]
        let random: [UInt8]
        let stamp: UInt64
        let id: String
        let token: String

        var testDescription: String { token }
    }

    static let known = [
        Known(
            key: (0..<32).map { UInt8($0) }, random: [0, 1, 2, 3, 4, 5, 6, 7, 8], stamp: 1_795_991_400_000,
            id: "~AAECAwQFBgcIcVOM", token: "~AAECAwQFBgcIcVOM.mx2ewpc0.WT4j7bqi2_XhNFDBskTvUg"),
        Known(
            key: (0..<32).map { UInt8($0) }, random: [UInt8](repeating: 255, count: 9), stamp: 0,
            id: "~____________lpXB", token: "~____________lpXB.0.vCdbxNMvvLT0BoNZj4vHmA"),
        Known(
            key: [UInt8](repeating: 255, count: 32),
            random: [0xFB, 0xEF, 0xBE, 0xFB, 0xEF, 0xBE, 0xFB, 0xEF, 0xBE], stamp: 9_007_199_254_740_991,
            id: "~------------VpkP", token: "~------------VpkP.2gosa7pa2gv.CDM8D3aZdTbn6b2hBqr4KQ"),
    ]

    @Test(arguments: known) func identitiesAreAsWritten(known: Known) {
        let key = Self.key(known.key)
        let id = SignedID(random: known.random, key: key)
        #expect(id.bytes == Array(known.id.utf8))
        #expect(isSigned(id.bytes, by: key))
        let token = IdentityToken(id: id, stamp: known.stamp)
        #expect(token.text(key: key) == Array(known.token.utf8))
        #expect(judge(Array(known.token.utf8), now: known.stamp, key: key) == .holds(token))
        #expect(key.bytes == known.key)
    }

    // MARK: Ids

    @Test func everyOtherIDIsNotSigned() {
        let id = SignedID(random: [9, 8, 7, 6, 5, 4, 3, 2, 1], key: key).bytes
        for position in id.indices {
            for bit in 0..<8 {
                var other = id
                other[position] ^= 1 << bit
                #expect(!isSigned(other), "bit \(bit) of byte \(position)")
            }
        }
        for count in id.indices { #expect(!isSigned(Array(id[..<count]))) }
        #expect(!isSigned(id + [UInt8(ascii: "A")]))
        #expect(!isSigned(id, by: Self.key([UInt8](repeating: 3, count: 32))))
        for text in ["", "~", "~~~~~~~~~~~~~~~~~", "~AAECAwQFBgcI====", "user123"] {
            #expect(!isSigned(Array(text.utf8)))
        }
    }

    @Test func fewGuessesAreRight() {
        // 24 bits: of 100,000 guesses one in 168 runs of this test would be right, and the seed is fixed.
        var random = SplitMix64(seed: 5)
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        for _ in 0..<20_000 {
            let guess = [UInt8(ascii: "~")] + (0..<16).map { _ in random.pick(letters) }
            #expect(!isSigned(guess))
        }
    }

    // MARK: Tokens

    @Test func aTokenHoldsForADay() {
        let token = IdentityToken(id: SignedID(random: [UInt8](repeating: 0, count: 9), key: key), stamp: now)
        let text = token.text(key: key)
        for age: UInt64 in [0, 1, 1000, Self.day - 1] {
            #expect(judge(text, now: now + age) == .holds(token))
            // A clock that was set back a little.
            #expect(judge(text, now: now - age) == .holds(token))
        }
        for age: UInt64 in [Self.day, Self.day + 1, 100 * Self.day] {
            #expect(judge(text, now: now + age) == .expired)
            #expect(judge(text, now: now - age) == .expired)
        }
        #expect(judge(text, now: .max) == .expired)
        #expect(judge(text, now: 0) == .expired)
    }

    @Test func everyOtherTokenIsRefused() {
        let token = IdentityToken(id: SignedID(random: [1, 1, 2, 3, 5, 8, 13, 21, 34], key: key), stamp: now)
        let text = token.text(key: key)
        for position in text.indices {
            for bit in 0..<8 {
                var other = text
                other[position] ^= 1 << bit
                let verdict = judge(other)
                #expect(
                    verdict == .forged || verdict == .malformed, "bit \(bit) of byte \(position): \(verdict)")
            }
            for other in UInt8.min...UInt8.max where other != text[position] {
                var changed = text
                changed[position] = other
                if case .holds = judge(changed) { Issue.record("byte \(position) as \(other)") }
            }
        }
        for count in text.indices { #expect(judge(Array(text[..<count])) == .malformed) }
        #expect(judge(text + [UInt8(ascii: "A")]) == .malformed)
        #expect(judge(text, key: Self.key([UInt8](repeating: 3, count: 32))) == .forged)
        #expect(
            judge(text, now: now + 2 * Self.day, key: Self.key([UInt8](repeating: 3, count: 32))) == .forged)
    }

    @Test func partsOfTwoTokensAreNoToken() {
        let ann = IdentityToken(id: SignedID(random: [UInt8](repeating: 1, count: 9), key: key), stamp: now)
        let bob = IdentityToken(id: SignedID(random: [UInt8](repeating: 2, count: 9), key: key), stamp: now)
        let newer = IdentityToken(id: ann.id, stamp: now + 1)
        let parts = [ann, bob, newer].map { $0.text(key: key).split(separator: UInt8(ascii: ".")) }
        for id in 0..<3 {
            for stamp in 0..<3 {
                for mac in 0..<3 {
                    let joined = Array(parts[id][0] + [46] + parts[stamp][1] + [46] + parts[mac][2])
                    let expected = [ann, bob, newer].first { $0.text(key: key) == joined }
                    #expect(judge(joined) == (expected.map { .holds($0) } ?? .forged))
                }
            }
        }
    }

    @Test(arguments: [
        "", ".", "..", "~AAECAwQFBgcIcVOM", "~AAECAwQFBgcIcVOM.mx2ewpc0",
        "~AAECAwQFBgcIcVOM..WT4j7bqi2_XhNFDBskTvUg",
        "~AAECAwQFBgcIcVOM.0mx2ewpc0.WT4j7bqi2_XhNFDBskTvUg",
        "~AAECAwQFBgcIcVOM.MX2EWPC0.WT4j7bqi2_XhNFDBskTvUg",
        "~AAECAwQFBgcIcVOM.mx2ewpc0.WT4j7bqi2_XhNFDBskTvUg.",
        "~AAECAwQFBgcIcVOM.mx2ewpc0.WT4j7bqi2_XhNFDBskTvU=",
        "~AAECAwQFBgcIcVOM.zzzzzzzzzzz.WT4j7bqi2_XhNFDBskTvUg", "user123.mx2ewpc0.WT4j7bqi2_XhNFDBskTvUg",
        "~AAECAwQFBgcIcVOM.2gosa7pa2gw.WT4j7bqi2_XhNFDBskTvUg", "~AAECAwQFBgcIcVOM.-1.WT4j7bqi2_XhNFDBskTvUg",
        "~AAECAwQFBgcIcVO.mx2ewpc0.WT4j7bqi2_XhNFDBskTvUg",
        "~AAECAwQFBgcIcVOM.mx2ewpc0.WT4j7bqi2_XhNFDBskTvUh",
        "~AAECAwQFBgcIcVOM mx2ewpc0 WT4j7bqi2_XhNFDBskTvUg",
        "~AAECAwQFBgc=cVOM.mx2ewpc0.WT4j7bqi2_XhNFDBskTvUg",
        "~AAECAwQFBgcIcVO+.mx2ewpc0.WT4j7bqi2_XhNFDBskTvUg",
    ])
    func whatIsNoTokenIsMalformed(text: String) {
        #expect(judge(Array(text.utf8)) == .malformed)
    }

    @Test func aSuccessorIsLaterThanWhatItReplaces() {
        let token = IdentityToken(id: SignedID(random: [UInt8](repeating: 0, count: 9), key: key), stamp: now)
        #expect(token.successor(at: now + 5).stamp == now + 5)
        #expect(token.successor(at: now).stamp == now + 1)
        #expect(token.successor(at: now - 500).stamp == now + 1)
        #expect(token.successor(at: 0).id == token.id)
        let last = IdentityToken(id: token.id, stamp: IdentityLimits.greatestStamp)
        #expect(last.successor(at: .max).stamp == IdentityLimits.greatestStamp)
    }
}
