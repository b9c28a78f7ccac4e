import PointerEvents
import TestSupport

@testable import BroadcastHub

/// What visitors say.
extension Simulation {
    func sample() {
        var slot = anySlot()
        // Mostly somebody who is there.
        if !random.once(in: 12), !world.slots.isEmpty {
            slot = random.pick(world.slots.keys.sorted { ($0.channel, $0.slot) < ($1.channel, $1.slot) })
        }
        var sample = PointerSample(x: Double(random.below(4_000)) / 2, y: Double(random.below(4_000)) / 2)
        sample.slot = slot.slot
        if random.once(in: 5) {
            sample.fields.insert(.kind)
            sample.kind = random.pick(PointerKind.allCases)
        }
        if random.once(in: 6) {
            sample.fields.insert(.page)
            sample.page = UInt32(random.below(4))
        }
        if random.once(in: 6) {
            sample.fields.insert(.width)
            sample.width = random.pick([0, 800, 1_280.5, 65_535, 65_536])
        }
        if random.once(in: 6) {
            sample.fields.insert(.height)
            sample.height = random.pick([0, 600, 720.5])
        }
        let tail = random.once(in: 4) ? anyTail() : nil
        world.sampled(slot, sample, tail: tail, now: now, catchUpUntil: Int(hub.catchUpUntil))
        for scope in scopes {
            scope.world.sampled(
                slot, sample, tail: tail, of: world, scope.scope, now: now,
                catchUpUntil: Int(scope.hub(of: hub)?.catchUpUntil ?? 0))
        }
        if let tail {
            hub.received(channel: slot.channel, sample, tail: tail, now: now)
        } else {
            let run = [sample] + samples(behind: sample, of: slot)
            run.withUnsafeBufferPointer { samples in
                guard let first = samples.baseAddress else { return }
                hub.received(channel: slot.channel, first, count: samples.count, now: now)
            }
        }
    }

    /// What the same visitor says right behind: often nothing, and at times much.
    private func samples(behind first: PointerSample, of slot: World.Slot) -> [PointerSample] {
        var run: [PointerSample] = []
        while run.count < 6, random.once(in: 3) {
            var sample = PointerSample(x: Double(random.below(4_000)), y: Double(random.below(4_000)))
            sample.slot = first.slot
            if random.once(in: 4) {
                sample.fields.insert(.page)
                sample.page = UInt32(random.below(4))
            }
            world.sampled(slot, sample, tail: nil, now: now, catchUpUntil: Int(hub.catchUpUntil))
            for scope in scopes {
                scope.world.sampled(
                    slot, sample, tail: nil, of: world, scope.scope, now: now,
                    catchUpUntil: Int(scope.hub(of: hub)?.catchUpUntil ?? 0))
            }
            run.append(sample)
        }
        return run
    }

    /// Says about half of what a tail can say.
    private func anyTail() -> SampleTail {
        var tail = SampleTail()
        tail.fields = TailFields(rawValue: UInt8(random.below(128)))
        tail.scrollX = Double(random.below(4_000)) / 2
        tail.scrollY = Double(random.below(4_000)) / 2
        tail.documentWidth = random.pick([0, 800, 1_280.5])
        tail.documentHeight = random.pick([0, 9_000, 1_000_000])
        tail.pointerType = random.pick(PointerType.allCases).rawValue
        tail.name = UInt32(random.below(4))
        tail.element = UInt32(random.below(4))
        return tail
    }

    /// A channel gives a number to a page, a name or an element.
    func text() {
        guard !channels.isEmpty else { return }
        let key = World.Slot(channel: random.pick(channels), slot: UInt32(random.below(3)))
        let kind = random.pick([TextKind.page, .page, .name, .element])
        let text = kind == .page ? "/p\(random.below(30))" : "t\(random.below(30))"
        let refusedBefore = hub.counters.refusedPages
        Array(text.utf8).withUnsafeBytes { bytes in
            switch kind {
            case .page: hub.page(channel: key.channel, index: key.slot, bytes: bytes)
            case .name: hub.name(channel: key.channel, index: key.slot, bytes: bytes)
            case .element: hub.element(channel: key.channel, index: key.slot, bytes: bytes)
            }
        }
        let isRefused = hub.counters.refusedPages != refusedBefore
        let json = isRefused ? nil : Array("\"\(text)\"".utf8)
        switch kind {
        case .page: world.pages[key] = json
        case .name: world.names[key] = json
        case .element: world.elements[key] = json
        }
    }

    func endTurn() {
        hub.endTurn(now: now)
        world.endGraces(now: now)
    }
}
