import PointerEvents
import SSEWire
import TestSupport

@testable import BroadcastHub
@testable import FramesShape

/// Scopes that come, are refused, and are forgotten.
extension Simulation {
    /// A scope, more often one that is in use.
    func anyScope() -> Stage.Scope {
        guard random.once(in: 2), let known = scopes.last?.scope else { return random.pick(Stage.scopes) }
        return known
    }

    /// A viewer that is held to a scope.
    func attachWithin(_ scope: Stage.Scope) {
        let shape = random.once(in: 2) ? ViewerShape.samples : .frames(random.pick([.hz60, .hz10]))
        let known = scopes.first { $0.scope?.text == scope.text }
        let resume = anyResume(of: known)
        let start = known.flatMap { self.start(of: resume, $0) }
        if start != nil { count("resumes within a scope") }
        var id: ViewerID?
        watchTicks {
            use(scope) { parsed in
                id = try? hub.attach(shape: shape, resume: resume, within: parsed, now: now)
                return id != nil
            }
        }
        guard let id, let stage = scopes.first(where: { $0.scope?.text == scope.text }) else { return }
        if hub.scope(of: id) != ScopeNumber(value: stage.number) { fail("a viewer of another scope") }
        add(id, shape, stage, start: start, resume, showsLess: false)
        stage.idleSince = nil
    }

    /// Who is on a scope's pages, whether somebody watches it or not.
    func askState() {
        let scope = random.pick(Stage.scopes)
        use(scope) { (try? hub.ranking(limit: .max, within: $0, now: now)) != nil }
        if let stage = scopes.first(where: { $0.scope?.text == scope.text }) { checkVisitors(of: stage) }
    }

    func checkVisitors(of stage: Stage) {
        guard let text = stage.scope?.text, let scope = PageScope(parsing: text.utf8) else { return }
        if stage.idleSince != nil { stage.idleSince = now }
        do {
            checkVisitors(in: try hub.ranking(limit: .max, within: scope, now: now), of: stage.world)
        } catch {
            fail("a scope in use is refused")
        }
        guard let figures = hub.figures(of: ScopeNumber(value: stage.number)) else {
            return fail("a scope without figures")
        }
        let present = stage.world.people.count { $0.isPresent }
        if figures.present != present { fail("\(figures.present) in \(text), should be \(present)") }
        if figures.viewers != viewers.count(where: { $0.stage === stage }) {
            fail("another number of viewers")
        }
    }

    /// Asks for a scope; where it is not in use, another may have to go for it, or it is refused.
    private func use(_ scope: Stage.Scope, _ body: (PageScope) -> Bool) {
        guard let parsed = PageScope(parsing: scope.text.utf8) else { return fail("no scope") }
        let isKnown = scopes.contains { $0.scope?.text == scope.text }
        let idle = scopes.filter { stage in !viewers.contains { $0.stage === stage } }
        let isFull = scopes.count == hub.limits.scopes
        guard body(parsed) else {
            if isKnown || !isFull || !idle.isEmpty { fail("a scope was refused, with \(idle.count) idle") }
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
            number: made.number, scope: scope, world: world.admitted(scope.admits(_:), boot: made.hub.boot))
        stage.idleSince = now
        scopes.append(stage)
    }

    /// What a tick does to scopes without viewers.
    func forgetScopes() {
        for stage in scopes {
            if viewers.contains(where: { $0.stage === stage }) {
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
        count("kills within scopes", stage.world.kills.count)
        count("samples within scopes", stage.world.head - stage.world.kills.count)
    }

    func checkScopes() {
        let (seen, expected) = (hub.scopes.map(\.number), scopes.map(\.number))
        if seen != expected { fail("the scopes \(seen) are in use, should be \(expected)") }
        if hub.hasScopes == scopes.isEmpty { fail("the hub does not know of its scopes") }
    }

    private func count(_ what: String, _ times: Int = 1) { scopeEvents[what, default: 0] += times }
}
