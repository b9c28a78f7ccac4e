import ByteCore
import FramesShape
public import PointerEvents

/// How a scope gets on; all of it counts only what is in scope.
public struct ScopeFigures: Equatable, Sendable {
    public var viewers: Int
    /// Visitors present.
    public var present: Int
    /// Samples since somebody first asked for the scope.
    public var relayed: UInt64
    /// As in `HubCounters`.
    public var offered: UInt64
    public var delivered: UInt64
    public var conflated: UInt64
}

/// Viewers that are held to the pages of a scope.
///
/// Equal scopes share a hub, which is made when the first viewer comes and forgotten some time after the last
/// has gone, or at once when another scope needs the room. Its event ids name a boot of its own: a stream
/// that goes on under another scope, or under none, begins with a reset.
extension BroadcastHub {
    /// Attaches a viewer that gets only what belongs to visitors on the pages of `scope`; its status is that
    /// of the scope. Otherwise as `attach(shape:resume:showsLess:isEssential:now:)`.
    public func attach(
        shape: ViewerShape, resume: ResumeRequest, within scope: PageScope, now: Int64
    ) throws(ScopeRefusal) -> ViewerID {
        try attach(shape: shape, resume: resume, within: scope, filter: nil, now: now)
    }

    /// Attaches a viewer that gets only what its filter takes of what its scope admits; where it is held to
    /// none, its status is the one of everybody. A poll is as in `attach`.
    public func attach(
        shape: ViewerShape, resume: ResumeRequest, within scope: PageScope?, filter: StreamFilter?,
        showsLess: Bool = false, isPoll: Bool = false, now: Int64
    ) throws(ScopeRefusal) -> ViewerID {
        let held = try use(HubView(scope: scope, filter: filter), now: now)
        held.idleSince = nil
        return held.hub.attach(
            shape: shape, resume: resume, showsLess: showsLess, isPoll: isPoll, now: now)
    }

    /// A ranking of the `limit` most active visitors on the pages of `scope`.
    public func ranking(
        limit: Int, within scope: PageScope, now: Int64
    ) throws(ScopeRefusal) -> VisitorRanking {
        let held = try use(HubView(scope: scope), now: now)
        // Whoever asks for the state again and again need not attach as well.
        if held.idleSince != nil { held.idleSince = now }
        return VisitorRanking(limit: limit, scope: ScopeNumber(value: held.number))
    }

    /// The scope that a viewer is held to; nil for one that sees everything or was detached.
    public func scope(of id: ViewerID) -> ScopeNumber? {
        within(id)?.find(id).map { ScopeNumber(value: $0.id.scope) }
    }

    /// Calls `body` with every scope in use that viewers are held to, filtered or not: each has a status of
    /// its own.
    public func forEachScope(_ body: (ScopeNumber) -> Void) {
        for scope in scopes where scope.view.scope != nil { body(ScopeNumber(value: scope.number)) }
    }

    /// Whether what a filter takes within a scope is kept already: else its first viewer has a hub made,
    /// whose tables take address space at once, though memory only as they fill.
    public func keeps(_ scope: PageScope?, _ filter: StreamFilter?) -> Bool {
        let view = HubView(scope: scope, filter: filter)
        return view == HubView() || scopes.contains { $0.view == view }
    }

    /// Different filters in use.
    public var filterCount: Int { scopes.count { $0.view.filter != nil } }

    /// How a scope gets on, unless it was forgotten.
    public func figures(of scope: ScopeNumber) -> ScopeFigures? {
        guard let held = find(scope.value) else { return nil }
        let counters = held.hub.counters
        return ScopeFigures(
            viewers: counters.viewers, present: counters.present,
            relayed: counters.relayed &- held.firstOrdinal, offered: counters.offered,
            delivered: counters.delivered, conflated: counters.conflated)
    }

    /// Sets the newest `status` of a scope, which every frames viewer held to it gets once.
    ///
    /// Returns false, and keeps the old one, where it is too long or the scope was forgotten.
    public func setStatus(_ json: UnsafeRawBufferPointer, of scope: ScopeNumber) -> Bool {
        find(scope.value)?.hub.setStatus(json, brief: json) ?? false
    }

    /// The scope of that number.
    func find(_ number: UInt32) -> HubScope? { scopes.first { $0.number == number } }

    /// The hub that holds a viewer that this one does not.
    @inline(never)
    func within(_ id: ViewerID) -> BroadcastHub? { find(id.scope)?.hub }

    /// The scope in use of that view, or a new one. Where there is no more room, one may take that of the
    /// scope numbered `replaced`, whose last viewer is to have the new one.
    func use(_ view: HubView, replacing replaced: UInt32? = nil, now: Int64) throws(ScopeRefusal) -> HubScope
    {
        if let held = scopes.first(where: { $0.view == view }) { return held }
        let isFiltered = view.filter != nil
        let limit = isFiltered ? limits.filters : limits.scopes
        if count(filtered: isFiltered, but: replaced) >= limit { forgetIdlest(filtered: isFiltered) }
        guard count(filtered: isFiltered, but: replaced) < limit else {
            if isFiltered { departedScopes.refusedFilters += 1 } else { departedScopes.refusedScopes += 1 }
            throw isFiltered ? .tooManyFilters : .tooMany
        }
        lastScopeNumber &+= 1
        let held = HubScope(
            number: lastScopeNumber, view: view,
            hub: BroadcastHub(
                boot: boot(of: view, number: lastScopeNumber), clock: clock,
                limits: limits.ofScope(isFiltered: isFiltered), budget: ledger.budget, hashSeed: hashSeed,
                scope: lastScopeNumber))
        #if DEBUG
            plantFaults(in: held.hub)
        #endif
        held.idleSince = now
        add(held)
        if view.scope == nil { ticker.lendStatus(to: held.hub.ticker) }
        admitEveryone(to: held, now: now)
        return held
    }

    /// Adds a scope to those in use.
    func add(_ scope: HubScope) {
        scopes.append(scope)
        hasScopes = true
        scope.hub.whole = self
        scopeIndex.add(scope) { visitors.find($0) }
        namesVisitors = scopeIndex.namesVisitors
    }

    /// Scopes in use with a filter, or without, but for one that has the only viewer left.
    private func count(filtered: Bool, but number: UInt32?) -> Int {
        scopes.count { scope in
            guard (scope.view.filter != nil) == filtered else { return false }
            return scope.number != number || scope.hub.viewerCount > 1
        }
    }

    /// A boot that no other hub has: of the same scope at another time neither.
    private func boot(of view: HubView, number: UInt32) -> UInt64 {
        if isFaulty(.scopeSharesBoot) { return boot }
        var text = ByteBuffer(capacity: 64)
        text.append(integer: number)
        if let scope = view.scope { text.append(text: scope.text) }
        for part in [view.filter?.pages.map(\.text) ?? [], view.visitors] {
            text.append(integer: UInt32(part.count))
            for bytes in part {
                text.append(integer: UInt32(bytes.count))
                bytes.withUnsafeBytes { text.append($0) }
            }
        }
        return Hash64.hash(text.readable, seed: boot)
    }

    /// Passes the time in the scopes, and forgets those that have had no viewer for long.
    func tickScopes(now: Int64) {
        for scope in scopes {
            scope.hub.tick(now: now)
            if scope.hub.viewerCount > 0 {
                scope.idleSince = nil
            } else if let since = scope.idleSince {
                if now >= since + limits.scopeLingerNanoseconds { forget(scope) }
            } else {
                scope.idleSince = now
            }
        }
    }

    /// Makes room for another scope, where one has no viewer: the one that has been without for longest, of
    /// those with a filter or of those without.
    private func forgetIdlest(filtered: Bool) {
        let idle = scopes.filter { $0.hub.viewerCount == 0 && ($0.view.filter != nil) == filtered }
        if let idlest = idle.min(by: { ($0.idleSince ?? .max) < ($1.idleSince ?? .max) }) { forget(idlest) }
    }

    func forget(_ scope: HubScope) {
        guard !isFaulty(.scopeNeverFreed) else { return }
        departedScopes.addViewers(of: scope.hub.counters)
        scopes.removeAll { $0 === scope }
        hasScopes = !scopes.isEmpty
        scopeIndex.remove(scope)
        if !hasScopes { scopeIndex = ScopeIndex() }
        namesVisitors = scopeIndex.namesVisitors
    }

    #if DEBUG
        /// What the tests plant is planted in scopes as well.
        func plantFaults(in hub: BroadcastHub) {
            hub.fault = fault
            hub.ticker.takeFaults(of: ticker)
        }
    #endif
}
