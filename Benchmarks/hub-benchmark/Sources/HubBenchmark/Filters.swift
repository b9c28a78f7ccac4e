import BroadcastHub

/// What viewers cost and get that see one page each of 200.
enum Filters {
    private static let visitors = 10_000
    private static let pages = 200
    private static let ticks = 20
    private static let tries = 5

    /// Who watches.
    enum Audience {
        /// Nobody; one viewer of everything; so many of a page each.
        case nobody, everything
        case pages(Int)
    }

    /// Nanoseconds for a tenth of a second in which everyone moves once, frames and all, and the bytes of it
    /// that a viewer gets.
    private static func tick(_ audience: Audience) -> (nanoseconds: Double, bytes: Double) {
        let crowd = Crowd(visitors: visitors, pages: pages)
        var viewers: [ViewerID] = []
        switch audience {
        case .nobody: break
        case .everything:
            viewers = [crowd.hub.attach(shape: .frames(.hz10), resume: .head, now: crowd.now)]
        case .pages(let count):
            for page in 0..<count {
                guard let filter = try? StreamFilter(pages: [Crowd.path(page)], visitors: []),
                    let viewer = try? crowd.hub.attach(
                        shape: .frames(.hz10), resume: .head, within: nil, filter: filter, now: crowd.now)
                else { continue }
                viewers.append(viewer)
            }
        }
        for viewer in viewers { crowd.read(viewer) }
        var bytes = 0
        let nanoseconds = least(of: tries) { watch in
            bytes = 0
            for _ in 0..<ticks {
                watch.time {
                    crowd.move(visitors)
                    crowd.now += 100_000_000
                    crowd.hub.tick(now: crowd.now)
                    for viewer in viewers { bytes += crowd.read(viewer) }
                }
            }
        }
        return (nanoseconds / Double(ticks), Double(bytes) / Double(ticks * max(1, viewers.count)))
    }

    static func figures() -> [(String, Double)] {
        let (nobody, whole) = (tick(.nobody), tick(.everything))
        let (one, many) = (tick(.pages(1)), tick(.pages(40)))
        return [
            ("10,000 samples, nobody watches, us", nobody.nanoseconds / 1_000),
            ("for one of everything, us more", (whole.nanoseconds - nobody.nanoseconds) / 1_000),
            ("for one of a page of 200, us more", (one.nanoseconds - nobody.nanoseconds) / 1_000),
            ("for 40 of a page each, us more", (many.nanoseconds - nobody.nanoseconds) / 1_000),
            ("bytes for one of everything, KiB", whole.bytes / 1_024),
            ("bytes for one of a page, per cent of that (0.5 is its share)", one.bytes / whole.bytes * 100),
        ]
    }
}
