import PointerEvents
import SSEWire
import TestSupport

@testable import BroadcastHub
@testable import FramesShape

/// Scopes and filters that come, are refused, and are forgotten.
extension Simulation {
    /// A scope or a filter or both, more often one that is in use.
    func anyScope() -> Stage.Scope {
        if random.once(in: 2), let known = scopes.last?.scope { return known }
        var scope = random.once(in: 2) ? random.pick(Stage.scopes) : Stage.Scope()
        if scope.text.isEmpty || random.once(in: 4) { scope.filter = random.pick(Stage.filters) }
        return scope
    }

    /// The stage of a scope, if it is in use.
    func stage(of scope: Stage.Scope) -> Stage? {
        scope.isWhole ? whole : scopes.first { $0.scope.key == scope.key }
    }

    /// A viewer that is held to a scope, or has a filter.
    func attachWithin(_ scope: Stage.Scope) {
        let shape = random.once(in: 2) ? ViewerShape.samples : .frames(random.pick([.hz60, .hz10]))
        let known = stage(of: scope)
        let resume = anyResume(of: known)
        let start = known.flatMap { self.start(of: resume, $0) }
        let showsLess = random.once(in: 3)
        if start != nil { count("resumes within a scope") }
        var id: ViewerID?
        watchTicks {
            use(scope) {
                id = try? hub.attach(
                    shape: shape, resume: resume, within: scope.parsed, filter: scope.filter?.made,
                    showsLess: showsLess, now: now)
                return id != nil
            }
        }
        guard let id, let stage = stage(of: scope) else { return }
        if hub.scope(of: id) != ScopeNumber(value: stage.number) { fail("a viewer of another scope") }
        add(id, shape, stage, start: start, resume, showsLess: showsLess)
        stage.idleSince = nil
    }

    /// Who is on a scope's pages, whether somebody watches it or not.
    func askState() {
        let scope = random.pick(Stage.scopes)
        guard let parsed = scope.parsed else { return fail("no scope") }
        use(scope) { (try? hub.ranking(limit: .max, within: parsed, now: now)) != nil }
        if let stage = stage(of: scope) { checkVisitors(of: stage) }
    }

    func checkVisitors(of stage: Stage) {
        let number = ScopeNumber(value: stage.number)
        if stage.scope.filter == nil, let scope = stage.scope.parsed {
            if stage.idleSince != nil { stage.idleSince = now }
            do {
                checkVisitors(in: try hub.ranking(limit: .max, within: scope, now: now), of: stage.world)
            } catch {
                fail("a scope in use is refused")
            }
        } else {
            checkVisitors(in: VisitorRanking(limit: .max, scope: number), of: stage.world)
        }
        guard let figures = hub.figures(of: number) else { return fail("a scope without figures") }
        let present = stage.world.people.count { $0.isPresent }
        if figures.present != present {
            fail("\(figures.present) in \(stage.scope.key), should be \(present)")
        }
        if figures.viewers != viewers.count(where: { $0.stage === stage }) {
            fail("another number of viewers")
        }
    }

    /// Asks for a scope; where it is not in use, another may have to go for it, or it is refused. `leaving`
    /// is that of a viewer who changes over to it.
    func use(_ scope: Stage.Scope, leaving: Stage? = nil, _ body: () -> Bool) {
        if scope.isWhole {
            if !body() { fail("everything was refused") }
            return
        }
        let isFiltered = scope.filter != nil
        let alike = scopes.filter { ($0.scope.filter != nil) == isFiltered }
        let limit = isFiltered ? hub.limits.filters : hub.limits.scopes
        let isKnown = stage(of: scope) != nil
        let idle = alike.filter { stage in !viewers.contains { $0.stage === stage } }
        let isFreed = alike.contains { stage in
            stage === leaving && viewers.count(where: { $0.stage === stage }) == 1
        }
        let isFull = alike.count - (isFreed ? 1 : 0) >= limit
        guard body() else {
            if isKnown || !isFull || !idle.isEmpty { fail("a scope was refused, with \(idle.count) idle") }
            if isFiltered { count("filters refused") }
            return
        }
        if isKnown { return }
        if isFull {
            let idlest = idle.min { ($0.idleSince ?? .max) < ($1.idleSince ?? .max) }
            guard let idlest else { return fail("a scope too many") }
            scopes.removeAll { $0 === idlest }
            count("scopes that made room")
            noteEnd(of: idlest)
        }
        guard let made = hub.scopes.last else { return fail("no scope was made") }
        if made.hub.boot == hub.boot { fail("a scope has the boot of the whole") }
        let stage = Stage(
            number: made.number, scope: scope, world: world.admitted(scope, boot: made.hub.boot))
        stage.idleSince = now
        if scope.text.isEmpty { stage.statusCount = whole.statusCount }
        scopes.append(stage)
    }

    /// What a tick does to scopes without viewers.
    func forgetScopes() {
        for stage in scopes {
            if viewers.contains(where: { $0.stage === stage }) || polled === stage {
                stage.idleSince = nil
            } else if let since = stage.idleSince {
                guard now >= since + hub.limits.scopeLingerNanoseconds else { continue }
                scopes.removeAll { $0 === stage }
                count("scopes forgotten")
                noteEnd(of: stage)
            } else {
                stage.idleSince = now
            }
        }
    }

    /// What a scope that ends has seen.
    func noteEnd(of stage: Stage) {
        let kind = stage.scope.filter == nil ? "scopes" : "filters"
        count("kills within \(kind)", stage.world.kills.count)
        count("samples within \(kind)", stage.world.head - stage.world.kills.count)
    }

    func checkScopes() {
        let (seen, expected) = (hub.scopes.map(\.number), scopes.map(\.number))
        if seen != expected { fail("the scopes \(seen) are in use, should be \(expected)") }
        if hub.hasScopes == scopes.isEmpty { fail("the hub does not know of its scopes") }
        if hub.counters.filterChanges != refilters { fail("\(hub.counters.filterChanges) filter changes") }
    }

    func count(_ what: String, _ times: Int = 1) { scopeEvents[what, default: 0] += times }
}
