import ByteCore
import PointerEvents
import Testing

@testable import BroadcastHub

/// What a crowd leaves behind once it has gone.
@Suite struct CrowdTests {
    private let hub = BroadcastHub(boot: 1, epochOffsetNanoseconds: 0, hashSeed: 7)
    private let channel: Int

    init() { channel = hub.openChannel(pid: 1) }

    /// Joins, names a page of one's own, moves.
    private func come(_ number: Int, page path: String? = nil) {
        _ = Array("visitor-\(number)".utf8).withUnsafeBytes {
            hub.joined(channel: channel, slot: UInt32(number), id: $0, now: 1)
        }
        let page = UInt32(number % 60_000)
        Array((path ?? "/page/\(number)").utf8).withUnsafeBytes {
            hub.page(channel: channel, index: page, bytes: $0)
        }
        var sample = PointerSample(x: Double(number), y: 1)
        sample.slot = UInt32(number)
        sample.fields.insert(.page)
        sample.page = page
        hub.received(channel: channel, sample, now: 2)
    }

    private func go(_ number: Int) { hub.left(channel: channel, slot: UInt32(number), now: 3) }

    private func state() -> [String] {
        var found: [String] = []
        hub.forEachVisitor(now: 4) { visitor in
            let page = visitor.pageJSON.map { String(decoding: $0, as: UTF8.self) } ?? "-"
            found.append("\(String(decoding: visitor.id, as: UTF8.self)) \(page) \(visitor.position!.x)")
        }
        return found.sorted()
    }

    @Test func isForgottenOnceItStandsStill() {
        for number in 0..<20_000 { come(number) }
        #expect(!hub.releaseAfterCrowd())
        #expect(!hub.releaseAfterCrowd())
        for number in 0..<10_000 { go(number) }
        hub.endTurn(now: 4)
        // They are still going.
        #expect(!hub.releaseAfterCrowd())
        for number in 10_000..<19_990 { go(number) }
        hub.endTurn(now: 4)
        let before = state()
        #expect(!hub.releaseAfterCrowd())
        #expect(hub.releaseAfterCrowd())
        #expect(state() == before && before.count == 10)
        #expect(hub.visitors.count <= 10 + hub.limits.keptGone)
        #expect(hub.visitors.textBytes < 100_000)
        #expect(!hub.releaseAfterCrowd())
        // Everything goes on: the same, and others, who come and go.
        go(19_990)
        for number in 30_000..<36_000 { come(number) }
        come(5)
        hub.endTurn(now: 4)
        #expect(state().count == 9 + 6_000 + 1)
    }

    /// One who stays for each three who go is no crowd that has gone.
    @Test func isNotLookedForAmongThoseWhoAreHere() {
        for number in 0..<8_000 { come(number) }
        for number in 0..<3_000 { go(number) }
        hub.endTurn(now: 4)
        for _ in 0..<3 { #expect(!hub.releaseAfterCrowd()) }
    }

    /// Many who are here on long pages of their own are no crowd that has gone, whoever else comes.
    @Test func ofPagesThatAreLookedAtIsKept() {
        let tail = String(repeating: "p", count: 150)
        for number in 0..<30_000 { come(number, page: "/page/\(number)/\(tail)") }
        hub.endTurn(now: 4)
        _ = hub.releaseAfterCrowd()
        #expect(hub.releaseAfterCrowd() && hub.pages.count == 30_000)
        for number in 30_000..<36_000 { come(number, page: "/page/\(number)/\(tail)") }
        hub.endTurn(now: 4)
        let first = hub.ring.firstN
        for _ in 0..<3 { #expect(!hub.releaseAfterCrowd()) }
        #expect(hub.ring.firstN == first && first < hub.headN - 5_000)
    }

    /// One visitor can name pages without end; what nobody names any more is not kept for that.
    @Test func ofPagesIsForgottenToo() {
        come(1)
        for number in 0..<60_000 {
            let path = "/a/\(number)/" + String(repeating: "p", count: 200)
            Array(path.utf8).withUnsafeBytes {
                hub.page(channel: channel, index: UInt32(number % 100), bytes: $0)
            }
            var sample = PointerSample(x: 1, y: 1)
            sample.slot = 1
            sample.fields.insert(.page)
            sample.page = UInt32(number % 100)
            hub.received(channel: channel, sample, now: 2)
        }
        hub.endTurn(now: 4)
        #expect(hub.pages.bytes > 8 << 20)
        let before = state()
        #expect(!hub.releaseAfterCrowd())
        #expect(hub.releaseAfterCrowd())
        #expect(hub.pages.bytes <= hub.limits.keptPageBytes && state() == before)
        #expect(!hub.releaseAfterCrowd())
    }

    @Test func textsThatChannelsSayNoMoreAreForgotten() {
        for number in 0..<600 { come(number, page: "/page/\(number)/" + String(repeating: "p", count: 200)) }
        hub.endTurn(now: 4)
        _ = hub.releaseAfterCrowd()
        for number in 0..<600 { go(number) }
        while hub.ring.segments.count > 1, let segment = hub.ring.takeOldest(always: true) {
            hub.retire(segment)
        }
        for _ in 0..<3 { #expect(!hub.releaseAfterCrowd()) }
        #expect(hub.pages.count == 600)
        // The worker gives their numbers to nobody's text.
        func rename(_ numbers: Range<UInt32>) {
            for number in numbers {
                Array("-".utf8).withUnsafeBytes { hub.page(channel: channel, index: number, bytes: $0) }
            }
        }
        rename(0..<500)
        _ = hub.releaseAfterCrowd()
        _ = hub.releaseAfterCrowd()
        #expect(hub.pages.count == 601)
        rename(500..<560)
        _ = hub.releaseAfterCrowd()
        // What the channel still says, and nobody's.
        #expect(hub.pages.count == 41)
    }
}
