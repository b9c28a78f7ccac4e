import PointerEvents

@testable import BroadcastHub
@testable import FramesShape

/// One hub of a simulation, the whole one or a scope's, with the world that it is held against.
final class Stage {
    struct Scope: Sendable {
        var text: String
        /// Says the same in another way, of a page's path.
        var says: @Sendable (String) -> Bool

        /// Whether a page as a JSON string is in scope; none is not.
        func admits(_ page: [UInt8]?) -> Bool {
            page.map { says(String(decoding: $0.dropFirst().dropLast(), as: UTF8.self)) } ?? false
        }
    }

    /// Paths are `/p0` to `/p29`.
    static let scopes = [
        Scope(text: "page:/p1*") { $0.hasPrefix("/p1") },
        Scope(text: "page:/p*") { _ in true },
        Scope(text: "page:/p2 page:/p25 page:/p0*") { ["/p2", "/p25", "/p0"].contains($0) },
        Scope(text: "page:/p2*") { $0.hasPrefix("/p2") },
        Scope(text: "page:/elsewhere") { _ in false },
    ]

    let number: UInt32
    let scope: Scope?
    let world: World
    var ticks: [FrameRate: [Int: TickSnapshot]] = [:]
    /// The entries of every keyframe by its `at`.
    var keyframes: [Int: [[UInt8]]] = [:]
    var statusCount = 0
    var heartbeatDueAt = Int64.max
    /// Since when a scope has had no viewer, as far as a tick could notice.
    var idleSince: Int64?

    init(number: UInt32, scope: Scope?, world: World) {
        self.number = number
        self.scope = scope
        self.world = world
    }

    func hub(of whole: BroadcastHub) -> BroadcastHub? { number == 0 ? whole : whole.find(number)?.hub }

    /// Whether a page as a JSON string is in scope; none is not.
    func admits(_ page: [UInt8]?) -> Bool {
        scope?.admits(page) ?? false
    }

    /// Keeps what the world is like at this moment, for what a rate made.
    func note(_ rate: FrameRate, _ at: Int) {
        if ticks[rate]?[at] == nil { ticks[rate, default: [:]][at] = TickSnapshot(of: world) }
    }
}

/// The world of a scope.
extension World {
    /// What a scope begins with at this moment: those whose newest sample is certainly of one of its pages.
    func admitted(_ admits: ([UInt8]?) -> Bool, boot: UInt64) -> World {
        let inner = World(people: people.map { Person(id: $0.id, idJSON: $0.idJSON) }, boot: boot)
        inner.epochOffset = epochOffset
        inner.sleeps = sleeps
        for visitor in presentNewestFirst.reversed() {
            let person = people[visitor]
            guard person.newestN > 0, !person.isSeveral, admits(person.held.page) else { continue }
            let newest = events[person.newestN - 1]
            inner.enter(
                visitor, newest.sample, newest.tail, of: self, page: person.held.page, now: person.last)
        }
        return inner
    }

    /// The whole world had a sample; it was told to `whole` already.
    func sampled(
        _ slot: Slot, _ sample: PointerSample, tail: SampleTail?, of whole: World,
        _ admits: ([UInt8]?) -> Bool, now: Int64,
        catchUpUntil: Int
    ) {
        guard let visitor = whole.slots[slot] else { return }
        let page = whole.slotPages[slot]
        let said = whole.said(tail, on: slot.channel)
        if !admits(page) {
            left(visitor)
        } else if people[visitor].isPresent {
            take(visitor, sample, tail: said, page: page, now: now, catchUpUntil: catchUpUntil)
            people[visitor].sampleSeconds.append(now / 1_000_000_000)
        } else {
            enter(visitor, sample, said, of: whole, page: page, now: now)
        }
    }

    /// Somebody has moved to another page, or has gone.
    func left(_ visitor: Int) {
        if people[visitor].isPresent { lost(visitor) }
    }

    private func enter(
        _ visitor: Int, _ sample: PointerSample, _ tail: SaidTail?, of whole: World, page: [UInt8]?,
        now: Int64
    ) {
        let model = whole.people[visitor]
        var sample = sample
        sample.fields.insert(.page)
        if !sample.fields.contains(.width), let width = model.held.width {
            sample.fields.insert(.width)
            sample.width = width
        }
        if !sample.fields.contains(.height), let height = model.held.height {
            sample.fields.insert(.height)
            sample.height = height
        }
        appear(visitor, since: model.since)
        people[visitor].pid = model.pid
        people[visitor].sampleSeconds = model.sampleSeconds
        let whole = (tail ?? SaidTail()).filled(from: model.held.tail)
        take(visitor, sample, tail: whole, page: page, now: now, catchUpUntil: 0)
    }
}
