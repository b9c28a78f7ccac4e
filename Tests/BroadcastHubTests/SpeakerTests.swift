import Testing

@testable import BroadcastHub

/// Who speaks for a visitor, and who is shown to whom.
@Suite struct SpeakerTests {
    private func speakers(_ hub: BroadcastHub, _ id: String) -> [[Int]] {
        var found: [[Int]] = []
        Array(id.utf8).withUnsafeBytes { hub.forEachSpeaker(of: $0) { found.append([$0, Int($1)]) } }
        return found
    }

    private func joins(_ hub: BroadcastHub, _ id: String, channel: Int, slot: UInt32) {
        _ = Array(id.utf8).withUnsafeBytes { hub.joined(channel: channel, slot: slot, id: $0, now: 1) }
    }

    private func isPresent(_ hub: BroadcastHub, _ id: String, _ viewer: ViewerID) -> Bool {
        Array(id.utf8).withUnsafeBytes { hub.isPresent($0, for: viewer) }
    }

    @Test func everyOpenSlotIsFound() {
        let hub = BroadcastHub(boot: 1, epochOffsetNanoseconds: 0, hashSeed: 1)
        let channels = [hub.openChannel(pid: 1), hub.openChannel(pid: 2), hub.openChannel(pid: 3)]
        joins(hub, "u", channel: channels[0], slot: 3)
        joins(hub, "v", channel: channels[0], slot: 4)
        joins(hub, "u", channel: channels[1], slot: 0)
        joins(hub, "u", channel: channels[2], slot: 20)
        #expect(speakers(hub, "u") == [[0, 3], [1, 0], [2, 20]])
        #expect(speakers(hub, "nobody").isEmpty)
        hub.left(channel: channels[0], slot: 3, now: 2)
        hub.closeChannel(channels[1], now: 2)
        #expect(speakers(hub, "u") == [[2, 20]])
        hub.left(channel: channels[2], slot: 20, now: 3)
        #expect(speakers(hub, "u").isEmpty)
    }

    @Test func whoIsGoneIsPresentToNobody() {
        let hub = BroadcastHub(boot: 1, epochOffsetNanoseconds: 0, hashSeed: 1)
        let channel = hub.openChannel(pid: 1)
        let viewer = hub.attach(shape: .samples, resume: .head, now: 1)
        #expect(!isPresent(hub, "u", viewer))
        joins(hub, "u", channel: channel, slot: 0)
        #expect(isPresent(hub, "u", viewer))
        hub.left(channel: channel, slot: 0, now: 2)
        #expect(!isPresent(hub, "u", viewer))
    }
}
