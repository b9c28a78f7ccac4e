import ByteCore
import FramesShape
public import PointerEvents

/// What the data channels bring. Nothing that a worker sends can harm anyone but its own visitors.
extension BroadcastHub {
    /// A worker's data channel opened; returns the number by which the other calls name it.
    ///
    /// A number is used again only after `closeChannel`.
    public func openChannel(pid: Int32) -> Int {
        channels.open(processID: pid)
    }

    /// A worker's data channel is at its end: everyone who spoke on it alone leaves.
    public func closeChannel(_ channel: Int, now: Int64) {
        guard channels.isOpen(channel) else { return }
        for slot in 0..<channels.slotBound(of: channel) where !isFaulty(.closeForgotten) {
            let visitor = channels.visitor(channel: channel, slot: slot)
            if visitor < Visitor.refused { lostSpeaker(visitor, now: now) }
        }
        channels.close(channel)
    }

    /// A connection began to speak for `id` (1 to 64 bytes of UTF-8), and its samples will name `slot`.
    ///
    /// A slot whose visitor has not left is taken over, as if the leave had come first; `overriddenJoins`
    /// counts.
    public func joined(channel: Int, slot: UInt32, id: UnsafeRawBufferPointer, now: Int64) {
        guard channels.isOpen(channel), !id.isEmpty, id.count <= PointerEvents.Limits.idBytes,
            UTF8Validator.isValid(id)
        else {
            counted.refusedJoins += 1
            return
        }
        let previous = channels.visitor(channel: channel, slot: slot)
        if previous < Visitor.refused { counted.overriddenJoins += 1 }
        let visitor = visitors.find(id) ?? insertVisitor(id) ?? Visitor.refused
        let isStored = channels.setVisitor(channel: channel, slot: slot, to: visitor)
        if !isStored || visitor == Visitor.refused {
            counted.refusedJoins += 1
            if visitor != Visitor.refused { reclaim(visitor) }
        } else {
            gainedSpeaker(visitor, channel: channel, now: now)
        }
        if previous < Visitor.refused, !isFaulty(.overrideForgotten) { lostSpeaker(previous, now: now) }
    }

    /// One (channel, slot) pair more speaks for a visitor; the first one makes it present.
    private func gainedSpeaker(_ visitor: UInt32, channel: Int, now: Int64) {
        let entry = visitors[visitor]
        entry.pointee.speakers += 1
        entry.pointee.processID = channels.processID(of: channel)
        if !entry.pointee.flags.contains(.present) {
            entry.pointee.orderN = ring.headN
            entry.pointee.sinceNanoseconds = now
            entry.pointee.rate = RateWindow()
            visitors.surroundings[Int(visitor)] = VisitorSurroundings()
            visitors.link(visitor)
            counted.joins += 1
        } else {
            entry.pointee.flags.insert(.several)
            for scope in scopes { scope.follow(visitor, processID: entry.pointee.processID) }
        }
    }

    /// A slot's connection closed or stopped speaking for its visitor.
    public func left(channel: Int, slot: UInt32, now: Int64) {
        let visitor = channels.visitor(channel: channel, slot: slot)
        guard visitor != Visitor.none else {
            counted.unknownLeaves += 1
            return
        }
        _ = channels.setVisitor(channel: channel, slot: slot, to: Visitor.none)
        if visitor != Visitor.refused { lostSpeaker(visitor, now: now) }
    }

    /// The channel's samples will name the page `path` (at most 256 bytes of UTF-8) by `index`.
    public func page(channel: Int, index: UInt32, bytes path: UnsafeRawBufferPointer) {
        guard channels.isOpen(channel) else { return }
        guard path.count <= PointerEvents.Limits.pageBytes, UTF8Validator.isValid(path),
            let page = internPage(path)
        else {
            counted.refusedPages += 1
            _ = channels.setPage(channel: channel, number: index, to: PageTable.none)
            return
        }
        if !channels.setPage(channel: channel, number: index, to: page) { counted.refusedPages += 1 }
    }

    /// A sample arrived; its `slot` and `page` are the channel's numbers.
    public func received(channel: Int, _ sample: PointerSample, now: Int64) {
        withUnsafePointer(to: sample) { received(channel: channel, $0, now: now) }
    }

    private static var surroundingFields: UInt8 {
        SampleFields.page.rawValue | SampleFields.width.rawValue | SampleFields.height.rawValue
    }

    /// A sample arrived; its `slot` and `page` are the channel's numbers. The hot path.
    public func received(channel: Int, _ sample: UnsafePointer<PointerSample>, now: Int64) {
        let visitor = channels.visitor(channel: channel, slot: sample.pointee.slot)
        guard visitor < Visitor.refused else {
            dropped(isRefused: visitor == Visitor.refused)
            return
        }
        if ring.isHeadFull { startSegment() }
        if now >= secondEndsAt { startSecond(now) }
        let record = ring.append(sample)
        record.pointee.type = PointerSample.recordType
        record.pointee.slot = visitor
        relayDelays.record(now &- record.pointee.receivedNanoseconds)
        record.pointee.receivedNanoseconds = now
        let entry = visitors[visitor]
        if sample.pointee.fields.contains(.page) {
            let page = channels.page(channel: channel, number: sample.pointee.page)
            record.pointee.page = page
            // A page there was no room for: the sample goes out without it.
            if page == PageTable.none { record.pointee.fields.remove(.page) }
            visitors.surroundings[Int(visitor)].page = page
            channels.setSlotPage(channel: channel, slot: sample.pointee.slot, to: page)
            // The only connection's page, and its sample.
            if entry.pointee.speakers == 1 { entry.pointee.flags.remove(.several) }
        }
        if sample.pointee.fields.rawValue & Self.surroundingFields != 0 {
            visitors.surroundings[Int(visitor)].update(record.pointee)
        }
        // Drops out of a catch-up of somebody who may have missed where it is.
        if entry.pointee.orderN <= catchUpUntil { fillSurroundings(of: visitor, into: record) }
        record.pointee.flags =
            entry.pointee.flags.contains(.hasSample) ? 0 : RecordRun.joinedFlag
        if entry.pointee.flags.contains(.pinned) { unpin(visitor) }
        entry.pointee.flags.insert(.hasSample)
        entry.pointee.newest = record.pointee
        entry.pointee.orderN = ring.headN
        entry.pointee.rate.bump(second)
        if !isFaulty(.orderForgotten) { visitors.moveToNewest(visitor) }
        if hasScopes { receivedInScopes(visitor, channel: channel, sample, now: now) }
    }

    /// The turn's events are all told: viewers may now be served with them.
    public func endTurn(now: Int64) {
        ring.seal()
        for scope in scopes { scope.hub.endTurn(now: now) }
    }

    @inline(never)
    private func dropped(isRefused: Bool) {
        if isRefused { counted.droppedVisitorLimit += 1 } else { counted.droppedUnknownSlot += 1 }
    }

    @inline(never)
    func fillSurroundings(of visitor: UInt32, into record: UnsafeMutablePointer<PointerSample>) {
        guard !isFaulty(.dropoutNotFilled) else { return }
        record.pointee = visitors.surroundings[Int(visitor)].filledInto(record.pointee)
    }

    @inline(never)
    func startSecond(_ now: Int64) {
        second = second(at: now)
        relayDelays.begin(second)
        secondEndsAt = now &+ 1_000_000_000 &- now % 1_000_000_000
    }

    /// One (channel, slot) pair less speaks for a visitor; the last one kills.
    func lostSpeaker(_ visitor: UInt32, now: Int64) {
        let entry = visitors[visitor]
        precondition(entry.pointee.speakers > 0)
        entry.pointee.speakers -= 1
        guard entry.pointee.speakers == 0, !isFaulty(.leaveForgotten) else { return }
        // While still present: what a new segment drops may hold this visitor's kill of before.
        if ring.isHeadFull { startSegment() }
        if entry.pointee.flags.contains(.pinned) { unpin(visitor) }
        visitors.unlink(visitor)
        ring.appendKill(visitor: visitor, now: now)
        #if DEBUG
            if isFaulty(.killBeforeLastSample) { ring.swapNewest() }
        #endif
        entry.pointee.killN = ring.headN
        kills.append(n: ring.headN, id: visitors.id(of: visitor))
        counted.kills += 1
        if hasScopes { leftScopes(visitor, now: now) }
    }
}
