import FramesShape
import PointerEvents
import Testing

@testable import BroadcastHub

/// What the hub lends to whoever reads records behind a cursor of its own: a recorder, another machine.
@Suite struct RecordsTests {
    private func hub() -> (BroadcastHub, Int) {
        var limits = HubLimits()
        limits.segmentRecords = 4
        limits.ringBytes = 1_800
        let hub = BroadcastHub(boot: 1, epochOffsetNanoseconds: 0, limits: limits)
        return (hub, hub.openChannel(pid: 9))
    }

    /// Everything that is lent from `n` on, one line for each record; moves `n` on.
    private func read(_ hub: BroadcastHub, from n: inout UInt64) -> [String] {
        var lines: [String] = []
        while true {
            let run = hub.records(from: n)
            #expect(run.firstN == n)
            guard !run.records.isEmpty else { return lines }
            for record in run.records {
                let id = String(decoding: hub.identity(of: record.slot).idJSON, as: UTF8.self)
                let isKill = record.type == RecordRun.killType
                let page =
                    record.fields.contains(.page)
                    ? String(decoding: hub.pageJSON(record.page), as: UTF8.self) : ""
                lines.append(isKill ? "\(n) kill \(id)" : "\(n) \(id) \(Int(record.x))\(page)")
                n += 1
            }
        }
    }

    @Test func recordsComeInOrderAcrossSegments() {
        let (hub, channel) = hub()
        Array("/p".utf8).withUnsafeBytes { hub.page(channel: channel, index: 3, bytes: $0) }
        var cursor: UInt64 = 1
        #expect(read(hub, from: &cursor).isEmpty)
        for slot: UInt32 in 0..<2 { hub.join(channel, slot: slot, id: "v\(slot)", now: 0) }
        for x in 1...3 { hub.sample(channel, slot: UInt32(x % 2), x: Double(x), now: 0) }
        #expect(read(hub, from: &cursor).isEmpty, "the turn has not ended")
        for x in 4...5 { hub.sample(channel, slot: UInt32(x % 2), x: Double(x), now: 0) }
        hub.endTurn(now: 0)
        #expect(
            read(hub, from: &cursor)
                == ["1 \"v1\" 1", "2 \"v0\" 2", "3 \"v1\" 3", "4 \"v0\" 4", "5 \"v1\" 5"])
        var sample = PointerSample(x: 6)
        sample.fields = [.page]
        sample.page = 3
        hub.received(channel: channel, sample, now: 0)
        hub.left(channel: channel, slot: 0, now: 0)
        hub.endTurn(now: 0)
        #expect(read(hub, from: &cursor) == ["6 \"v0\" 6\"/p\"", "7 kill \"v0\""])
        #expect(cursor == 8 && read(hub, from: &cursor).isEmpty)
    }

    @Test func whoFellOffTheRingBeginsWithTheOldest() {
        let (hub, channel) = hub()
        hub.join(channel, slot: 0, id: "a", now: 0)
        for x in 1...40 { hub.sample(channel, slot: 0, x: Double(x), now: 0) }
        hub.endTurn(now: 0)
        var cursor: UInt64 = 1
        #expect(hub.firstN > 10 && read(hub, from: &cursor).isEmpty)
        cursor = hub.firstN
        #expect(read(hub, from: &cursor) == (Int(hub.firstN)...40).map { "\($0) \"a\" \($0)" })
    }
}
