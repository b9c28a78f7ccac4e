import ByteCore
import FramesShape

@testable import BroadcastHub

extension FuzzTarget {
    /// What a hub was written into, with bytes that somebody else chose: refused, or a hub that can be used
    /// and that is written again as it was read.
    ///
    /// The input is the body; the header in front of it is made to fit, as a checksum lets nothing through.
    static let hubSnapshot = FuzzTarget(name: "hub-snapshot", longestInput: 8_192, seeds: snapshotSeeds) {
        input in
        var whole = ByteBuffer(capacity: 64)
        appendSnapshot(of: input, to: &whole)
        guard let hub = read(whole.readable) else {
            return read(input) == nil ? nil : "a snapshot is read without its header"
        }
        var first = ByteBuffer(capacity: 64)
        HubSnapshot.write(hub, into: &first)
        guard let again = read(first.readable) else { return "what was written again is refused" }
        var second = ByteBuffer(capacity: 64)
        HubSnapshot.write(again, into: &second)
        guard first.readable.elementsEqual(second.readable) else { return "a hub is written otherwise again" }
        HubExercise.use(hub)
        HubExercise.use(again)
        return hub.counters == again.counters ? nil : "two hubs that were read of the same differ"
    }

    private static func appendSnapshot(of body: UnsafeRawBufferPointer, to whole: inout ByteBuffer) {
        whole.append(integer: HubSnapshot.magic)
        whole.append(integer: HubSnapshot.version)
        whole.append(integer: UInt32(0))
        whole.append(integer: UInt64(body.count))
        whole.append(integer: HubSnapshot.checksum(body))
        whole.append(body)
    }

    private static func read(_ bytes: UnsafeRawBufferPointer) -> BroadcastHub? {
        let copy = ExactCopy(bytes)
        return try? HubSnapshot.read(
            copy.readable, limits: HubOwner.limits, budget: ByteBudget(limit: 4_096), hashSeed: 1)
    }

    @Sendable private static func snapshotSeeds() -> [[UInt8]] {
        // Nobody; many who read bit by bit; the same with a catch-up and with nobody left.
        [0, 5, 40, 90].flatMap { rounds in
            [false, true].map { isEnded in
                let hub = HubExercise.hub(rounds: rounds)
                if isEnded { HubExercise.use(hub) }
                return Array(Seed.bytes { HubSnapshot.write(hub, into: &$0) }[HubSnapshot.headerBytes...])
            }
        }
    }
}
