import BroadcastHub

/// What is done for every sample.
enum HotPath {
    private static let tries = 7

    /// Nanoseconds to take a sample in while nobody looks.
    static func ingest(visitors: Int) -> Double {
        let crowd = Crowd(visitors: visitors)
        let count = 400_000
        return least(of: tries) { watch in
            watch.time { for _ in 0..<(count / Crowd.turn) { crowd.move(Crowd.turn) } }
        } / Double(count)
    }

    /// Nanoseconds to take a sample in and to make its text in the default shape.
    static func text(visitors: Int) -> Double {
        let crowd = Crowd(visitors: visitors)
        let viewer = crowd.hub.attach(shape: .samples, resume: .head, now: crowd.now)
        let count = 200_000
        return least(of: tries) { watch in
            watch.time {
                for _ in 0..<(count / Crowd.turn) {
                    crowd.move(Crowd.turn)
                    crowd.read(viewer)
                }
            }
        } / Double(count)
    }

    /// Nanoseconds for each of `viewers` to be lent a sample and to take it, one sample a turn.
    static func delivery(viewers: Int) -> Double {
        let crowd = Crowd(visitors: 100)
        let attached = (0..<viewers).map { _ in
            crowd.hub.attach(shape: .samples, resume: .head, now: crowd.now)
        }
        let turns = 400_000 / viewers
        return least(of: tries) { watch in
            watch.time {
                for _ in 0..<turns {
                    crowd.move(1)
                    for viewer in attached { crowd.read(viewer) }
                }
            }
        } / Double(turns * viewers)
    }

    /// Nanoseconds for a sample of the frame of a tick in which everyone moved once.
    static func frame(visitors: Int) -> Double {
        let crowd = Crowd(visitors: visitors)
        let viewer = crowd.hub.attach(shape: .frames(.hz10), resume: .head, now: crowd.now)
        crowd.read(viewer)
        let ticks = 200_000 / visitors
        return least(of: tries) { watch in
            for _ in 0..<ticks {
                crowd.move(visitors)
                crowd.now += 100_000_000
                watch.time { crowd.hub.tick(now: crowd.now) }
                crowd.read(viewer)
            }
        } / Double(ticks * visitors)
    }

    /// Nanoseconds for a visitor of a keyframe.
    static func keyframe(visitors: Int) -> Double {
        let crowd = Crowd(visitors: visitors)
        let rounds = 100_000 / visitors
        return least(of: tries) { watch in
            for _ in 0..<rounds {
                crowd.move(1)
                crowd.now += 1_000_000_000
                watch.time {
                    let viewer = crowd.hub.attach(shape: .frames(.hz10), resume: .head, now: crowd.now)
                    crowd.hub.tick(now: crowd.now)
                    crowd.hub.detach(viewer, reason: .closed)
                }
            }
        } / Double(rounds * visitors)
    }
}
