import TestSupport
import Testing

@testable import IdentityWire

struct AdmissionTests {
    private let now: UInt64 = 1_795_991_400_000
    private var key: IdentityKey {
        guard let key = IdentityKey(bytes: [UInt8](repeating: 4, count: 32)) else {
            fatalError("a key has 32 bytes")
        }
        return key
    }

    private func admit(_ shown: [UInt8], _ chance: inout SplitMix64, now: UInt64? = nil) -> Admission {
        shown.withUnsafeBytes { key.admit($0, now: now ?? self.now, using: &chance) }
    }

    @Test func whoShowsNothingIsNew() {
        var chance = SplitMix64(seed: 1)
        var ids: Set<SignedID> = []
        for count in 1...1000 {
            let admission = admit([], &chance)
            #expect(admission.source == .new && admission.redeemedStamp == 0)
            #expect(admission.token.stamp == now)
            ids.insert(admission.token.id)
            #expect(ids.count == count)
            #expect(admission.token.id.bytes.withUnsafeBytes { SignedID($0, key: key) } == admission.token.id)
        }
    }

    @Test func whoShowsATokenIsWhoItWas() {
        var chance = SplitMix64(seed: 1)
        var token = admit([], &chance).token
        for step: UInt64 in [0, 0, 1, 5000, 86_399_999] {
            let shown = token
            let admission = admit(shown.text(key: key), &chance, now: shown.stamp + step)
            #expect(admission.source == .resumed)
            #expect(admission.redeemedStamp == shown.stamp)
            #expect(admission.token.id == shown.id)
            #expect(admission.token.stamp == max(shown.stamp + step, shown.stamp + 1))
            token = admission.token
        }
    }

    @Test func whoShowsSomethingElseIsNew() {
        var chance = SplitMix64(seed: 1)
        let token = admit([], &chance).token
        var forged = token.text(key: key)
        forged[forged.count - 2] ^= 1
        let cases: [([UInt8], Admission.Source, UInt64)] = [
            (token.text(key: key), .expired, now + 86_400_000), (forged, .forged, now),
            (Array("~".utf8), .malformed, now), ([0], .malformed, now), (token.id.bytes, .malformed, now),
        ]
        for (shown, source, time) in cases {
            let admission = admit(shown, &chance, now: time)
            #expect(admission.source == source && admission.redeemedStamp == 0)
            #expect(admission.token.id != token.id && admission.token.stamp == time)
        }
    }
}
