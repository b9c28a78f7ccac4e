import PointerEvents

@testable import BroadcastHub
@testable import FramesShape

/// One hub of a simulation, the whole one or a scope's, with the world that it is held against.
final class Stage {
    /// Whom viewers want to see, and the same said in another way, of a page's path.
    struct Filter: Sendable {
        var pages: [String]
        var visitors: [String] = []
        var says: @Sendable (String) -> Bool = { _ in true }

        var made: StreamFilter? {
            try? StreamFilter(pages: pages.map { Array($0.utf8) }, visitors: visitors.map { Array($0.utf8) })
        }
    }

    struct Scope: Sendable {
        /// None where nobody is held to it.
        var text = ""
        /// Says the same in another way, of a page's path.
        var says: @Sendable (String) -> Bool = { _ in true }
        var filter: Filter?

        /// Names it.
        var key: String { "\(text)|\(filter?.pages ?? [])|\(filter?.visitors ?? [])" }
        var parsed: PageScope? { PageScope(parsing: text.utf8) }
        var looksAtPages: Bool { !text.isEmpty || filter?.pages.isEmpty == false }
        var isWhole: Bool { text.isEmpty && filter == nil }

        /// Whether somebody is seen who is on a page, a JSON string; with none only where pages do not
        /// matter.
        func admits(_ page: [UInt8]?, _ id: [UInt8]) -> Bool {
            if let filter, !filter.visitors.isEmpty {
                guard filter.visitors.contains(String(decoding: id, as: UTF8.self)) else { return false }
            }
            guard looksAtPages else { return true }
            guard let page else { return false }
            let path = String(decoding: page.dropFirst().dropLast(), as: UTF8.self)
            return says(path) && filter?.says(path) != false
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

    static let filters = [
        Filter(pages: ["/p1*"]) { $0.hasPrefix("/p1") },
        Filter(pages: ["/p2", "/p3*", "/p11"]) { ["/p2", "/p3", "/p11"].contains($0) },
        Filter(pages: ["/p*"]) { _ in true },
        Filter(pages: [], visitors: ["b", "x7", "nobody"]),
        Filter(pages: [], visitors: ["user123"]),
        Filter(pages: ["/p1*", "/p2*"], visitors: ["b", "z", "é-ü-漢"]) {
            $0.hasPrefix("/p1") || $0.hasPrefix("/p2")
        },
    ]

    let number: UInt32
    let scope: Scope
    let world: World
    var ticks: [FrameRate: [Int: TickSnapshot]] = [:]
    /// The entries of every keyframe by its `at`.
    var keyframes: [Int: [[UInt8]]] = [:]
    var statusCount = 0
    var heartbeatDueAt = Int64.max
    /// Since when a scope has had no viewer, as far as a tick could notice.
    var idleSince: Int64?

    init(number: UInt32, scope: Scope, world: World) {
        self.number = number
        self.scope = scope
        self.world = world
    }

    func hub(of whole: BroadcastHub) -> BroadcastHub? { number == 0 ? whole : whole.find(number)?.hub }

    /// Keeps what the world is like at this moment, for what a rate made.
    func note(_ rate: FrameRate, _ at: Int) {
        if ticks[rate]?[at] == nil { ticks[rate, default: [:]][at] = TickSnapshot(of: world) }
    }
}

/// The world of a scope.
extension World {
    /// What a scope begins with at this moment: those whose newest sample is certainly of one of its pages,
    /// or of whom it wants wherever they are.
    func admitted(_ scope: Stage.Scope, boot: UInt64) -> World {
        let inner = World(people: people.map { Person(id: $0.id, idJSON: $0.idJSON) }, boot: boot)
        inner.epochOffset = epochOffset
        inner.sleeps = sleeps
        for visitor in presentNewestFirst.reversed() {
            let person = people[visitor]
            guard person.newestN > 0, !person.isSeveral || !scope.looksAtPages,
                scope.admits(person.held.page, person.id)
            else { continue }
            let newest = events[person.newestN - 1]
            inner.enter(
                visitor, newest.sample, newest.tail, of: self, page: person.held.page, now: person.last)
        }
        return inner
    }

    /// The whole world had a sample; it was told to `whole` already.
    func sampled(
        _ slot: Slot, _ sample: PointerSample, tail: SampleTail?, of whole: World, _ scope: Stage.Scope,
        now: Int64, catchUpUntil: Int
    ) {
        guard let visitor = whole.slots[slot] else { return }
        let page = whole.slotPages[slot]
        let said = whole.said(tail, on: slot.channel)
        if !scope.admits(page, whole.people[visitor].id) {
            left(visitor)
        } else if people[visitor].isPresent {
            take(visitor, sample, tail: said, page: page, now: now, catchUpUntil: catchUpUntil)
            people[visitor].sampleSeconds.append(now / 1_000_000_000)
        } else {
            let known = scope.looksAtPages ? page : page ?? whole.people[visitor].held.page
            enter(visitor, sample, said, of: whole, page: known, now: now)
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
        if page == nil { sample.fields.remove(.page) } else { sample.fields.insert(.page) }
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
