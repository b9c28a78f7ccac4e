import ByteCore
import FramesShape
import Glibc
import PointerEvents

@testable import BroadcastHub

/// What an owner may do with any hub, one that was made of strange bytes as well.
enum HubExercise {
    private static let status: StaticString = "{}"

    /// A hub with visitors on two channels who come, move and go, and viewers of all kinds who are slow.
    static func hub(rounds: Int) -> BroadcastHub {
        let hub = BroadcastHub(
            boot: 7, epochOffsetNanoseconds: 1_732_109_508_000_000_000, limits: HubOwner.limits, hashSeed: 1)
        guard rounds > 0 else { return hub }
        for pid: Int32 in [40, 41] { _ = hub.openChannel(pid: pid) }
        for shape in [ViewerShape.samples, .frames(.hz60), .samples, .frames(.hz1)] {
            _ = hub.attach(shape: shape, resume: .head, now: 0)
        }
        attachWithin(hub, "page:/n1", .samples, now: 0)
        attachWithin(hub, "page:/n3 page:/n5*", .frames(.hz60), now: 0)
        for (index, filter) in filters.enumerated() {
            _ = try? hub.attach(
                shape: index % 2 == 0 ? .samples : .frames(.hz60), resume: .head, within: nil,
                filter: filter, now: 0)
        }
        go(hub, rounds: rounds, now: 1_000_000_000)
        return hub
    }

    private static var filters: [StreamFilter] {
        [(["/n1", "/n3*"], []), ([], ["v3", "v4"]), (["/n*"], ["v1", "v2", "v3"])].compactMap {
            try? StreamFilter(pages: $0.map { Array($0.utf8) }, visitors: $1.map { Array($0.utf8) })
        }
    }

    /// Goes on with a hub, and ends everything in it.
    static func use(_ hub: BroadcastHub) {
        var now: Int64 = 1 << 40
        _ = hub.openChannel(pid: 42)
        go(hub, rounds: 12, now: now)
        now += 5_000_000_000
        hub.followClock(epochOffsetNanoseconds: 1 << 60, sleptNanoseconds: 5_000_000_000, now: now)
        var ranking = VisitorRanking(limit: 5)
        while !hub.advance(&ranking, by: 3, now: now) {}
        for place in 0..<ranking.count { _ = hub.visitor(at: place, of: ranking)?.idJSON.count }
        for hop in [DelayHop.relayed, .encoded] { _ = hub.recentDelays(hop, now: now) }
        for shape in [ViewerShape.samples, .frames(.hz10)] {
            let viewer = hub.attach(shape: shape, resume: .unreadable, now: now)
            while read(viewer, of: hub, limit: 5_000, now: now) {}
        }
        for text in ["page:/n*", "page:/n2", "page:/n1"] { attachWithin(hub, text, .samples, now: now) }
        for (index, viewer) in viewers(of: hub).enumerated() {
            _ = try? hub.refilter(viewer, to: index % 4 == 3 ? nil : filters[index % 4], now: now)
        }
        for shape in [ViewerShape.samples, .frames(.hz10)] {
            let poll = hub.attach(shape: shape, resume: .unreadable, isPoll: true, now: now)
            var text = ByteBuffer()
            hub.answer(poll, into: &text, limit: 5_000, now: now)
            hub.detach(poll, reason: .closed)
        }
        hub.forEachScope { _ = hub.figures(of: $0) }
        for channel in 0..<hub.channels.count { hub.closeChannel(channel, now: now) }
        hub.tick(now: now)
        for viewer in viewers(of: hub) {
            _ = hub.figures(of: viewer, now: now)
            hub.detach(viewer, reason: .closed)
        }
    }

    private static func viewers(of hub: BroadcastHub) -> [ViewerID] {
        hub.generations.enumerated().map {
            ViewerID(index: UInt32($0), generation: $1, scope: hub.scopeNumber)
        } + hub.scopes.flatMap { viewers(of: $0.hub) }
    }

    /// One more who sees some pages, where there is room for it.
    private static func attachWithin(
        _ hub: BroadcastHub, _ text: String, _ shape: ViewerShape, now: Int64
    ) {
        guard let scope = PageScope(parsing: text.utf8) else { return }
        _ = try? hub.attach(shape: shape, resume: .unreadable, within: scope, now: now)
        _ = try? hub.ranking(limit: 3, within: scope, now: now)
    }

    private static func go(_ hub: BroadcastHub, rounds: Int, now start: Int64) {
        var now = start
        for round in 0..<UInt32(rounds) {
            let channel = Int(round % 3)
            let id = Array("v\(round % 11)".utf8)
            let claim = IdentityClaim(stamp: UInt64(round / 7), instance: UInt64(round % 3 + 1))
            id.withUnsafeBytes {
                _ = hub.joined(
                    channel: channel, slot: round % 5, id: $0, claim: round % 2 == 0 ? claim : nil, now: now)
            }
            let path = Array("/n\(round % 7)".utf8)
            path.withUnsafeBytes {
                hub.page(channel: channel, index: round % 4, bytes: $0)
                hub.name(channel: channel, index: round % 4, bytes: $0)
                hub.element(channel: channel, index: round % 4, bytes: $0)
            }
            for slot: UInt32 in 0..<5 {
                var sample = PointerSample(x: Double(round), y: 2.5)
                sample.slot = slot
                sample.page = round % 4
                if round % 3 == 0 { sample.fields = [.page, .width] }
                guard round % 4 == slot % 4 else {
                    hub.received(channel: channel, sample, now: now)
                    continue
                }
                var tail = SampleTail()
                tail.fields = TailFields(rawValue: UInt8(truncatingIfNeeded: round * 5 + slot) & 0x7F)
                (tail.name, tail.element, tail.pointerType) = (round % 4, slot, 2)
                hub.received(channel: channel, sample, tail: tail, now: now)
            }
            if round % 4 == 3 {
                hub.left(channel: channel, slot: round % 5, mayReturn: round % 8 == 3, now: now)
            }
            hub.endTurn(now: now)
            if round % 9 == 8 { _ = hub.setStatus(status.rawBytes, brief: status.rawBytes) }
            hub.tick(now: now)
            for (index, viewer) in viewers(of: hub).enumerated() where (Int(round) + index) % 3 == 0 {
                _ = read(viewer, of: hub, limit: 150 << index % 3, now: now)
                if hub.isForfeited(viewer) { hub.detach(viewer, reason: .stalled) }
            }
            now += 40_000_000
        }
    }

    /// Takes what a viewer is given, of which every byte is looked at; false where there was nothing.
    private static func read(_ viewer: ViewerID, of hub: BroadcastHub, limit: Int, now: Int64) -> Bool {
        guard hub.hasOutput(viewer) else { return false }
        var vector = iovec()
        let size = withUnsafeMutablePointer(to: &vector) {
            hub.fillVectors(viewer, into: UnsafeMutableBufferPointer(start: $0, count: 1), limit: limit)
        }
        guard size.byteCount > 0 else { return false }
        _ = ExactCopy(UnsafeRawBufferPointer(start: vector.iov_base, count: vector.iov_len))
        hub.took(viewer, bytes: size.byteCount, now: now)
        return true
    }
}
