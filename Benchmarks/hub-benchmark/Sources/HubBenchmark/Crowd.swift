import BroadcastHub
import Glibc
import PointerEvents

/// A hub, and visitors on one channel who move by turns.
final class Crowd {
    let hub: BroadcastHub
    let channel: Int
    let visitors: Int
    private let pages: Int
    /// Monotonic nanoseconds, as the hub is told.
    var now: Int64 = 1_000_000_000
    private var next = 0
    private var sample = PointerSample()

    /// Samples of one turn of the master's loop.
    static let turn = 200

    /// The visitors are on `pages` pages, as many on each.
    init(visitors: Int, pages: Int = 1) {
        self.visitors = visitors
        self.pages = pages
        hub = BroadcastHub(boot: 1, epochOffsetNanoseconds: 1_700_000_000_000_000_000, hashSeed: 7)
        channel = hub.openChannel(pid: 42)
        for page in 0..<pages {
            Self.path(page).withUnsafeBytes { hub.page(channel: channel, index: UInt32(page), bytes: $0) }
        }
        for visitor in 0..<visitors {
            let id = Array("visitor-\(visitor)".utf8)
            id.withUnsafeBytes { bytes in
                hub.joined(channel: channel, slot: UInt32(visitor), id: bytes, now: now)
                return
            }
        }
        // As a page does, each visitor's first sample tells page and viewport.
        sample.fields = [.page, .width, .height]
        sample.width = 1_920
        sample.height = 1_080
        move(visitors)
        sample.fields = []
    }

    static func path(_ page: Int) -> [UInt8] {
        Array((page == 0 ? "/articles/how-it-works" : "/articles/how-it-works-\(page)").utf8)
    }

    /// `count` samples, the visitors by turns, ten thousand a second.
    func move(_ count: Int) {
        for _ in 0..<count {
            now += 100_000
            sample.slot = UInt32(next)
            sample.page = UInt32(next % pages)
            sample.x = Double(next &* 7 % 1_920)
            sample.y = Double(next &* 13 % 1_080) + 0.5
            sample.receivedNanoseconds = now - 50_000
            hub.received(channel: channel, sample, now: now)
            next = next + 1 == visitors ? 0 : next + 1
        }
        hub.endTurn(now: now)
    }

    /// Lets a viewer's kernel take up to `limit` bytes of what there is; returns how many it took.
    @discardableResult
    func read(_ viewer: ViewerID, limit: Int = .max) -> Int {
        var total = 0
        withUnsafeTemporaryAllocation(of: iovec.self, capacity: 8) { vectors in
            while total < limit, hub.hasOutput(viewer) {
                let size = hub.fillVectors(viewer, into: vectors, limit: min(limit - total, 256 * 1_024))
                guard size.byteCount > 0 else { return }
                hub.took(viewer, bytes: size.byteCount, now: now)
                total += size.byteCount
            }
        }
        return total
    }
}
