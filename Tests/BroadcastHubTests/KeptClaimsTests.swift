import TestSupport
import Testing

@testable import BroadcastHub

/// What a server keeps of used tokens for its next life.
@Suite struct KeptClaimsTests {
    private static func entry(_ id: String, _ stamp: UInt64) -> KeptClaims.Entry {
        KeptClaims.Entry(id: Array(id.utf8), stamp: stamp)
    }

    private static func read(_ bytes: [UInt8]) -> KeptClaims? { bytes.withUnsafeBytes { KeptClaims($0) } }

    private static let example = KeptClaims(horizon: 0x0102, entries: [entry("~b", 7), entry("~a", 5)])

    @Test func theFileIsAsItIsDrawn() {
        let bytes = Self.example.encoded()
        #expect(
            Array(bytes[..<16]) == Array("PSCLAIMS".utf8) + [
                1, 0, 0, 0,  // version
                2, 0, 0, 0,  // identities
            ])
        #expect(
            Array(bytes[24...]) == [
                0x02, 0x01, 0, 0, 0, 0, 0, 0,  // horizon
                5, 0, 0, 0, 0, 0, 0, 0, 2, 0x7E, 0x61,  // ~a, whose stamp is the older one
                7, 0, 0, 0, 0, 0, 0, 0, 2, 0x7E, 0x62,
            ])
        #expect(Self.read(bytes) == Self.example)
        #expect(Self.read(KeptClaims().encoded()) == KeptClaims())
    }

    @Test func whatIsCutOrChangedIsNone() {
        let bytes = Self.example.encoded()
        for count in bytes.indices { #expect(Self.read(Array(bytes[..<count])) == nil, "\(count) bytes") }
        #expect(Self.read(bytes + [0]) == nil)
        for bit in 0..<(bytes.count * 8) {
            var changed = bytes
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(Self.read(changed) == nil, "bit \(bit)")
        }
    }

    @Test func twoServersOnOneDirectoryForgetNothingOfEachOther() {
        var kept = Self.example
        kept.add(KeptClaims(horizon: 3, entries: [Self.entry("~b", 6), Self.entry("~c", 9)]))
        #expect(kept.horizon == 0x0102)
        #expect(kept.entries == [Self.entry("~a", 5), Self.entry("~b", 7), Self.entry("~c", 9)])
        kept.add(KeptClaims(horizon: 1_000, entries: [Self.entry("~a", 8)]))
        #expect(kept.horizon == 1_000)
        #expect(kept.entries == [Self.entry("~b", 7), Self.entry("~a", 8), Self.entry("~c", 9)])
    }

    @Test func whatExpiredGoesAndWhatIsTooMuchIsBehindTheHorizon() {
        var kept = KeptClaims(horizon: 2, entries: (1...9).map { Self.entry("~\($0)", $0) })
        kept.thinOut(before: 4, limit: 100)
        #expect(kept.horizon == 2, "what has expired is nothing to be afraid of")
        #expect(kept.entries.map(\.stamp) == [4, 5, 6, 7, 8, 9])
        kept.thinOut(before: 4, limit: 4)
        #expect(kept.horizon == 5)
        #expect(kept.entries.map(\.stamp) == [6, 7, 8, 9])
        kept.thinOut(before: 100, limit: 0)
        #expect(kept == KeptClaims(horizon: 5))
    }

    @Test func aNewLifeKnowsWhatTheOldOneKnew() {
        let before = BroadcastHub(boot: 1, epochOffsetNanoseconds: 0)
        let channel = before.openChannel(pid: 1)
        func join(_ hub: BroadcastHub, slot: UInt32, _ id: String, _ stamp: UInt64) -> JoinRefusal? {
            Array(id.utf8).withUnsafeBytes {
                hub.joined(
                    channel: channel, slot: slot, id: $0, claim: IdentityClaim(stamp: stamp, instance: 1),
                    now: 0)
            }
        }
        #expect(join(before, slot: 0, "~gone", 5) == nil)
        before.left(channel: channel, slot: 0, now: 0)
        #expect(join(before, slot: 1, "~here", 6) == nil)
        #expect(join(before, slot: 2, "~new", 0) == nil)
        #expect(before.keptClaims.entries == [Self.entry("~gone", 5), Self.entry("~here", 6)])

        let after = BroadcastHub(boot: 2, epochOffsetNanoseconds: 0)
        after.takeUp(before.keptClaims)
        #expect(after.openChannel(pid: 2) == channel)
        #expect(after.identityFigures.remembered == 2 && after.counters.present == 0)
        #expect(join(after, slot: 0, "~gone", 5) == .claim(.replayed))
        #expect(join(after, slot: 0, "~here", 6) == .claim(.replayed))
        #expect(join(after, slot: 0, "~here", 7) == nil)
        #expect(join(after, slot: 1, "~new", 4) == nil, "its token was never used")
    }
}
