import ByteCore
import Foundation
import FramesShape
import PointerEvents
import Testing

@testable import BroadcastHub

/// What a hub remembers of the last minutes.
@Suite struct HistoryTests {
    private static let second: Int64 = 1_000_000_000

    /// A hub that keeps histories from second 100 on, and a channel.
    private func hub(_ change: (inout HubLimits) -> Void = { _ in }) -> (BroadcastHub, Int) {
        var limits = HubLimits()
        limits.frames.keyframeGapNanoseconds = 0
        limits.graceNanoseconds = 0
        change(&limits)
        let hub = BroadcastHub(boot: 0xAB, epochOffsetNanoseconds: 0, limits: limits)
        hub.foldHistories(now: 100 * Self.second)
        return (hub, hub.openChannel(pid: 1))
    }

    /// Has everything done that is due until `now`.
    private func fold(_ hub: BroadcastHub, until now: Int64) {
        while let due = hub.nextFold, due <= now { hub.foldHistories(now: max(due, hub.secondEndsAt)) }
    }

    private func move(
        _ hub: BroadcastHub, _ channel: Int, slot: UInt32, page: UInt32? = nil, times: Int = 1, now: Int64
    ) {
        for _ in 0..<times {
            var sample = PointerSample(x: 1, y: 2)
            sample.slot = slot
            if let page {
                sample.fields = .page
                sample.page = page
            }
            hub.received(channel: channel, sample, now: now)
        }
        hub.endTurn(now: now)
    }

    private func name(_ hub: BroadcastHub, _ channel: Int, _ index: UInt32, _ page: String) {
        Array(page.utf8).withUnsafeBytes { hub.page(channel: channel, index: index, bytes: $0) }
    }

    @Test func whatIsToldIsWrittenLikeThis() {
        let (hub, channel) = hub()
        name(hub, channel, 0, "/a\"b")
        hub.join(channel, slot: 0, id: "u1", now: 101 * Self.second)
        move(hub, channel, slot: 0, page: 0, times: 3, now: 101 * Self.second)
        fold(hub, until: 102 * Self.second)
        move(hub, channel, slot: 0, times: 20, now: 103 * Self.second)
        let figures = WorkerFigures(
            processID: 7, received: 23, cpu: 125, residentKiB: 5_000, connections: 1)
        fold(hub, until: 104 * Self.second)
        hub.measured([figures], now: 104 * Self.second)
        move(hub, channel, slot: 0, times: 5, now: 104 * Self.second + 1)
        let viewer = hub.attach(shape: .frames(.hz10), resume: .head, now: 104 * Self.second + 2)
        let text = hub.readAll(viewer, now: 104 * Self.second + 2)
        let messages = text.components(separatedBy: "id: ").dropFirst(2).map { "id: " + $0 }
        let head = "id: 00000000000000ab-28\nevent: history\ndata: "
        let totals =
            #""totals":{"samples":[[],[3,0,20]],"visitors":[[],[1,1,1]],"active":[[],[1,1,1]],"#
            + #""pages":[[],[1,1,1]]},"rest":5,"#
        let workers =
            #""workers":[{"pid":7,"samples":[[],[23]],"cpu":[[],[125]],"rss":[[],[5000]],"#
            + #""connections":[[],[1]]}],"#
        let pages = #""pages":[{"p":"/a\"b","samples":[[],[3,0,20]]}],"more":true}"#
        let visitors = #"{"at":104000,"visitors":[{"id":"u1","s":"DAS"}]}"#
        #expect(messages.count == 2)
        #expect(messages.first == head + #"{"at":104000,"# + totals + workers + pages + "\n\n")
        #expect(messages.last == head + visitors + "\n\n")
    }

    @Test func stepsOfTenSecondsEndWhereTheSecondsBegin() {
        let span = HistorySpan(end: 1_234, began: 5)
        #expect(span.fine == 1_120..<1_235)
        #expect(Array(span.coarse) == Array(stride(from: 640, to: 1_120, by: 10)))
        // Ten minutes and less than ten seconds more are never passed.
        for end in 700...730 as ClosedRange<UInt32> {
            let span = HistorySpan(end: end, began: 5)
            #expect((111...120).contains(span.fine.count) && span.fineFrom % 10 == 0)
            #expect(Int(end) + 1 - span.coarseFrom <= 600 && Int(end) + 1 - span.coarseFrom > 590)
        }
        let young = HistorySpan(end: 140, began: 130)
        #expect(young.fine == 130..<141 && Array(young.coarse).isEmpty)
    }

    @Test func levelsAreNearTheCountsAndInOrder() {
        var last: UInt8 = 0
        for count in 0...5_000 as ClosedRange<UInt32> {
            let level = RateLevel.level(of: count)
            #expect(level >= last && level < 64)
            last = level
            let told = RateLevel.count(of: level)
            if count <= 990 { #expect(abs(Int(told) - Int(count)) * 16 <= Int(count)) }
            #expect(RateLevel.level(of: told) == level)
        }
        #expect(Set(RateLevel.characters).count == 64)
    }

    @Test func nothingIsToldWhereNothingWas() {
        let (hub, _) = hub()
        fold(hub, until: 200 * Self.second)
        #expect(hub.nextFold == nil)
        #expect(hub.toldHistory(now: 200 * Self.second).messages.isEmpty)
    }

    @Test func oneWhoComesAfterAQuietHourIsTheFirst() {
        let (hub, channel) = hub()
        hub.join(channel, slot: 0, id: "u1", now: 4_000 * Self.second)
        move(hub, channel, slot: 0, times: 2, now: 4_000 * Self.second)
        fold(hub, until: 4_001 * Self.second)
        let told = hub.toldHistory(now: 4_001 * Self.second)
        #expect(told.totals["visitors"]?.seconds == [4_000: 1])
        #expect(told.totals["samples"]?.seconds == [4_000: 2])
        #expect(told.totals["visitors"]?.tens == [:])
    }

    @Test func thoseWhoCameLastHaveThePlaces() {
        let (hub, channel) = hub { $0.histories.visitors = 2 }
        for slot in 0..<4 as Range<UInt32> {
            let now = (101 + Int64(slot)) * Self.second
            hub.join(channel, slot: slot, id: "u\(slot)", now: now)
            for other in 0...slot { move(hub, channel, slot: other, now: now) }
            fold(hub, until: now + Self.second)
        }
        var told = hub.toldHistory(now: 106 * Self.second)
        #expect(Set(told.visitors.keys) == ["u2", "u3"])
        hub.left(channel: channel, slot: 3, now: 106 * Self.second)
        move(hub, channel, slot: 0, now: 106 * Self.second)
        fold(hub, until: 107 * Self.second)
        told = hub.toldHistory(now: 107 * Self.second)
        #expect(Set(told.visitors.keys) == ["u0", "u2"])
    }

    @Test func aQuietPageMakesRoomAndABusyOneDoesNot() {
        let (hub, channel) = hub { $0.histories.pages = 2 }
        for page in 0..<3 as Range<UInt32> {
            name(hub, channel, page, "/\(page)")
            hub.join(channel, slot: page, id: "u\(page)", now: 101 * Self.second)
        }
        for page in 0..<3 as Range<UInt32> {
            move(hub, channel, slot: page, page: page, now: 101 * Self.second)
        }
        fold(hub, until: 102 * Self.second)
        #expect(Set(hub.toldHistory(now: 102 * Self.second).pages.keys) == ["/0", "/1"])
        for second in 102..<115 as Range<Int64> {
            move(hub, channel, slot: 0, now: second * Self.second)
            move(hub, channel, slot: 2, now: second * Self.second)
            fold(hub, until: (second + 1) * Self.second)
        }
        let told = hub.toldHistory(now: 115 * Self.second)
        #expect(Set(told.pages.keys) == ["/0", "/2"])
        // From the second on in which there was room.
        #expect(told.pages["/2"]?.seconds.count { $0.value > 0 } == 4)
    }

    @Test func aWorkerThatEndedIsStillToldOf() {
        let (hub, _) = hub()
        for second in 101..<110 as Range<Int64> {
            let pid: Int32 = second < 105 ? 7 : 8
            let received = UInt64(second < 105 ? second - 100 : second - 104) * 10
            hub.measured(
                [WorkerFigures(processID: pid, received: received, cpu: 1, residentKiB: 2, connections: 3)],
                now: second * Self.second)
        }
        let channel = hub.openChannel(pid: 8)
        hub.join(channel, slot: 0, id: "u", now: 109 * Self.second)
        move(hub, channel, slot: 0, now: 109 * Self.second)
        fold(hub, until: 110 * Self.second)
        let told = hub.toldHistory(now: 110 * Self.second)
        #expect(told.workers[7]?["samples"]?.seconds.values.reduce(0, +) == 40)
        #expect(told.workers[8]?["samples"]?.seconds.values.reduce(0, +) == 50)
        #expect(told.workers[7]?["rss"]?.count(104) == 0 && told.workers[8]?["rss"]?.count(107) == 2)
    }

    @Test func everythingTogetherStaysWithinItsMemory() {
        let limits = HubLimits.standard
        #expect(limits.histories.mostBytes(entries: limits.visitors) <= HistoryLimits.budgetBytes)
    }

    @Test(arguments: 0..<4)
    func everyHistoryIsToldAsItWas(part: Int) {
        var seen: [String: Int] = [:]
        for seed in UInt64(part * 60)..<UInt64((part + 1) * 60) {
            let simulation = HistorySimulation(seed: seed, mistake: .none)
            if let failure = simulation.run(length: 30 + Int(seed % 5) * 20) {
                Issue.record("seed \(seed): \(failure)")
                return
            }
            seen.merge(simulation.seen) { $0 + $1 }
        }
        // A history in which nothing happens proves nothing.
        for name in ["moves", "looks", "seconds", "tens", "visitors", "visitors in scopes"] {
            #expect(seen[name, default: 0] > 20, "too little of \(name)")
        }
    }

    #if DEBUG
        @Test(arguments: Mistake.ofHistories)
        func everyMistakeIsCaught(fault: HubFault) {
            let isNoticed = (0..<600 as Range<UInt64>).contains { seed in
                HistorySimulation(seed: seed, mistake: .hub(fault)).run(length: 30 + Int(seed % 5) * 20)
                    != nil
            }
            #expect(isNoticed, "\(fault) was not noticed")
        }
    #endif
}
