import ByteCore
import FramesShape

@testable import BroadcastHub

extension FuzzTarget {
    /// The file of used tokens, and a body for which the head is put right: its first byte is how many
    /// identities it says.
    static let identityClaims = FuzzTarget(
        name: "identity-claims", longestInput: 400,
        seeds: {
            let one = KeptClaims(horizon: 9, entries: [KeptClaims.Entry(id: [0x7E, 0x61], stamp: 5)])
            let two = KeptClaims(entries: [1, 2].map { KeptClaims.Entry(id: [0x7E, $0], stamp: 7) })
            return [KeptClaims(), one, two].flatMap { kept in
                [kept.encoded(), [UInt8(kept.entries.count)] + kept.encoded().dropFirst(24)]
            }
        }
    ) { input in
        if let complaint = claims(Array(input)) { return complaint }
        guard let count = input.first else { return nil }
        let body = Array(input.dropFirst())
        var head = ByteBuffer(capacity: 32)
        head.append(integer: KeptClaims.magic)
        head.append(integer: KeptClaims.version)
        head.append(integer: UInt32(count))
        head.append(integer: body.withUnsafeBytes { KeptClaims.checksum($0) })
        return claims(Array(head.readable) + body)
    }

    private static func claims(_ file: [UInt8]) -> String? {
        guard let kept = file.withUnsafeBytes({ KeptClaims($0) }) else { return nil }
        guard kept.encoded() == file else { return "another file is written than was read" }
        var limits = HubLimits()
        limits.claims = 3
        let hub = BroadcastHub(boot: 1, epochOffsetNanoseconds: 0, limits: limits, hashSeed: 1)
        hub.takeUp(kept)
        let again = hub.keptClaims
        guard again.entries.count <= 3, again.horizon >= kept.horizon else { return "more is remembered" }
        for entry in kept.entries where !again.entries.contains(where: { $0.id == entry.id }) {
            guard again.horizon >= entry.stamp else { return "one is forgotten before the horizon" }
        }
        let known = again.entries.filter { entry in kept.entries.contains { $0.id == entry.id } }
        return known.count == again.entries.count ? nil : "one is made up"
    }
}
