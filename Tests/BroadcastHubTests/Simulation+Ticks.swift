import TestSupport

@testable import BroadcastHub
@testable import FramesShape

/// Time passing, and what its ticks are held against.
extension Simulation {
    func setStatus() {
        statusCount += 1
        let text = Array("{\"s\":\(statusCount)}".utf8)
        if !text.withUnsafeBytes({ hub.setStatus($0) }) { fail("a status was refused") }
    }

    /// The machine has slept, or its clock is set or drawn; only ever on, so that no time is told twice.
    func moveClock() {
        let moved = random.pick([20, 900, 1_000, 60_000, 86_400_000]) * 1_000_000
        world.epochOffset += Int64(moved)
        if random.once(in: 2) {
            world.sleeps.append((now, Int64(moved)))
        } else if moved >= 1_000_000_000 {
            world.clockSettings += 1
        }
        let slept = world.sleeps.map(\.nanoseconds).reduce(0, +)
        hub.followClock(epochOffsetNanoseconds: world.epochOffset, sleptNanoseconds: slept, now: now)
    }

    func tick(after milliseconds: Int) {
        now += Int64(milliseconds) * 1_000_000
        if viewers.isEmpty != (hub.nextTick(now: now) == nil) { fail("nextTick without viewers") }
        if !viewers.isEmpty, now >= heartbeatDueAt {
            heartbeatDueAt = now + 15_000_000_000
            for viewer in viewers { viewer.owesHeartbeat() }
        }
        watchTicks { hub.tick(now: now) }
        if let due = hub.nextTick(now: now), due <= now { fail("a tick is still due") }
        for viewer in viewers where viewer.isPrompt { drain(viewer) }
    }

    /// Notes what the world is like if `body` makes a frame or keyframe.
    func watchTicks(_ body: () -> Void) {
        let before = hub.ticker.groups.map { ($0.n, $0.frame, $0.keyframe) }
        body()
        for (group, (n, frame, keyframe)) in zip(hub.ticker.groups, before) {
            let hasFrame = group.frame != nil && group.frame !== frame
            let hasKeyframe = group.keyframe != nil && group.keyframe !== keyframe
            let at = world.milliseconds(now)
            if hasFrame || hasKeyframe, ticks[group.rate]?[at] == nil {
                ticks[group.rate, default: [:]][at] = TickSnapshot(of: world)
            }
            if hasFrame { ticks[group.rate]?[at]?.frameAfter = Int(n) }
            if hasKeyframe { noteKeyframe(of: group) }
        }
    }

    /// A keyframe was made now, or another rate's of the same n was taken over.
    private func noteKeyframe(of group: RateGroup) {
        let at = Int(group.keyframe!.atMilliseconds)
        if at == world.milliseconds(now) {
            keyframes[at] = keyframes[at] ?? world.keyframeEntries(now: now)
        } else {
            shared += 1
        }
        if Int(group.keyframe!.n) != world.head { fail("a keyframe of another n than the head's") }
        if ticks[group.rate]?[at] == nil {
            ticks[group.rate, default: [:]][at] = TickSnapshot(of: world)
        }
        ticks[group.rate]?[at]?.keyframe = keyframes[at]
    }
}
