import TestSupport

@testable import BroadcastHub
@testable import FramesShape

/// Time passing, and what its ticks are held against.
extension Simulation {
    func setStatus() {
        whole.statusCount += 1
        func withText(_ key: Character, _ number: Int, _ body: (UnsafeRawBufferPointer) -> Bool) {
            let text = Array("{\"\(key)\":\(number)}".utf8)
            if !text.withUnsafeBytes(body) { fail("a status was refused") }
        }
        withText("s", whole.statusCount) { status in
            Array("{\"b\":\(whole.statusCount)}".utf8).withUnsafeBytes { hub.setStatus(status, brief: $0) }
        }
        for scope in scopes {
            guard !scope.scope.text.isEmpty else {
                scope.statusCount = whole.statusCount
                continue
            }
            scope.statusCount += 1
            let number = ScopeNumber(value: scope.number)
            withText("c", scope.statusCount) { hub.setStatus($0, of: number) }
        }
    }

    /// The machine has slept, or its clock is set or drawn; only ever on, so that no time is told twice.
    func moveClock() {
        let (worlds, moved) = (
            [world] + scopes.map(\.world), random.pick([20, 900, 1_000, 60_000, 86_400_000]) * 1_000_000
        )
        let isSleep = random.once(in: 2)
        for world in worlds {
            world.epochOffset += Int64(moved)
            if isSleep {
                world.sleeps.append((now, Int64(moved)))
            } else if moved >= 1_000_000_000 {
                world.clockSettings += 1
            }
        }
        let slept = world.sleeps.map(\.nanoseconds).reduce(0, +)
        hub.followClock(epochOffsetNanoseconds: world.epochOffset, sleptNanoseconds: slept, now: now)
    }

    func tick(after milliseconds: Int) {
        now += Int64(milliseconds) * 1_000_000
        let isIdle = viewers.isEmpty && scopes.isEmpty && polled == nil
        if isIdle != (hub.nextTick(now: now) == nil) { fail("nextTick without viewers") }
        for stage in [whole] + scopes where now >= stage.heartbeatDueAt {
            let audience = viewers.filter { $0.stage === stage }
            guard !audience.isEmpty else { continue }
            stage.heartbeatDueAt = now + 15_000_000_000
            for viewer in audience { viewer.owesHeartbeat() }
        }
        watchTicks { hub.tick(now: now) }
        forgetScopes()
        if let due = hub.nextTick(now: now), due <= now { fail("a tick is still due") }
        for viewer in viewers where viewer.isPrompt { drain(viewer) }
    }

    /// Notes what the world is like if `body` makes a frame or keyframe.
    func watchTicks(_ body: () -> Void) {
        var before: [UInt32: [(n: UInt64, frame: TickText?, keyframe: TickText?)]] = [:]
        for stage in [whole] + scopes {
            before[stage.number] = stage.hub(of: hub)?.ticker.groups.map { ($0.n, $0.frame, $0.keyframe) }
        }
        body()
        for stage in [whole] + scopes {
            guard let hub = stage.hub(of: hub) else { continue }
            for (place, group) in hub.ticker.groups.enumerated() {
                let old = before[stage.number]?[place]
                let hasFrame = group.frame != nil && group.frame !== old?.frame
                let hasKeyframe = group.keyframe != nil && group.keyframe !== old?.keyframe
                let at = world.milliseconds(now)
                if hasFrame || hasKeyframe { stage.note(group.rate, at) }
                if hasFrame { stage.ticks[group.rate]?[at]?.frameAfter = old.map { Int($0.n) } }
                if hasKeyframe { noteKeyframe(of: group, stage) }
            }
        }
    }

    /// A keyframe was made now, or another rate's of the same n was taken over.
    private func noteKeyframe(of group: RateGroup, _ stage: Stage) {
        let at = Int(group.keyframe!.atMilliseconds)
        if at == world.milliseconds(now) {
            stage.keyframes[at] = stage.keyframes[at] ?? stage.world.keyframeEntries(now: now)
        } else {
            shared += 1
        }
        if Int(group.keyframe!.n) != stage.world.head { fail("a keyframe of another n than the head's") }
        stage.note(group.rate, at)
        stage.ticks[group.rate]?[at]?.keyframe = stage.keyframes[at]
    }
}
