import BroadcastHub
import ByteCore
import LiveModel
import PointerEvents
import RelayWire
import SSEWire

extension FuzzTarget {
    /// What a worker may write, taken in by a hub; viewers of both shapes must be able to read what it says.
    static let relayToHub = FuzzTarget(name: "relay-to-hub", longestInput: 2048, seeds: relaySeeds) { input in
        guard let plan = input.first else { return nil }
        let owner = HubOwner()
        var reader = RelayReader(from: .worker)
        var hello = ByteBuffer(capacity: 16)
        hello.appendRelayHello()
        guard (try? reader.next(hello.readable)) != nil else { return "our own hello is refused" }
        let records = ExactCopy(UnsafeRawBufferPointer(rebasing: input.dropFirst()))
        var offset = 0
        var count = 0
        do throws(RelayError) {
            while let (record, consumed) = try reader.next(
                UnsafeRawBufferPointer(rebasing: records.readable[offset...]))
            {
                offset += consumed
                count += 1
                owner.take(record)
                // Bits of the plan say after which records the viewers read.
                if plan >> UInt8(count % 8) & 1 != 0, let complaint = owner.readViewers() { return complaint }
            }
        } catch {
            // Its master ends such a worker.
        }
        return owner.end()
    }
}
