import ByteCore
import FramesShape
import PointerEvents

/// What the scopes in use are told of what the whole hub takes.
///
/// A sample is of the page that its connection named last: who has two pages open moves on one at a time.
extension BroadcastHub {
    /// A sample was taken.
    @inline(never)
    func receivedInScopes(
        _ visitor: UInt32, channel: Int, _ sample: UnsafePointer<PointerSample>, tail: SampleTail?,
        now: Int64
    ) {
        let page =
            isFaulty(.pageOfAnotherConnection)
            ? visitors.surroundings[Int(visitor)].page
            : channels.slotPage(channel: channel, slot: sample.pointee.slot)
        let taking = scopeIndex.taking(visitor, on: page, of: pages)
        var rest = taking | scopeIndex.having(visitor)
        guard rest != 0 else { return concernedNoScope(visitor) }
        scopeIndex.touch(rest)
        while rest != 0 {
            let place = rest.trailingZeroBitCount
            rest &= rest &- 1
            guard let scope = scopeIndex.scopes[place] else { continue }
            let member = scope.members[visitor]
            if taking & (1 << UInt64(place)) != 0 {
                if member == Visitor.none {
                    var sample = sample.pointee
                    if tail != nil { sample.fields.insert(.tail) }
                    if isFaulty(.arrivalNotSeen), !sample.fields.contains(.page) { continue }
                    enter(visitor, sample, on: page, scope, receivedAt: now, now: now)
                } else {
                    scope.hub.take(sample, tail: tail, as: member, page: page, of: self, now: now)
                }
            } else {
                if isFaulty(.movedAwayKept) { continue }
                if isFaulty(.otherPageTold) {
                    scope.hub.take(sample, tail: tail, as: member, page: page, of: self, now: now)
                    continue
                }
                leave(visitor, scope, now: now)
            }
        }
    }

    /// A sample was nothing to any scope: those that follow need not be asked about.
    private func concernedNoScope(_ visitor: UInt32) {
        let entry = visitors[visitor]
        let isSure = entry.pointee.speakers == 1 && !entry.pointee.flags.contains(.several)
        if isSure || isFaulty(.verdictOfAnotherConnection) { entry.pointee.flags.insert(.unscoped) }
    }

    /// Whether what comes of a slot is nothing to any scope for as long as it names no other page.
    @inline(__always)
    func concernsNoScope(channel: Int, slot: UInt32) -> Bool {
        let visitor = channels.visitor(channel: channel, slot: slot)
        guard visitor < Visitor.refused, !visitors[visitor].pointee.flags.contains(.unscoped) else {
            return true
        }
        let page = channels.slotPage(channel: channel, slot: slot)
        return scopeIndex.taking(visitor, on: page, of: pages) | scopeIndex.having(visitor) == 0
    }

    /// A visitor has gone.
    @inline(never)
    func leftScopes(_ visitor: UInt32, now: Int64) {
        for scope in scopes where isFaulty(.unseenKillTold) && scope.members[visitor] == Visitor.none {
            scopeIndex.touch(1 << UInt64(scope.place))
            scope.hub.lostSpeaker(scope.hub.admit(visitor, like: self), now: now)
        }
        var rest = scopeIndex.having(visitor)
        if !isFaulty(.leaveNotShown) { scopeIndex.touch(rest) }
        while rest != 0 {
            let place = rest.trailingZeroBitCount
            rest &= rest &- 1
            if let scope = scopeIndex.scopes[place] { leave(visitor, scope, now: now) }
        }
    }

    /// A new scope begins with everyone whom it admits, as if they had come with their newest sample. Where
    /// pages matter, whoever has had several connections is taken in with their next one: that sample may be
    /// of the page that another of them is on.
    func admitEveryone(to scope: HubScope, now: Int64) {
        var visitor = visitors.oldest
        while visitor != Visitor.none {
            if !isFaulty(.verdictOutlivesScopes) { visitors[visitor].pointee.flags.remove(.unscoped) }
            let entry = visitors[visitor].pointee
            let page = visitors.surroundings[Int(visitor)].page
            let isSure = !scope.view.looksAtPages || !entry.flags.contains(.several)
            let isIn =
                isSure && scopeIndex.taking(visitor, on: page, of: pages) & (1 << UInt64(scope.place)) != 0
            if entry.flags.contains(.hasSample), isIn || isFaulty(.keyframeOfEveryone) {
                enter(
                    visitor, newest(of: visitor), on: page, scope, receivedAt: entry.lastNanoseconds,
                    now: now)
            }
            visitor = visitors.next(of: visitor)
        }
        scope.hub.ring.seal()
        scope.firstOrdinal = scope.hub.ring.headOrdinal
    }

    /// A visitor comes in with a sample, which tells all that holds of them: nothing was told before.
    private func enter(
        _ visitor: UInt32, _ sample: PointerSample, on page: UInt32, _ scope: HubScope, receivedAt: Int64,
        now: Int64
    ) {
        var sample = sample
        let surroundings = visitors.surroundings[Int(visitor)]
        var tail = visitors.filledTail(of: visitor, hasOwn: sample.fields.contains(.tail))
        if !isFaulty(.surroundingsLeftOutside) { sample = surroundings.filledInto(sample) }
        if isFaulty(.nameLeftOutside) { tail?.fields.remove(.name) }
        // Where pages do not matter, it is the one that the visitor named last on any connection.
        let isElsewhere = page == PageTable.none && !scope.view.looksAtPages
        let page = isElsewhere ? surroundings.page : page
        if page != PageTable.none { sample.fields.insert(.page) } else { sample.fields.remove(.page) }
        sample.receivedNanoseconds = receivedAt
        let member = scope.hub.admit(visitor, like: self)
        withUnsafePointer(to: sample) {
            scope.hub.take(
                $0, tail: tail, as: member, page: page, of: self, isEntering: true, now: now)
        }
        _ = scope.members.set(visitor, to: member, limit: limits.visitors)
        scopeIndex.set(visitor, in: scope, to: true)
    }

    private func leave(_ visitor: UInt32, _ scope: HubScope, now: Int64) {
        let member = scope.members[visitor]
        guard member != Visitor.none else { return }
        scope.hub.lostSpeaker(member, now: now)
        _ = scope.members.set(visitor, to: Visitor.none, limit: limits.visitors)
        scopeIndex.set(visitor, in: scope, to: false)
    }
}

/// A hub that is a scope's. Nobody joins on channels of it.
extension BroadcastHub {
    /// Makes a visitor of the whole hub present in this one, since when they came to the site and as active
    /// as they are; returns the entry. A sample must follow.
    func admit(_ visitor: UInt32, like whole: BroadcastHub) -> UInt32 {
        let id = whole.visitors.id(of: visitor)
        // There is room without those whose kill stands before the newest segment.
        while visitors.find(id) == nil, visitors.isFull, let segment = ring.takeOldest(always: true) {
            retire(segment)
        }
        let member = visitors.find(id) ?? visitors.insert(id)
        let model = whole.visitors[visitor].pointee
        let entry = visitors[member]
        entry.pointee.speakers = 1
        entry.pointee.processID = model.processID
        entry.pointee.orderN = ring.headN
        entry.pointee.sinceNanoseconds = model.sinceNanoseconds
        entry.pointee.rate = model.rate
        visitors.forgetSurroundings(of: member)
        visitors.link(member)
        counted.joins += 1
        return member
    }

    /// Takes a sample as `received` does. `page` is what the sample names where it does; it and the texts of
    /// the tail are those of the `whole` hub.
    ///
    /// One that enters has been counted in the rate, and its time is when the whole hub took it.
    func take(
        _ sample: UnsafePointer<PointerSample>, tail: SampleTail?, as visitor: UInt32, page: UInt32,
        of whole: BroadcastHub, isEntering: Bool = false, now: Int64
    ) {
        if ring.isHeadFull { startSegment() }
        if now >= secondEndsAt { startSecond(now) }
        // A sample may name a page for which the whole hub had no room.
        let hasPage = sample.pointee.fields.contains(.page) && page != PageTable.none
        let number = hasPage ? internScoped(.page, whole.pages.json(page)) : PageTable.none
        let record = ring.append(sample)
        record.pointee.fields.remove(.tail)
        record.pointee.type = PointerSample.recordType
        record.pointee.slot = visitor
        if !isEntering { record.pointee.receivedNanoseconds = now }
        let entry = visitors[visitor]
        if sample.pointee.fields.contains(.page) {
            record.pointee.page = number
            if number == PageTable.none { record.pointee.fields.remove(.page) }
            visitors.surroundings[Int(visitor)].page = number
        }
        visitors.surroundings[Int(visitor)].update(record.pointee)
        if let tail { takeScoped(tail, as: visitor, of: whole) }
        if entry.pointee.orderN <= catchUpUntil { fillSurroundings(of: visitor, into: record) }
        let isNew = !entry.pointee.flags.contains(.hasSample) || isFaulty(.joinsTwice) && hasPage
        record.pointee.flags = isNew ? RecordRun.joinedFlag : 0
        if entry.pointee.flags.contains(.pinned) { unpin(visitor) }
        entry.pointee.flags.insert(.hasSample)
        entry.pointee.lastNanoseconds = record.pointee.receivedNanoseconds
        entry.pointee.orderN = ring.headN
        if !isEntering { entry.pointee.rate.bump(second) }
        if !isFaulty(.orderForgotten) { visitors.moveToNewest(visitor) }
    }

    private func takeScoped(_ tail: SampleTail, as visitor: UInt32, of whole: BroadcastHub) {
        var own = tail
        if own.fields.contains(.name) { own.name = internScoped(.name, whole.texts.names.json(tail.name)) }
        if own.fields.contains(.element) {
            own.element = internScoped(.element, whole.texts.elements.json(tail.element))
        }
        _ = keepTail(own, of: visitor)
    }

    private func internScoped(_ kind: TextKind, _ text: UnsafeRawBufferPointer) -> UInt32 {
        if let number = intern(kind, text, isJSON: true) { return number }
        counted.refusedPages += 1
        return PageTable.none
    }
}
