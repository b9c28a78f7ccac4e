import BroadcastHub

/// What one viewer that stands still in the middle of its catch-up costs every sample of everyone else.
enum StuckViewer {
    static let viewers = 1_000
    static let visitors = 1_000

    /// Nanoseconds to take a sample in, with `viewers` attached of whom `stuck` stand still in a catch-up.
    static func ingest(stuck: Int) -> Double {
        let crowd = Crowd(visitors: visitors)
        let attached = (0..<viewers).map { _ in
            crowd.hub.attach(shape: .samples, resume: .head, now: crowd.now)
        }
        for viewer in attached { crowd.read(viewer) }
        // More than the ring holds: whoever reads next has to catch up.
        let count = 200_000
        crowd.move(count)
        for viewer in attached.prefix(stuck) { crowd.read(viewer, limit: 100) }
        return least(of: 5) { watch in
            watch.time { for _ in 0..<(count / Crowd.turn) { crowd.move(Crowd.turn) } }
        } / Double(count)
    }
}
